"""What each act says to the database, counted: a step that grows is noticed."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases import references, rules
from zhengtong.kernel import calendars
from zhengtong.kernel.policy import SYSTEM

Act = Callable[[], object]


@pytest.fixture
def _kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the process keep what it has looked up, as it does within a second, however slow the test is."""
    calendars.forget()
    monkeypatch.setattr(calendars, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(rules, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(references, "KEEP_SECONDS", 3600.0)
    cast.granted()
    yield
    calendars.forget()


def count(act: Act) -> int:
    """Return how many statements ``act`` makes; its transaction is one, without savepoints of its own inside."""
    with CaptureQueriesContext(connection) as said:
        act()
    statements = [query["sql"] for query in said]
    assert [sql.split()[0] for sql in statements if "SAVEPOINT" in sql] == ["SAVEPOINT", "RELEASE"]
    return len(statements) - 2


def review_task(case: cases.Case) -> int:
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    return task.pk


@pytest.mark.usefixtures("_kept")
def test_a_case_granted_online(cast: Cast) -> None:
    case = cast.draft()
    key = case.pk
    # One of them asks whether the power is still in force: nothing is opened under one that was withdrawn meanwhile.
    assert count(lambda: cases.submit_case(actor=cast.owner, case_id=key)) == 18
    assert count(lambda: cases.accept_case(actor=cast.counter, case_id=key)) == 17
    task = review_task(fresh(case))
    assert count(lambda: cases.claim_task(actor=cast.reviewer, task_id=task)) == 8
    assert count(lambda: cases.recommend(actor=cast.reviewer, case_id=key, outcome="grant", opinion="符合")) == 10
    # One of them asks whether it is about a licence that there is: a change, a renewal, a correction, a cancellation.
    assert count(lambda: cases.grant_case(actor=cast.approver, case_id=key, reasons="符合法定条件")) == 24
    assert count(lambda: cases.deliver_case(actor=SYSTEM, case_id=key)) == 13


@pytest.mark.usefixtures("_kept")
def test_a_case_with_a_visit_and_a_refusal(cast: Cast) -> None:
    case = cast.reviewing()
    key = case.pk
    assert count(lambda: cast.visit(case)) == 25
    assert (
        count(
            lambda: cases.record_site_visit(actor=cast.reviewer, case_id=key, is_passed=False, findings="布局与图不符")
        )
        == 15
    )
    cases.recommend(actor=cast.reviewer, case_id=key, outcome="refuse", opinion="不符合")
    assert (
        count(
            lambda: cases.refuse_case(
                actor=cast.approver, case_id=key, reasons="布局与图不符", legal_basis="《食品安全法》第三十三条"
            )
        )
        == 19
    )


@pytest.mark.usefixtures("_kept")
def test_what_the_counter_sends_back(cast: Cast) -> None:
    case = cast.submitted()
    key = case.pk
    marks = [("field:premises", "请写门牌号")]
    assert count(lambda: cases.request_corrections(actor=cast.counter, case_id=key, marks=marks)) == 17
    assert count(lambda: cases.resubmit_case(actor=cast.owner, case_id=key)) == 16
    assert count(lambda: cases.withdraw_case(actor=cast.owner, case_id=key)) == 14
