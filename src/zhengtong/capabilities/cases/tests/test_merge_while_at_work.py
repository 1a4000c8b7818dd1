"""A bureau is merged while its cases run: the successor decides them, and nobody's limit starts anew."""

import threading
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django.fixtures import Settings

from tests.cast import Cast, cast, fresh, make_cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases import references
from zhengtong.capabilities.cases.models import Case, ItemOffice
from zhengtong.capabilities.cases.services.succeeding import succeed_organ
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.core.worklist.public import WorkItem, list_mine, list_office
from zhengtong.kernel.policy import SYSTEM, Actor

__all__ = ["cast"]
pytestmark = pytest.mark.django_db
NEW = "澄波区市场和知识产权局"


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(references, "KEEP_SECONDS", 0.0)  # as if a second passed between two acts


def found_like(model: identity.Organisation, name: str) -> identity.Organisation:
    made = identity.Organisation.objects.create(
        name=name, short_name=name, kind=model.kind, region=model.region, parent=model.parent
    )
    made.path = f"{model.parent.path}.{made.pk}" if model.parent else str(made.pk)
    made.save(update_fields=["path"])
    return made


def merge(model: identity.Organisation, name: str = NEW) -> identity.Organisation:
    """Merge ``model`` into a new organisation of that name."""
    new = found_like(model, name)
    identity.merge_organisations(actor=SYSTEM, organisations=[model], into=new, basis="澄编〔2026〕3号")
    return new


def again(cast: Cast, name: str) -> Actor:
    return identity.get_account_actor(cast.accounts[name])


def test_a_running_case_is_decided_by_the_successor_in_its_name(cast: Cast) -> None:
    case = cast.recommended()
    due_at = case.due_at
    new = merge(cast.office.organisation)
    moved = fresh(case)
    assert (moved.organisation, moved.due_at, moved.version) == (new, due_at, case.version)
    decision = cases.grant_case(
        actor=again(cast, "approver"), case_id=case.pk, reasons="符合法定条件", version=case.version
    )
    paper = case.documents.get(paper__kind="cases.grant").paper
    assert paper.issuer == new
    assert decision.number.startswith(f"{NEW}许准")
    accepted = case.documents.get(paper__kind="cases.acceptance").paper
    assert accepted.issuer != new


def test_a_claimed_task_stays_in_the_same_hands(cast: Cast) -> None:
    case = cast.reviewing()
    new = merge(cast.office.organisation)
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    assert (task.organisation, task.assignee_id) == (new, cast.reviewer.appointment)
    reviewer = again(cast, "reviewer")
    assert [item.object_id for item in list_mine(reviewer)] == [task.pk]
    cases.recommend(actor=reviewer, case_id=case.pk, outcome="grant", opinion="符合", version=case.version)
    assert WorkItem.objects.get(kind="cases.task", state="open").organisation_id == new.pk


def test_the_applicant_and_the_journal_are_told(cast: Cast) -> None:
    case = cast.reviewing()
    old, new = cast.office.organisation, merge(cast.office.organisation)
    event = case.events.get(act="succeed_organ")
    assert event.words == f"因机构调整，{old.name}的职责由{NEW}承接，本办件由{NEW}继续办理，办理期限不变。"
    written = AuditRecord.objects.get(action="cases.succeed_organ", object_id=str(case.pk), object_kind="cases.case")
    assert (written.before, written.after) == ({"organisation": old.pk}, {"organisation": new.pk})


def test_what_has_ended_stays_with_the_organ_that_ended_it(cast: Cast) -> None:
    withdrawn = cast.submitted()
    cases.withdraw_case(actor=cast.owner, case_id=withdrawn.pk)
    merge(cast.office.organisation)
    assert fresh(withdrawn).organisation == cast.office.organisation
    assert not withdrawn.events.filter(act="succeed_organ").exists()
    # Its people still see it: they came along, and the new organ succeeds the old one.
    assert cases.get_case(again(cast, "reviewer"), withdrawn.number or "") is not None


def test_drafts_and_new_applications_go_to_the_successor(cast: Cast) -> None:
    draft = cast.draft()
    new = merge(cast.office.organisation)
    assert ItemOffice.objects.get(pk=cast.office.pk).organisation == new
    submitted = cases.submit_case(actor=cast.owner, case_id=draft.pk)
    assert Case.objects.get(pk=submitted.pk).organisation == new
    assert not draft.events.filter(act="succeed_organ").exists()
    accepted = cases.accept_case(actor=again(cast, "counter"), case_id=draft.pk)
    assert [item.reference for item in list_office(again(cast, "reviewer"))] == [fresh(accepted).number]


def test_a_service_centre_is_merged_with_applications_at_its_counter(cast: Cast) -> None:
    case = cast.submitted()
    new = merge(cast.office.window, "澄波区政务服务和数据中心")
    assert ItemOffice.objects.get(pk=cast.office.pk).window == new
    assert fresh(case).organisation == cast.office.organisation
    # A paper names the counter to which the applicant is to turn.
    accepted = cases.accept_case(actor=again(cast, "counter"), case_id=case.pk)
    paper = accepted.documents.get(paper__kind="cases.acceptance").paper
    assert paper.content["contact_name"] == new.name


def test_running_it_again_moves_nothing(cast: Cast) -> None:
    case = cast.reviewing()
    new = merge(cast.office.organisation)
    assert succeed_organ(actor=SYSTEM, organisation_id=cast.office.organisation_id, successor_id=new.pk) == 0
    assert case.events.filter(act="succeed_organ").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_step_that_is_being_made_while_the_bureau_is_merged_is_taken_along() -> None:
    """The merger waits for the case; the task that the step opened meanwhile goes over, too."""
    cast = make_cast()
    case = cast.reviewing()
    new = found_like(cast.office.organisation, NEW)

    def merge_beside() -> None:
        try:
            identity.merge_organisations(
                actor=SYSTEM, organisations=[cast.office.organisation], into=new, basis="澄编〔2026〕3号"
            )
        finally:
            connections.close_all()

    with transaction.atomic():
        cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合")
        merger = threading.Thread(target=merge_beside)
        merger.start()
        wait_until_blocked()
    merger.join(30)
    assert not merger.is_alive()
    task = cases.get_open_task(case, cases.TaskNode.DECISION)
    assert task is not None
    assert task.organisation == new
    assert WorkItem.objects.get(object_id=task.pk, kind="cases.task").organisation_id == new.pk
    assert [item.object_id for item in list_office(again(cast, "approver"))] == [task.pk]


def wait_until_blocked() -> None:
    """Wait until another session waits for this one. Fails when none does."""
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    for _attempt in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(blocked)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
