"""Counting days: every day of 2007–2026, the Spring Festival, make-up Saturdays, years not announced."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.kernel.calendar import SHANGHAI, OutsideCalendar, WorkingCalendar, WorkingHours
from zhengtong.kernel.holidays import calendar_of, read_seed

CALENDAR = calendar_of(read_seed(), version=20)
is_workday: Callable[[date], bool] = chinese_calendar.is_workday
EVERY_DAY = [date(2007, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2007, 1, 1)).days)]

days = st.dates(date(2007, 1, 1), date(2026, 12, 31))
lengths = st.integers(1, 400)
moments = st.datetimes(datetime(2007, 1, 1), datetime(2026, 12, 31), timezones=st.just(SHANGHAI))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def test_every_day_of_twenty_years_agrees_with_the_oracle() -> None:
    assert [d for d in EVERY_DAY if CALENDAR.is_working(d) != is_workday(d)] == []


def test_counting_one_by_one_gives_the_same_deadline() -> None:
    for start in EVERY_DAY[::17]:
        day, counted = start, 0
        while counted < 20 and day < date(2026, 12, 31):
            day += timedelta(days=1)
            counted += is_workday(day)
        if counted == 20:
            assert CALENDAR.add_working_days(start, 20) == day


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # the Saturday before the Spring Festival of 2026 is worked
        (date(2026, 2, 13), 2, date(2026, 2, 24)),  # and nine days follow without work
        (date(2026, 2, 15), 5, date(2026, 2, 28)),  # the Saturday after it is worked too
        (date(2025, 9, 30), 5, date(2025, 10, 14)),  # five days over 国庆 and 中秋, 11 October being worked
        (date(2019, 4, 27), 2, date(2019, 4, 29)),  # Sunday 28 April 2019 is worked: the notice was amended
        (date(2020, 1, 23), 1, date(2020, 2, 3)),  # the Spring Festival that was prolonged
        (date(2011, 12, 30), 1, date(2011, 12, 31)),  # a Saturday that the next year's notice made a working day
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 21), 0, date(2026, 11, 23)),
    ],
)
def test_deadlines_at_the_edges_of_holidays(start: date, count: int, expected: date) -> None:
    assert CALENDAR.add_working_days(start, count) == expected


@given(days, lengths, lengths)
def test_adding_in_two_steps_is_adding_at_once(start: date, a: int, b: int) -> None:
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, a), b) == CALENDAR.add_working_days(start, a + b)


@given(days, days, lengths)
def test_a_later_start_never_ends_earlier(first: date, second: date, count: int) -> None:
    first, second = sorted((first, second))
    assert CALENDAR.add_working_days(first, count) <= CALENDAR.add_working_days(second, count)


@given(days, lengths)
def test_between_and_subtract_undo_adding(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days_between(start, end) == count
    if CALENDAR.is_working(start):
        assert CALENDAR.subtract_working_days(end, count) == start


def test_notice_seven_days_before_a_hearing() -> None:
    assert CALENDAR.subtract_working_days(date(2026, 2, 25), 7) == date(2026, 2, 9)
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.subtract_working_days(date(2026, 2, 25), 0)


@given(days, st.integers(0, 400))
def test_calendar_days_roll_over_a_holiday(start: date, count: int) -> None:
    plain, rolled = start + timedelta(days=count), CALENDAR.add_calendar_days(start, count)
    assert CALENDAR.is_working(rolled)
    assert rolled >= plain
    assert not any(CALENDAR.is_working(plain + timedelta(days=n)) for n in range((rolled - plain).days))


def test_a_year_not_announced_is_provisional() -> None:
    assert not CALENDAR.is_provisional(date(2026, 12, 25))
    assert CALENDAR.is_provisional(date(2027, 1, 4))
    assert CALENDAR.is_provisional(date(2026, 12, 20), date(2027, 1, 4))
    assert not CALENDAR.is_provisional(date(2025, 12, 20), date(2026, 1, 10))
    # The next notice may still move the days around New Year, as it did in 2007, 2011 and 2018.
    assert CALENDAR.is_provisional(date(2026, 12, 29))
    assert not CALENDAR.is_provisional(date(2025, 12, 29))


def test_no_silent_answer_outside_the_calendar() -> None:
    for wrong in (date(1999, 12, 31), date(2100, 1, 1)):
        with pytest.raises(OutsideCalendar):
            CALENDAR.is_working(wrong)
        with pytest.raises(OutsideCalendar):
            CALENDAR.add_working_days(wrong, 5)
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(date(2099, 12, 1), 30)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.local_date(datetime(2026, 1, 5))


def test_the_last_day_ends_at_midnight_in_shanghai() -> None:
    due = CALENDAR.end_of_day(date(2026, 9, 30))
    assert due.isoformat() == "2026-10-01T00:00:00+08:00"
    assert CALENDAR.last_date(due) == date(2026, 9, 30)


def test_ninety_per_cent_of_three_days() -> None:
    friday = date(2026, 11, 20)
    due = CALENDAR.end_of_day(CALENDAR.add_working_days(friday, 3))
    # After work on Friday, so exactly three days of seven hours are left: 18.9 hours of them end at 15:24 (13:30 + …).
    assert CALENDAR.moment_after_share(at(friday, 18), due, 90) == at(date(2026, 11, 25), 15, 24)
    assert CALENDAR.moment_after_share(at(friday, 18), due, 100) == at(date(2026, 11, 25), 17, 30)


def test_a_share_falls_at_the_end_of_a_session_not_after_lunch() -> None:
    monday = date(2026, 11, 23)
    assert CALENDAR.moment_after_share(at(monday, 9), at(monday, 15), 50) == at(monday, 11, 15)
    assert CALENDAR.moment_after_share(at(monday, 9), at(monday, 16, 30), 50) == at(monday, 12)
    assert CALENDAR.moment_after_share(at(monday, 12, 10), at(monday, 13), 50) == at(monday, 13)


@given(moments, st.integers(1, 60), st.integers(1, 100))
def test_a_share_lies_between_and_grows(start: datetime, count: int, percent: int) -> None:
    due = CALENDAR.end_of_day(CALENDAR.add_working_days(start.date(), count))
    share = CALENDAR.moment_after_share(start, due, percent)
    assert start <= share <= due
    assert share >= CALENDAR.moment_after_share(start, due, max(percent - 1, 1))
    assert CALENDAR.is_working(CALENDAR.local_date(share))


def test_working_hours_are_a_parameter() -> None:
    summer = WorkingCalendar({}, [], 0, hours=WorkingHours(((time(8), time(12)), (time(15), time(18)))))
    monday = date(2026, 11, 23)
    assert summer.moment_after_share(at(monday, 8), at(monday, 18), 80) == at(monday, 16, 36)
    with pytest.raises(ValueError, match="order"):
        WorkingHours(((time(9), time(12)), (time(11), time(17))))
