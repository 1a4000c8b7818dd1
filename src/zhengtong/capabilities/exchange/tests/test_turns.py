"""Turns: five cron fields against a second reader of cron, and the days off that a contract leaves out."""

from datetime import UTC, date, datetime

import pytest
from croniter import croniter
from hypothesis import example, given
from hypothesis import strategies as st

from zhengtong.capabilities.exchange.turns import UnreadableTurns, read_turns
from zhengtong.kernel.calendar import SHANGHAI, WorkingCalendar

CALENDAR = WorkingCalendar({date(2026, 10, 1): False, date(2026, 10, 10): True}, {2026}, 1)


def _field(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    # Of "0-0" the second reader makes the whole week.
    pairs = st.tuples(number, number).filter(lambda pair: pair[0] < pair[1])
    spans = pairs.map(lambda pair: f"{pair[0]}-{pair[1]}")
    steps = st.tuples(spans, st.integers(1, most)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    strides = st.integers(1, max(1, most // 2)).map(lambda n: f"*/{n}")
    part = st.one_of(number.map(str), spans, steps)
    return st.one_of(st.just("*"), strides, st.lists(part, min_size=1, max_size=3).map(",".join))


@given(
    st.tuples(_field(0, 59), _field(0, 23), _field(1, 28), _field(1, 12), _field(0, 6)),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
)
@example(("*", "*", "*/2", "*", "*/1"), datetime(2020, 1, 2))
@example(("*", "*", "*/2", "*", "0-6"), datetime(2020, 1, 2))
@example(("0", "0", "1", "*", "0-6"), datetime(2020, 1, 2))
def test_the_next_turn_is_the_one_that_cron_would_take(fields: tuple[str, ...], moment: datetime) -> None:
    text, after = " ".join(fields), moment.replace(tzinfo=SHANGHAI)
    expected = next(croniter(text, after, ret_type=datetime, day_or=True))
    assert read_turns(text).find_next(after, CALENDAR) == expected


@given(st.text(alphabet="0123456789*/,- abc", max_size=30))
def test_what_is_no_cron_is_refused_and_never_runs(text: str) -> None:
    try:
        turns = read_turns(text)
    except UnreadableTurns:
        return
    assert len(text.split()) == 5
    found = turns.find_next(datetime(2026, 1, 1, tzinfo=UTC), CALENDAR)
    assert found is None or found > datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "5-1 * * * *", "*/0 * * * *"])
def test_impossible_turns_are_refused(text: str) -> None:
    with pytest.raises(UnreadableTurns):
        read_turns(text)


def test_turns_on_days_off_are_left_out_and_made_up_weekends_are_not() -> None:
    turns = read_turns("0 2 * * *", working_days_only=True)
    night = datetime(2026, 9, 30, 12, tzinfo=SHANGHAI)
    assert turns.find_next(night, CALENDAR) == datetime(2026, 10, 2, 2, tzinfo=SHANGHAI)
    friday = datetime(2026, 10, 9, 12, tzinfo=SHANGHAI)
    assert turns.find_next(friday, CALENDAR) == datetime(2026, 10, 10, 2, tzinfo=SHANGHAI)


def test_a_day_that_never_comes_is_never() -> None:
    assert read_turns("0 0 30 2 *").find_next(datetime(2026, 1, 1, tzinfo=UTC), CALENDAR) is None
    leap = read_turns("0 0 29 2 *").find_next(datetime(2026, 1, 1, tzinfo=UTC), CALENDAR)
    assert leap == datetime(2028, 2, 29, tzinfo=SHANGHAI)
