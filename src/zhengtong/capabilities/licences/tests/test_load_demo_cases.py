"""The demo's cases: every state, made by the services, and true to their own clocks, tasks and journal."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from zhengtong.capabilities.cases.public import (
    Case,
    CaseEvent,
    Clock,
    ItemOffice,
    LegalState,
    Task,
    TaskStatus,
    get_live_version,
    list_own_cases,
)
from zhengtong.capabilities.cases.services import clocks
from zhengtong.capabilities.cases.staffing import list_unstaffed
from zhengtong.capabilities.licences import demo
from zhengtong.capabilities.licences.demo.drawings import list_drawings
from zhengtong.capabilities.licences.demo.families import PLANS
from zhengtong.capabilities.licences.demo.plans import list_plans
from zhengtong.capabilities.licences.public import Licence
from zhengtong.capabilities.workflow.public import get_graph, list_problems
from zhengtong.capabilities.workflow.public import get_live_version as get_live_process
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import FileKind, receive_upload
from zhengtong.core.identity.public import Account, get_account_actor, list_live_mandates
from zhengtong.core.messages.public import Message, MessageState
from zhengtong.core.worklist.public import WorkItem, WorkState, list_mine, list_office
from zhengtong.kernel.demo import DemoContext, as_of, demo_parts, load_part
from zhengtong.kernel.policy import SYSTEM

TODAY = date(2026, 3, 2)
COUNT = 90
ENDED = {"not_required", "not_competent", "delivered", "archived", "withdrawn"}

# Those that a case of one item can be in.
OF_ONE_ITEM = set(LegalState) - {LegalState.UNDERWAY, LegalState.COMPLETED}


def check_staffing() -> list[str]:
    """Return what is wrong with the people of the offices whose item has a process."""
    offices = ItemOffice.objects.select_related("item", "organisation__region__parent", "organisation__parent")
    found = []
    for office in offices:
        code = get_live_version(office.item).definition.get("process")
        process = get_live_process(code) if code else None
        if process is not None:
            found += [f"{office}：{each}" for each in list_unstaffed(get_graph(process), office.organisation)]
    return found


def test_clock_is_set_back_for_the_block_only() -> None:
    then = datetime(2025, 7, 1, 9, tzinfo=UTC)
    before = timezone.now()
    with as_of(then):
        assert timezone.now() == then
        assert timezone.localdate() == date(2025, 7, 1)
        with as_of(then.replace(year=2024)):
            assert timezone.now().year == 2024
        assert timezone.now() == then
    assert timezone.now() >= before


def test_same_seed_plans_the_same_cases_in_every_state() -> None:
    counties = ["990102", "990121", "990122"]
    first, again = (list_plans(Random(7), 300, counties) for _load in range(2))
    assert first == again
    assert len(first) == 300
    assert {plan.goal for plan in first} == OF_ONE_ITEM


@pytest.mark.django_db
def test_every_demo_file_passes_the_probe_of_uploads() -> None:
    for key in ("premises_plan", "safety_rules", "health_certificates", "business_licence", "agent_authority"):
        for drawing in list_drawings(key):
            upload = SimpleUploadedFile(drawing.name, drawing.data)
            file = receive_upload(actor=SYSTEM, upload=upload, allowed=frozenset({FileKind.PDF, FileKind.JPG}))
            assert file.content_type == drawing.content_type


@pytest.mark.django_db
def test_demo_cases_are_in_every_state_and_agree_with_themselves() -> None:
    context = DemoContext(today=TODAY, seed=7)
    for part in demo_parts():
        if part.label == "licences":
            break
        load_part(part, context)
    demo.load(context, COUNT)

    assert Case.objects.count() == COUNT + len(PLANS)
    assert set(Case.objects.values_list("state", flat=True)) == OF_ONE_ITEM
    check_clocks()
    check_order_of_time()
    check_work()
    check_cast()
    assert check_staffing() == []
    assert not list_problems(SYSTEM).exists()
    # Texts that ask for a rating have their own part of the demo.
    assert not Message.objects.filter(state=MessageState.QUEUED, template__startswith="cases.").exists()


def check_clocks() -> None:
    for clock in Clock.objects.select_related("case__office__region").prefetch_related("intervals"):
        stored = (clock.due_at, clock.level, clock.is_paused, clock.next_alert_at)
        end = datetime.combine(TODAY, datetime.min.time(), timezone.get_current_timezone())
        clocks.write_state(clock, clocks.to_state(clock), clocks.calendar_of(clock.case), clock.finished_at or end)
        assert (clock.due_at, clock.level, clock.is_paused, clock.next_alert_at) == stored
    assert not Clock.objects.filter(finished_at=None, case__state__in=ENDED).exists()
    assert set(Clock.objects.values_list("level", flat=True)) == {"green", "yellow", "red"}
    assert Case.objects.filter(is_deemed_accepted=True, accepted_at=F("received_at")).exists()


def check_order_of_time() -> None:
    assert not Case.objects.filter(accepted_at__lt=F("received_at")).exists()
    assert not Case.objects.filter(decided_at__lt=F("accepted_at")).exists()
    assert not Case.objects.filter(delivered_at__lt=F("decided_at")).exists()
    assert all(at.date() <= TODAY for at in CaseEvent.objects.values_list("at", flat=True))
    for case in Case.objects.exclude(decided_at=None):
        acts = list(case.events.order_by("id").values_list("act", "at"))
        assert [at for _act, at in acts] == sorted(at for _act, at in acts)
        names = [act for act, _at in acts]
        decided = names.index("decide_grant" if "decide_grant" in names else "decide_refuse")
        assert names.index("begin_review") < decided
        journal = AuditRecord.objects.filter(object_kind="cases.case", object_id=str(case.pk)).order_by("id")
        moments = list(journal.values_list("at", flat=True))
        assert moments == sorted(moments)
    granted = Case.objects.filter(decision__outcome="grant")
    assert set(Licence.objects.values_list("case_id", flat=True)) == set(granted.values_list("pk", flat=True))


def check_work() -> None:
    open_tasks = Task.objects.filter(status=TaskStatus.OPEN)
    assert not open_tasks.filter(case__state__in=ENDED).exists()
    items = WorkItem.objects.filter(kind="cases.task", state=WorkState.OPEN)
    assert set(items.values_list("object_id", flat=True)) == set(open_tasks.values_list("pk", flat=True))


def check_cast() -> None:
    names = ("counter", "reviewer", "approver", "head")
    staff = {name: get_account_actor(Account.objects.get(username=name)) for name in names}
    assert list_office(staff["counter"]).filter(permission="cases.accept_case").exists()
    assert list_office(staff["reviewer"]).exists()
    assert list_mine(staff["reviewer"]).exists()
    assert list_office(staff["approver"]).exists()
    assert list_office(staff["head"]).filter(permission="cases.approve_extension").exists()
    owner = Account.objects.get(username="owner")
    mandate = list_live_mandates(owner).get()
    states = set(list_own_cases(get_account_actor(owner, mandate_id=mandate.pk)).values_list("state", flat=True))
    assert {"draft", "need_materials", "reviewing", "excluded_time", "delivered"} <= states
