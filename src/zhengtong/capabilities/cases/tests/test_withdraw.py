"""An applicant takes an application back, at any time before the decision and never after it."""

from collections.abc import Callable

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.worklist.public import WorkItem, WorkState
from zhengtong.kernel.policy import Denied


def visited(cast: Cast) -> cases.Case:
    case = cast.reviewing()
    cast.visit(case)
    return fresh(case)


@pytest.mark.parametrize(
    "stage", [Cast.submitted, Cast.accepted, Cast.recommended, visited], ids=["submitted", "accepted", "ready", "visit"]
)
def test_nothing_runs_or_waits_after_it(cast: Cast, stage: Callable[[Cast], cases.Case]) -> None:
    case = stage(cast)
    cases.withdraw_case(actor=cast.owner, case_id=case.pk, reason="不开了", version=case.version)
    after = fresh(case)
    assert after.state == cases.LegalState.WITHDRAWN
    assert after.closed_at is not None
    assert not after.tasks.filter(status=cases.TaskStatus.OPEN).exists()
    assert not WorkItem.objects.filter(state=WorkState.OPEN).exists()
    assert not after.clocks.filter(finished_at=None).exists()
    assert not after.clocks.filter(is_paused=True).exists()
    assert after.documents.get(paper__kind="cases.withdrawal").paper.content["reason"] == "不开了"


@pytest.mark.parametrize("outcome", ["grant", "refuse"])
def test_a_decision_is_not_taken_back(cast: Cast, outcome: str) -> None:
    case = cast.recommended(outcome)
    if outcome == "grant":
        cases.grant_case(actor=cast.approver, case_id=case.pk, reasons="符合")
    else:
        cases.refuse_case(
            actor=cast.approver, case_id=case.pk, reasons="不符合", legal_basis="《食品安全法》第三十三条"
        )
    before = fresh(case)
    with pytest.raises(cases.RuleBroken) as caught:
        cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    assert caught.value.code == "act-not-allowed"
    assert (fresh(case).state, fresh(case).version) == (before.state, before.version)


def test_once_is_enough(cast: Cast) -> None:
    case = cast.submitted()
    cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    with pytest.raises(cases.RuleBroken):
        cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    assert case.documents.filter(paper__kind="cases.withdrawal").count() == 1


def test_only_the_applicant_withdraws(cast: Cast) -> None:
    case = cast.submitted()
    for actor in (cast.citizen, cast.counter, cast.head):
        with pytest.raises(Denied):
            cases.withdraw_case(actor=actor, case_id=case.pk)
    assert fresh(case).state == cases.LegalState.SUBMITTED


def test_a_stale_page_withdraws_nothing(cast: Cast) -> None:
    case = cast.submitted()
    cases.accept_case(actor=cast.counter, case_id=case.pk)
    with pytest.raises(cases.Conflict):
        cases.withdraw_case(actor=cast.owner, case_id=case.pk, version=case.version)
    assert fresh(case).state == cases.LegalState.ACCEPTED


def test_a_draft_is_deleted_and_not_withdrawn(cast: Cast) -> None:
    draft = cast.draft()
    with pytest.raises(cases.RuleBroken):
        cases.withdraw_case(actor=cast.owner, case_id=draft.pk)
    assert fresh(draft).state == cases.LegalState.DRAFT
