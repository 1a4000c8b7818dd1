"""A real city's cases: drawn and copied, and yet what the services would have written."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.db.models import F, Max
from django.urls import resolve

from zhengtong.capabilities.cases.domain import LegalState, due, level, next_alert, next_state
from zhengtong.capabilities.cases.domain.states import Act
from zhengtong.capabilities.cases.models import Case, CaseEvent, Clock, Decision, NumberSequence, SiteVisit, Task
from zhengtong.capabilities.cases.public import (
    accept_case,
    applicant_of,
    clean_form,
    describe_case,
    get_definition,
    get_rulebook,
    next_case_number,
)
from zhengtong.capabilities.cases.services.clocks import calendar_of, to_state
from zhengtong.capabilities.licences.demo.city import load_city
from zhengtong.capabilities.licences.demo.city.lines import CaseWriter
from zhengtong.capabilities.licences.demo.city.loading import draw_piece, list_pieces
from zhengtong.capabilities.licences.demo.city.setting import gather_setting
from zhengtong.core.audit.public import AuditRecord, is_unaltered
from zhengtong.core.identity.public import Appointment, get_staff_actor
from zhengtong.core.papers.public import Paper
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel.calendar import SHANGHAI
from zhengtong.kernel.demo import DemoContext, Scale, as_of, demo_parts, load_part

TODAY = date(2026, 3, 2)
CONTEXT = DemoContext(today=TODAY, seed=7, scale=Scale.CITY)
FIRST = TODAY - timedelta(days=60)
COUNT = 900
END = datetime.combine(TODAY, time(), SHANGHAI)

pytestmark = pytest.mark.django_db

_SCHEMA = """
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = current_schema()::regnamespace
UNION ALL SELECT contype::text, conname, conrelid::regclass || pg_get_constraintdef(oid) || convalidated || conindid
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'c'
UNION ALL SELECT contype::text, conname, conrelid::regclass || pg_get_constraintdef(oid) || convalidated
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'c'
UNION ALL SELECT tgenabled::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""


def _read_schema() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_SCHEMA)
        return list(cursor.fetchall())


def _load_below() -> None:
    """Load what stands below: a city's staff, and the small city's registers."""
    small = replace(CONTEXT, scale=Scale.SMALL)
    for part in demo_parts():
        if part.label in {"identity", "geography", "cases", "registers"}:
            load_part(part, CONTEXT if part.label == "identity" else small)


def test_a_city_is_what_its_services_would_have_made() -> None:
    _load_below()
    before = _read_schema()
    load_city(CONTEXT, COUNT, first_day=FIRST)
    # The tables are what they were: their indexes, rules and triggers.
    assert _read_schema() == before
    assert Case.objects.count() == COUNT
    check_that_it_is_drawn_again_the_same()
    with as_of(END):
        check_courses()
        check_clocks()
        check_tasks()
        check_journal()
        check_numbers()
        check_answers()
        check_that_it_goes_on()


def check_courses() -> None:
    states = set()
    for case in Case.objects.prefetch_related("events").iterator(chunk_size=500):
        state, last = LegalState.DRAFT, case.created_at
        events = list(case.events.all())
        for event in events:
            assert last <= event.at < END
            last = event.at
            if event.to_state:
                assert event.from_state == state
                state = next_state(state, Act(event.act))
                assert event.to_state == state
        assert (case.state, case.version) == (state, len(events))
        states.add(state)
    assert len(states) >= 10
    assert not Case.objects.filter(delivered_at__isnull=False).exclude(closed_at=F("delivered_at")).exists()
    running = Case.objects.filter(closed_at=None)
    assert running.exists()
    assert not running.exclude(state="need_materials").filter(due_at=None).exists()


def check_clocks() -> None:
    percent = get_rulebook().warning_percent
    found = Clock.objects.select_related("case__office__region").prefetch_related("intervals")
    levels: set[str] = set()
    for clock in found:
        state, calendar = to_state(clock), calendar_of(clock.case)
        expected = due(state, calendar)
        alert = next_alert(state, END, calendar, percent)
        assert (clock.due_at, clock.is_provisional) == (expected.due_at, expected.is_provisional)
        assert clock.level == level(state, END, calendar, percent)
        assert clock.next_alert_at == (alert.at if alert else None)
        assert clock.is_paused == state.is_paused
        levels.add(clock.level)
        if clock.basis == "promised" and clock.finished_at is None:
            assert clock.case.due_at == clock.due_at
    assert levels == {"green", "yellow", "red"}
    assert SiteVisit.objects.filter(finished_at__isnull=False).exists()
    for visit in SiteVisit.objects.prefetch_related("officers"):
        assert len({officer.staff_id for officer in visit.officers.all()}) == 2


def check_tasks() -> None:
    tasks = {task.pk: task for task in Task.objects.select_related("case__office")}
    items = {item.object_id: item for item in WorkItem.objects.filter(kind="cases.task")}
    assert tasks.keys() == items.keys()
    places = dict(Appointment.objects.values_list("pk", "post__organisation_id"))
    for pk, task in tasks.items():
        item, case = items[pk], task.case
        assert (item.state, item.assignee_id, item.done_at) == (task.status, task.assignee_id, task.done_at)
        assert item.reference == case.number
        assert resolve(item.url).kwargs == {"number": case.number}
        if task.assignee_id is not None:
            assert places[task.assignee_id] in (case.office.organisation_id, case.office.window_id)
        if task.status == "open":
            assert case.closed_at is None
            assert item.due_at == case.due_at
    waiting = Case.objects.filter(closed_at=None).exclude(state__in=["need_materials", "granted", "refused"])
    assert not waiting.exclude(tasks__status="open").exists()
    for case in Case.objects.filter(decision__isnull=False).prefetch_related("tasks"):
        by_node = {task.node: task.done_by_id for task in case.tasks.all() if task.status == "done"}
        assert by_node["review"] != by_node["decision"]


def check_journal() -> None:
    records = list(AuditRecord.objects.filter(object_kind="cases.case"))
    assert len(records) == CaseEvent.objects.count()
    assert all(is_unaltered(record) for record in records)


def check_numbers() -> None:
    numbers = list(Case.objects.order_by("id").values_list("number", "submitted_at"))
    by_year: dict[str, list[int]] = defaultdict(list)
    for number, _at in numbers:
        by_year[str(number)[:-6]].append(int(str(number)[-6:]))
    for given in by_year.values():
        assert given == list(range(1, len(given) + 1))
    moments = [at for _number, at in numbers if at is not None]
    assert len(moments) == COUNT
    assert moments == sorted(moments)
    assert not Case.objects.filter(number=next_case_number(END)).exists()
    grants: dict[str, list[int]] = defaultdict(list)
    for decision in Decision.objects.order_by("decided_at", "case_id"):
        word, _, place = decision.number.partition("〕")
        grants[word].append(int(place.removesuffix("号")))
    for word, given in grants.items():
        assert given == list(range(1, len(given) + 1)), word
    kept = NumberSequence.objects.filter(key__startswith="paper:").aggregate(most=Max("last"))["most"]
    assert kept == max(len(given) for given in grants.values())
    assert Paper.objects.exclude(number="").count() == Paper.objects.count() > 0


def check_answers() -> None:
    for case in Case.objects.order_by("?")[:40]:
        cleaned, errors = clean_form(get_definition(case.item_version_id), case.form)
        assert not errors
        assert cleaned == case.form
        kept = applicant_of(get_definition(case.item_version_id), cleaned)
        assert kept["applicant_name"]
        assert {name: getattr(case, name) for name in kept} == kept
        assert describe_case(case, "workbench", is_revealed=False)


def check_that_it_goes_on() -> None:
    task = Task.objects.filter(node="acceptance", status="open").select_related("case__office").first()
    assert task is not None  # somebody applied on the last day
    clerk = Appointment.objects.filter(
        post__organisation=task.case.office.window_id, post__roles__role="window_clerk"
    ).select_related("staff__account", "post__organisation")
    case = accept_case(actor=get_staff_actor(clerk[0]), case_id=task.case_id)
    assert case.state == "accepted"
    assert Task.objects.filter(case=case, node="review", status="open").exists()


def check_that_it_is_drawn_again_the_same() -> None:
    setting = replace(gather_setting(CONTEXT, FIRST), first_ids=defaultdict(lambda: 1))
    (piece,) = list_pieces(setting, TODAY, 300)
    first, again = (draw_piece(CaseWriter(setting), piece) for _draw in range(2))
    assert first.keys() == again.keys()
    # Sealed values have a nonce each; all else is the same to the last sign.
    assert {name for name in first if first[name] != again[name]} == {"cases.Case", "papers.Paper"}
