"""A reviewer asks colleagues to sign as well, before she hands on or after it (加签)."""

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import TaskNode


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    return cast.reviewing()


def ask(cast: Cast, case: cases.Case, timing: str) -> cases.Countersign:
    (asked,) = cases.ask_countersign(
        actor=cast.reviewer,
        case_id=case.pk,
        signers=[cast.appointment(cast.approver)],
        timing=timing,
        question="请核对收费依据",
    )
    return asked


def propose(cast: Cast, case: cases.Case) -> None:
    cases.recommend(actor=cast.reviewer, case_id=case.pk, outcome="grant", opinion="符合条件")


def open_nodes(case: cases.Case) -> list[str]:
    return [task.node for task in cases.list_tasks(case) if task.status == "open"]


def test_the_review_waits_for_those_who_sign_before_it(cast: Cast, case: cases.Case) -> None:
    ask(cast, case, "before")
    with pytest.raises(cases.Unacceptable):
        propose(cast, case)
    cases.give_countersign(actor=cast.approver, case_id=case.pk, agrees=True, opinion="")
    propose(cast, case)
    assert open_nodes(case) == [TaskNode.DECISION]


def test_the_decision_waits_for_those_who_sign_after_the_review(cast: Cast, case: cases.Case) -> None:
    ask(cast, case, "after")
    assert open_nodes(case) == [TaskNode.REVIEW]
    propose(cast, case)
    assert open_nodes(case) == [TaskNode.COUNTERSIGN]
    cases.give_countersign(actor=cast.approver, case_id=case.pk, agrees=False, opinion="收费依据不足")
    assert open_nodes(case) == [TaskNode.DECISION]
    said = [each["opinion"] for each in cases.list_opinions(case)]
    assert said[1:] == ["符合条件", "收费依据不足"]


def test_who_is_away_need_not_be_waited_for(cast: Cast, case: cases.Case) -> None:
    asked = ask(cast, case, "after")
    propose(cast, case)
    cases.drop_countersign(actor=cast.reviewer, case_id=case.pk, countersign_id=asked.pk)
    assert open_nodes(case) == [TaskNode.DECISION]
    with pytest.raises(cases.NoTask):
        cases.give_countersign(actor=cast.approver, case_id=case.pk, agrees=True, opinion="")


def test_a_no_says_why(cast: Cast, case: cases.Case) -> None:
    ask(cast, case, "before")
    with pytest.raises(cases.Unacceptable) as caught:
        cases.give_countersign(actor=cast.approver, case_id=case.pk, agrees=False, opinion=" ")
    assert caught.value.field == "opinion"


def test_nobody_is_asked_twice_nor_oneself_nor_a_stranger(cast: Cast, case: cases.Case) -> None:
    ask(cast, case, "before")
    outsider = cast.appointment(cast.outsider)
    for signers in ([cast.appointment(cast.approver)], [cast.appointment(cast.reviewer)], [outsider], []):
        with pytest.raises(cases.Unacceptable) as caught:
            cases.ask_countersign(
                actor=cast.reviewer, case_id=case.pk, signers=signers, timing="before", question="请看"
            )
        assert caught.value.field == "signers"
    assert case.countersigns.count() == 1


def test_a_withdrawal_takes_the_question_off_the_list(cast: Cast, case: cases.Case) -> None:
    ask(cast, case, "before")
    cases.withdraw_case(actor=cast.owner, case_id=case.pk)
    assert open_nodes(fresh(case)) == []
