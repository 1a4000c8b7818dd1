"""A year is announced: deadlines that reached into it are computed again and stop being provisional."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.worklist.public import WorkItem
from zhengtong.kernel import calendars
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.holidays import DepartingDay, Notice
from zhengtong.kernel.models import CalendarNotice
from zhengtong.kernel.policy import SYSTEM, Denied

CHINA = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 12, 24, 10, tzinfo=CHINA)
NOTICE = Notice(
    year=2027,
    title="国务院办公厅关于2027年部分节假日安排的通知",
    days=(
        DepartingDay(date(2027, 1, 1), False, "元旦"),
        DepartingDay(date(2027, 1, 4), False, "元旦"),
    ),
)


@pytest.fixture(autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    yield
    calendars.forget()


@pytest.fixture
def case(cast: Cast) -> cases.Case:
    """Accepted on Thursday, 2026-12-24; eight working days reach into a year that nobody has announced."""
    CalendarNotice.objects.filter(year__gte=2027).delete()
    calendars.forget()
    with as_of(START):
        return cast.accepted()


def promised(case: cases.Case) -> cases.Clock:
    return case.clocks.get(purpose="decision", basis="promised")


def test_open_deadlines_move_and_become_firm(case: cases.Case, run_jobs: Callable[[], None]) -> None:
    before = promised(case)
    assert (before.is_provisional, before.due_at) == (True, datetime(2027, 1, 6, tzinfo=CHINA))
    with as_of(START):
        notice = calendars.import_year(actor=SYSTEM, notice=NOTICE)
        run_jobs()
    after, moved = promised(case), datetime(2027, 1, 8, tzinfo=CHINA)
    assert (after.is_provisional, after.due_at, after.calendar_version) == (False, moved, notice.version)
    assert after.next_alert_at is not None
    assert datetime(2027, 1, 7, tzinfo=CHINA) < after.next_alert_at < moved
    assert fresh(case).due_at == moved
    assert WorkItem.objects.get(reference=case.number, state="open").due_at == moved
    entries = AuditRecord.objects.filter(action="cases.clock_recomputed", object_id=str(after.pk))
    assert [datetime.fromisoformat(said) for said in entries.values_list("after__due_at", flat=True)] == [moved]


def test_deadlines_that_stay_are_firm_too_without_a_word(cast: Cast, run_jobs: Callable[[], None]) -> None:
    with as_of(datetime(2026, 12, 1, 10, tzinfo=CHINA)):
        case = cast.accepted()
        due_at = promised(case).due_at
        calendars.import_year(actor=SYSTEM, notice=NOTICE)
        run_jobs()
    assert promised(case).due_at == due_at
    assert not AuditRecord.objects.filter(action="cases.clock_recomputed").exists()


def test_a_clock_that_stopped_keeps_what_it_was(cast: Cast, case: cases.Case, run_jobs: Callable[[], None]) -> None:
    with as_of(START):
        cases.withdraw_case(actor=cast.owner, case_id=case.pk)
        due_at = promised(case).due_at
        calendars.import_year(actor=SYSTEM, notice=NOTICE)
        run_jobs()
    assert (promised(case).due_at, promised(case).is_provisional) == (due_at, True)


def test_the_same_notice_again_does_nothing(case: cases.Case, run_jobs: Callable[[], None]) -> None:
    with as_of(START):
        for _again in range(2):
            calendars.import_year(actor=SYSTEM, notice=NOTICE)
            run_jobs()
    assert AuditRecord.objects.filter(action="cases.clock_recomputed").count() == 2  # promised and statutory, once


def test_only_who_may_imports(cast: Cast) -> None:
    with pytest.raises(Denied):
        calendars.import_year(actor=cast.head, notice=NOTICE)
    assert not CalendarNotice.objects.filter(year=2027).exists()
