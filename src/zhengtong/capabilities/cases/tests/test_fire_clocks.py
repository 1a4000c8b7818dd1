"""Clocks come due: yellow, then red on the promised one; silence past the law's five days is acceptance."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.worklist.public import WorkItem, list_office
from zhengtong.kernel.demo import as_of

CHINA = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 10, tzinfo=CHINA)


def midnight(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=CHINA)


def fire(at: datetime) -> int:
    with as_of(at):
        return cases.fire_due()


def clock(case: cases.Case, basis: str) -> cases.Clock:
    return case.clocks.get(purpose="decision", basis=basis)


def alerts() -> list[tuple[str, str, str]]:
    found = AuditRecord.objects.filter(action="cases.clock_alert").order_by("id")
    return list(found.values_list("after__purpose", "after__basis", "after__level"))


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    """Accepted on the 2nd: promised for the 12th, by law for the 16th."""
    with as_of(START):
        return cast.accepted()


def lamp(case: cases.Case) -> str:
    return WorkItem.objects.get(reference=case.number, state="open").level


def test_the_promise_warns_and_then_is_late(case: cases.Case) -> None:
    warned_at = clock(case, "promised").next_alert_at
    assert warned_at is not None
    assert midnight(12) < warned_at < midnight(13)
    assert fire(warned_at - timedelta(seconds=1)) == 0
    assert fire(warned_at) == 1
    assert (lamp(case), clock(case, "promised").level, clock(case, "statutory").level) == ("yellow", "yellow", "green")
    assert fire(warned_at) == 0
    assert fire(midnight(13)) == 1
    assert (lamp(case), clock(case, "promised").level, clock(case, "statutory").level) == ("red", "red", "green")
    assert fire(midnight(13)) == 0
    assert alerts() == [("decision", "promised", "yellow"), ("decision", "promised", "red")]


def test_the_laws_clock_shows_on_no_worklist(case: cases.Case) -> None:
    fire(midnight(13))
    item = WorkItem.objects.get(reference=case.number, state="open")
    fire(midnight(17))
    assert clock(case, "statutory").level == "red"
    after = WorkItem.objects.get(pk=item.pk)
    assert (after.level, after.due_at) == ("red", midnight(13))


def test_a_worker_that_slept_catches_up_with_one_alert(case: cases.Case) -> None:
    assert fire(midnight(31)) == 2
    assert fire(midnight(31)) == 0
    assert sorted(alerts()) == [("decision", "promised", "red"), ("decision", "statutory", "red")]


def test_a_task_opened_later_shows_the_lamp(cast: Cast, case: cases.Case) -> None:
    fire(midnight(13))
    with as_of(midnight(13)):
        cases.recommend(actor=cast.reviewer, case_id=begin(cast, case).pk, outcome="grant", opinion="符合")
    assert [(item.step, item.level) for item in list_office(cast.approver)] == [("决定", "red")]


def begin(cast: Cast, case: cases.Case) -> cases.Case:
    task = cases.get_open_task(case, cases.TaskNode.REVIEW)
    assert task is not None
    cases.claim_task(actor=cast.reviewer, task_id=task.pk)
    return fresh(case)


def test_a_paused_clock_warns_when_its_days_are_over(cast: Cast, case: cases.Case) -> None:
    with as_of(START):
        cast.visit(begin(cast, case), days=5)  # 3, 4, 5, 6 and 9 don't count
    assert fire(midnight(13)) == 0
    assert fire(midnight(20)) == 1
    assert (lamp(case), fresh(case).state) == ("red", cases.LegalState.EXCLUDED_TIME)


def test_what_is_decided_fires_no_more(cast: Cast) -> None:
    with as_of(START):
        case = cast.granted(delivery_method="到窗口领取")
    delivery = case.clocks.get(purpose="delivery")
    assert fire(delivery.due_at) == 1
    assert alerts() == [("delivery", "statutory", "red")]
    assert lamp(case) == "red"


def test_silence_is_acceptance_from_the_day_of_receipt(cast: Cast, run_jobs: Callable[[], None]) -> None:
    with as_of(START):
        case = cast.submitted()
    with as_of(midnight(10) - timedelta(seconds=1)):
        assert cases.fire_due() == 1
        run_jobs()
    assert lamp(case) == "yellow"
    assert fresh(case).state == cases.LegalState.SUBMITTED
    with as_of(midnight(10)):
        assert cases.fire_due() == 1
        run_jobs()
        assert cases.deem_accepted(case_id=case.pk) is False
    case = fresh(case)
    assert (case.state, case.is_deemed_accepted, case.accepted_at) == (cases.LegalState.ACCEPTED, True, START)
    assert {c.started_at for c in case.clocks.filter(purpose="decision")} == {START}
    assert (clock(case, "promised").due_at, clock(case, "statutory").due_at) == (midnight(13), midnight(17))
    assert alerts() == [("completeness", "statutory", "yellow"), ("completeness", "statutory", "red")]
    assert case.documents.get(paper__kind="cases.acceptance").paper.content["is_deemed"] is True
    assert not list_office(cast.counter).exists()
    assert [item.reference for item in list_office(cast.reviewer)] == [case.number]


def test_an_answer_in_time_leaves_nothing_to_deem(cast: Cast, case: cases.Case) -> None:
    with as_of(midnight(10)):
        assert cases.deem_accepted(case_id=case.pk) is False
    assert not fresh(case).is_deemed_accepted


def test_an_application_deemed_accepted_late_is_late_at_once(cast: Cast, run_jobs: Callable[[], None]) -> None:
    with as_of(START):
        case = cast.submitted()
    with as_of(midnight(14)):
        cases.fire_due()
        run_jobs()
    assert clock(case, "promised").level == "red"
    assert lamp(case) == "red"
