"""Clocks: deadlines, pauses, extension, warnings and silence, at the edges and for any course of events."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhengtong.capabilities.cases.domain import (
    AlertKind,
    ApproverRole,
    ClockRefused,
    ClockState,
    ExtensionRefused,
    Interval,
    Level,
    Limit,
    PauseRefused,
    PromiseTooLong,
    Rulebook,
    Unit,
    compute_due,
    deemed_accepted_at,
    due,
    extend,
    is_overdue,
    level,
    next_alert,
    parse_rulebook,
    pause,
    read_seed,
    remaining_days,
    resume,
    start_clock,
    stop,
    used_days,
    warning_at,
)
from zhengtong.kernel.calendar import SHANGHAI, WorkingCalendar
from zhengtong.kernel.holidays import calendar_of
from zhengtong.kernel.holidays import read_seed as read_holidays

CALENDAR = calendar_of(read_holidays(), version=20)
RULES = read_seed()
TODAY = date(2026, 11, 21)
DECISION = RULES.limit("licensing.decision", TODAY)
COMPLETENESS = RULES.limit("licensing.completeness", TODAY)
CALENDAR_DAYS = replace(DECISION, unit=Unit.CALENDAR_DAYS)
PERCENT = RULES.warning_percent

limits = st.sampled_from([DECISION, CALENDAR_DAYS])
moments = st.datetimes(datetime(2007, 1, 1), datetime(2025, 12, 31), timezones=st.just(SHANGHAI))
gaps = st.timedeltas(timedelta(0), timedelta(days=40))


def at(year: int, month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def paused(clock: ClockState, moment: datetime, allowed: int = 30) -> ClockState:
    return pause(
        clock, moment, CALENDAR, notice="告知〔2026〕1号", allowed_days=allowed, reason="检验", article="第四十五条"
    )


def last_date(clock: ClockState) -> date:
    return due(clock, CALENDAR).last_date


# Silence and receipt


def test_five_days_of_silence_over_the_national_day() -> None:
    received = at(2025, 9, 30, 16)
    clock = start_clock(COMPLETENESS, received)
    assert last_date(clock) == date(2025, 10, 14)
    assert deemed_accepted_at(clock, at(2025, 10, 14, 23, 59), CALENDAR) is None
    accepted = deemed_accepted_at(clock, at(2025, 10, 15, 0), CALENDAR)
    assert accepted == received
    assert last_date(start_clock(DECISION, accepted)) == CALENDAR.add_working_days(date(2025, 9, 30), 20)


def test_an_answer_in_time_ends_the_silence() -> None:
    clock = stop(start_clock(COMPLETENESS, at(2025, 9, 30)), at(2025, 10, 14, 9))
    assert deemed_accepted_at(clock, at(2026, 1, 1), CALENDAR) is None


@pytest.mark.parametrize(
    "received", [at(2026, 11, 20, 9), at(2026, 11, 20, 23, 59), at(2026, 11, 21), at(2026, 11, 22)]
)
def test_the_first_counted_day_is_the_next_working_day(received: datetime) -> None:
    assert last_date(start_clock(COMPLETENESS, received)) == date(2026, 11, 27)


def test_the_local_day_counts_not_the_utc_one() -> None:
    utc_evening = datetime.fromisoformat("2026-11-19T17:00:00+00:00")
    assert last_date(start_clock(COMPLETENESS, utc_evening)) == date(2026, 11, 27)


# The Spring Festival and make-up days


def test_decision_over_the_spring_festival() -> None:
    clock = start_clock(DECISION, at(2026, 2, 11))
    # 12, 13 and the worked Saturday 14 February, then the 24th to the worked Saturday 28th, then March.
    assert last_date(clock) == date(2026, 3, 17)
    assert used_days(clock, at(2026, 2, 14), CALENDAR) == 3
    assert used_days(clock, at(2026, 2, 20), CALENDAR) == 3
    assert remaining_days(clock, at(2026, 2, 28), CALENDAR) == 12


def test_a_deadline_in_a_year_not_announced_is_provisional_and_recomputed() -> None:
    clock = start_clock(DECISION, at(2026, 12, 14))
    first = due(clock, CALENDAR)
    assert (first.is_provisional, first.calendar_version) == (True, 20)
    known = WorkingCalendar({date(2027, 1, 1): False}, [*CALENDAR.announced, 2027], version=21)
    second = due(clock, known)
    assert (second.is_provisional, second.calendar_version) == (False, 21)
    assert second.last_date == known.add_working_days(first.last_date, 1)


# Pauses


def test_a_pause_moves_the_deadline_by_its_working_days_over_a_holiday() -> None:
    clock = start_clock(DECISION, at(2026, 2, 11))
    again = resume(paused(clock, at(2026, 2, 13)), at(2026, 2, 25))
    # After the 13th up to the 25th: the 14th, 24th and 25th.
    assert last_date(again) == CALENDAR.add_working_days(date(2026, 3, 17), 3)


def test_a_pause_within_a_day_or_within_a_holiday_moves_nothing() -> None:
    clock = start_clock(DECISION, at(2026, 2, 11))
    assert last_date(resume(paused(clock, at(2026, 2, 12, 9)), at(2026, 2, 12, 17))) == last_date(clock)
    assert last_date(resume(paused(clock, at(2026, 2, 16)), at(2026, 2, 20))) == last_date(clock)


def test_an_open_pause_ends_by_itself_after_the_days_told() -> None:
    clock = paused(start_clock(DECISION, at(2026, 3, 2)), at(2026, 3, 4), allowed=5)
    assert last_date(clock) == CALENDAR.add_working_days(date(2026, 3, 2), 25)
    assert used_days(clock, at(2026, 3, 11), CALENDAR) == 2
    assert used_days(clock, at(2026, 3, 12), CALENDAR) == 3
    assert last_date(resume(clock, at(2026, 3, 31))) == last_date(clock)
    assert last_date(resume(clock, at(2026, 3, 6))) == CALENDAR.add_working_days(date(2026, 3, 2), 22)


def test_more_time_needs_another_notice_and_counts_no_day_twice() -> None:
    clock = resume(paused(start_clock(DECISION, at(2026, 3, 2)), at(2026, 3, 4), allowed=5), at(2026, 3, 11, 9))
    clock = resume(paused(clock, at(2026, 3, 11, 9), allowed=5), at(2026, 3, 16))
    assert last_date(clock) == CALENDAR.add_working_days(date(2026, 3, 2), 20 + 5 + 3)


def test_what_a_clock_refuses() -> None:
    clock = start_clock(DECISION, at(2026, 3, 2))
    standing = paused(clock, at(2026, 3, 4))
    with pytest.raises(PauseRefused, match="通知书"):
        pause(clock, at(2026, 3, 4), CALENDAR, notice="", allowed_days=5, reason="检验", article="第四十五条")
    with pytest.raises(ClockRefused, match="重复"):
        paused(standing, at(2026, 3, 5))
    with pytest.raises(ClockRefused, match="没有中止"):
        resume(clock, at(2026, 3, 5))
    with pytest.raises(ClockRefused, match="早于"):
        resume(standing, at(2026, 3, 3))
    with pytest.raises(ClockRefused, match="早于"):
        paused(resume(standing, at(2026, 3, 9)), at(2026, 3, 6))
    with pytest.raises(ClockRefused, match="届满"):
        paused(clock, at(2026, 6, 1))
    with pytest.raises(ClockRefused, match="已经结束"):
        paused(stop(standing, at(2026, 3, 5)), at(2026, 3, 6))
    with pytest.raises(ValueError, match="no clock"):
        start_clock(RULES.limit("licensing.hearing_notice", TODAY), at(2026, 3, 2))


def test_stored_pauses_that_overlap_are_refused() -> None:
    first = Interval(at(2026, 3, 4), at(2026, 3, 9), 5, "检验", "第四十五条", "1号")
    second = replace(first, started_at=at(2026, 3, 6), ended_at=None)
    with pytest.raises(ClockRefused, match="重叠"):
        compute_due(at(2026, 3, 2), [first, second], 20, Unit.WORKING_DAYS, CALENDAR)
    with pytest.raises(ClockRefused, match="重叠"):
        compute_due(at(2026, 3, 2), [second, first], 20, Unit.WORKING_DAYS, CALENDAR)


# Extension and promise


def test_one_extension_with_approval() -> None:
    clock = start_clock(DECISION, at(2026, 3, 2))
    longer = extend(clock, at(2026, 3, 20), CALENDAR, days=10, reason="复杂", approver=ApproverRole.ORGAN_HEAD)
    assert last_date(longer) == CALENDAR.add_working_days(date(2026, 3, 2), 30)
    with pytest.raises(ExtensionRefused, match="一次"):
        extend(longer, at(2026, 3, 23), CALENDAR, days=1, reason="复杂", approver=ApproverRole.ORGAN_HEAD)
    with pytest.raises(ExtensionRefused, match="届满"):
        extend(clock, at(2026, 5, 1), CALENDAR, days=1, reason="复杂", approver=ApproverRole.ORGAN_HEAD)


def test_a_promise_is_shorter_and_the_law_stays() -> None:
    promised = start_clock(DECISION, at(2026, 3, 2), promised=3)
    assert (last_date(promised), promised.is_promised) == (date(2026, 3, 5), True)
    with pytest.raises(PromiseTooLong):
        start_clock(DECISION, at(2026, 3, 2), promised=21)


# Warnings


def test_ninety_per_cent_then_due_then_nothing() -> None:
    clock = start_clock(DECISION, at(2026, 11, 20, 18), promised=3)
    warning, end = at(2026, 11, 25, 15, 24), at(2026, 11, 26, 0)
    first = next_alert(clock, clock.started_at, CALENDAR, PERCENT)
    assert first is not None
    assert (first.kind, first.at) == (AlertKind.WARNING, warning)
    second = next_alert(clock, warning, CALENDAR, PERCENT)
    assert second is not None
    assert (second.kind, second.at) == (AlertKind.DUE, end)
    assert next_alert(clock, end, CALENDAR, PERCENT) is None
    lamps = [level(clock, moment, CALENDAR, PERCENT) for moment in (at(2026, 11, 25), warning, end)]
    assert lamps == [Level.GREEN, Level.YELLOW, Level.RED]


def test_a_stopped_clock_keeps_its_lamp_and_warns_no_more() -> None:
    clock = stop(start_clock(DECISION, at(2026, 11, 20, 18), promised=3), at(2026, 11, 25, 16))
    assert level(clock, at(2027, 3, 1), CALENDAR, PERCENT) is Level.YELLOW
    assert next_alert(clock, at(2026, 11, 25, 17), CALENDAR, PERCENT) is None
    assert used_days(clock, at(2027, 3, 1), CALENDAR) == 3


def test_a_pause_moves_the_warning() -> None:
    clock = start_clock(DECISION, at(2026, 11, 19, 18), promised=3)
    again = resume(paused(clock, at(2026, 11, 20, 18)), at(2026, 11, 25, 18))
    # One day of three is used before the pause; the other two follow it.
    assert warning_at(again, CALENDAR, PERCENT) == at(2026, 11, 27, 15, 24)


# Whatever happens


@st.composite
def histories(draw: st.DrawFn) -> tuple[ClockState, datetime]:
    """A clock with up to four pauses in any positions that are allowed, and the moment after all of them."""
    clock = start_clock(draw(limits), draw(moments), promised=draw(st.integers(1, 20)))
    now = clock.started_at
    for _ in range(draw(st.integers(0, 4))):
        now += draw(gaps)
        try:
            clock = paused(clock, now, draw(st.integers(1, 40)))
        except ClockRefused:
            break
        if draw(st.booleans()):
            now += draw(gaps)
            clock = resume(clock, now)
        else:
            break
    return clock, now


@given(histories())
def test_recomputing_from_the_intervals_is_what_the_steps_gave(history: tuple[ClockState, datetime]) -> None:
    clock, _ = history
    step = start_clock(clock.limit, clock.started_at, promised=clock.budget)
    moved = due(step, CALENDAR).last_date
    add = CALENDAR.add_working_days if clock.limit.unit is Unit.WORKING_DAYS else None
    for interval in clock.intervals:
        if add is None:
            break
        took = interval.allowed_days
        if interval.ended_at:
            days = CALENDAR.local_date(interval.started_at), CALENDAR.local_date(interval.ended_at)
            took = min(took, CALENDAR.working_days_between(*days))
        moved = add(moved, took)
    stored = compute_due(clock.started_at, clock.intervals, clock.days, clock.limit.unit, CALENDAR)
    assert stored == due(clock, CALENDAR)
    assert add is None or stored.last_date == moved


@given(histories())
def test_counted_day_by_day_the_clock_ends_when_its_days_are_used(history: tuple[ClockState, datetime]) -> None:
    clock, _ = history
    assume(clock.limit.unit is Unit.WORKING_DAYS)
    end = due(clock, CALENDAR).last_date
    noon = datetime.combine(end, time(12), SHANGHAI)
    before = datetime.combine(CALENDAR.subtract_working_days(end, 1), time(12), SHANGHAI)
    assert remaining_days(clock, noon, CALENDAR) == 0
    if not clock.intervals:
        assert remaining_days(clock, before, CALENDAR) == 1
    assert not is_overdue(clock, noon, CALENDAR)
    assert is_overdue(clock, datetime.combine(end + timedelta(days=1), time(), SHANGHAI), CALENDAR)


@given(histories(), gaps, gaps)
def test_time_only_uses_up_and_lamps_only_worsen(
    history: tuple[ClockState, datetime], first: timedelta, second: timedelta
) -> None:
    clock, now = history
    one, two = now + first, now + first + second
    assert 0 <= used_days(clock, one, CALENDAR) <= used_days(clock, two, CALENDAR)
    lamps = list(Level)
    assert lamps.index(level(clock, one, CALENDAR, PERCENT)) <= lamps.index(level(clock, two, CALENDAR, PERCENT))


@given(histories())
def test_the_warning_comes_before_the_end_and_after_the_start(history: tuple[ClockState, datetime]) -> None:
    clock, _ = history
    assert clock.started_at <= warning_at(clock, CALENDAR, PERCENT) <= due(clock, CALENDAR).due_at


@given(limits, moments, st.integers(0, 40), st.integers(0, 40), gaps)
def test_deadlines_grow_with_days_and_start(
    limit: Limit, start: datetime, days: int, more: int, later: timedelta
) -> None:
    first = compute_due(start, (), days, limit.unit, CALENDAR)
    assert first.due_at <= compute_due(start, (), days + more, limit.unit, CALENDAR).due_at
    assert first.due_at <= compute_due(start + later, (), days, limit.unit, CALENDAR).due_at
    assert CALENDAR.is_working(first.last_date)
    assert first.due_at > start


# The rows


def test_the_food_limit_changed_on_1_december_2023() -> None:
    assert RULES.limit("food.decision", date(2023, 11, 30)).budget == 20
    row = RULES.limit("food.decision", date(2023, 12, 1))
    assert (row.budget, row.extension, row.extension_approver) == (10, 5, ApproverRole.ORGAN_HEAD)
    with pytest.raises(LookupError):
        RULES.limit("food.decision", date(2015, 9, 30))


def test_every_row_has_its_source() -> None:
    rows = [*RULES.limits, *RULES.exclusions, *RULES.remedies, *RULES.terms]
    assert all(row.law and row.article and row.title for row in rows)
    assert {"site_visit"} == {row.code for row in RULES.exclusions if row.is_unverified}
    assert [remedy.code for remedy in RULES.remedies_on(TODAY)] == ["reconsideration", "litigation"]
    assert RULES.term("food.licence", TODAY).years == 5
    joint = RULES.limit("licensing.joint_decision", TODAY)
    assert (joint.budget, joint.extension, joint.extension_approver) == (45, 15, ApproverRole.GOVERNMENT_HEAD)


def test_rows_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="two rows"):
        Rulebook(limits=(DECISION, replace(DECISION, effective_from=date(2020, 1, 1))))
    with pytest.raises(ValueError, match="approver"):
        replace(DECISION, extension_approver=ApproverRole.NOBODY)
    with pytest.raises(ValueError, match="negative"):
        replace(DECISION, budget=-1)
    with pytest.raises(KeyError):
        parse_rulebook("[warning]\npercent = 90\n[[limit]]\ncode = 'x'")
