"""Work is claimed from the office's pool, put back, or handed to a colleague who may do it too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity
from zhengtong.core.worklist.public import list_mine, list_office
from zhengtong.kernel.policy import SYSTEM, Denied


def review_task(case: cases.Case) -> cases.Task:
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    return task


def test_a_colleague_who_may_do_it_gets_the_task(cast: Cast) -> None:
    case = cast.reviewing()
    inspector = cast.appointment(cast.inspector)
    cases.delegate_task(actor=cast.reviewer, task_id=review_task(case).pk, to=inspector, reason="请假")
    task = review_task(case)
    assert (task.assignee_id, task.delegated_by_id) == (inspector.pk, cast.reviewer.appointment)
    assert [item.reference for item in list_mine(cast.inspector)] == [case.number]
    assert not list_mine(cast.reviewer).exists()
    entries = AuditRecord.objects.filter(action="cases.delegate_task").values_list("appointment", "after__to")
    assert list(entries) == [(cast.reviewer.appointment, inspector.pk)]
    with pytest.raises(cases.Conflict):
        cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合")


@pytest.mark.parametrize("who", ["approver", "head", "counter", "outsider", "reviewer"])
def test_nobody_else_gets_it(cast: Cast, who: str) -> None:
    case = cast.reviewing()
    with pytest.raises(cases.Unacceptable) as caught:
        cases.delegate_task(
            actor=cast.reviewer, task_id=review_task(case).pk, to=cast.appointment(getattr(cast, who)), reason="请假"
        )
    assert caught.value.field == "to"
    assert review_task(case).assignee_id == cast.reviewer.appointment


def test_what_a_colleague_holds_is_not_taken_or_handed_on(cast: Cast) -> None:
    case = cast.reviewing()
    with pytest.raises(cases.Conflict, match="林国栋"):
        cases.claim_task(actor=cast.inspector, task_id=review_task(case).pk)
    with pytest.raises(cases.Conflict):
        cases.release_task(actor=cast.inspector, task_id=review_task(case).pk)
    with pytest.raises(cases.Conflict):
        cases.delegate_task(
            actor=cast.inspector, task_id=review_task(case).pk, to=cast.appointment(cast.inspector), reason="我来"
        )
    assert review_task(case).assignee_id == cast.reviewer.appointment


def test_a_released_task_is_in_the_pool_again(cast: Cast) -> None:
    case = cast.reviewing()
    cases.release_task(actor=cast.reviewer, task_id=review_task(case).pk)
    assert [item.reference for item in list_office(cast.inspector)] == [case.number]
    cases.claim_task(actor=cast.inspector, task_id=review_task(case).pk)
    assert [item.reference for item in list_mine(cast.inspector)] == [case.number]


def test_another_county_claims_nothing(cast: Cast) -> None:
    case = cast.accepted()
    for actor in (cast.outsider, cast.approver, cast.owner):
        with pytest.raises(Denied):
            cases.claim_task(actor=actor, task_id=review_task(case).pk)
    assert review_task(case).assignee_id is None


def test_a_task_that_is_done_is_nobodys(cast: Cast) -> None:
    case = cast.reviewing()
    task = review_task(case)
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合")
    for act in (cases.claim_task, cases.release_task):
        with pytest.raises(cases.NoTask):
            act(actor=cast.reviewer, task_id=task.pk)
    with pytest.raises(cases.NoTask):
        cases.claim_task(actor=cast.reviewer, task_id=0)


@pytest.mark.parametrize("has_successor", [True, False])
def test_what_is_sent_back_to_who_has_left_goes_on(cast: Cast, has_successor: bool) -> None:
    case, leaver = cast.recommended(), cast.appointment(cast.reviewer)
    successor = cast.appointment(cast.inspector) if has_successor else None
    identity.end_appointment(
        actor=SYSTEM,
        appointment=leaver,
        end_date=timezone.localdate() - timedelta(days=1),
        successor=successor,
        reason="调离",
    )
    cases.return_to_review(actor=cast.approver, case_id=case.pk, reason="请补充核查情况")
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    assert task.assignee_id == (successor.pk if successor else None)
