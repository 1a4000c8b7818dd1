"""``working_days``: last days of limits per second, by the function that every clock's deadline comes from."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

from benchmarks.figure import Figure, compare
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.models import CalendarDay

LIMITS = 200_000
NAIVE_LIMITS = 20_000
LONGEST = 60  # working days, as the longest common limit in licensing


def run() -> Figure:
    """Return the figure. Raises RuntimeError when the two sides don't agree on every day."""
    calendar = get_calendar()
    departures = dict(CalendarDay.objects.filter(notice__region="").values_list("date", "is_working"))
    draw = random.Random(1)
    first = date(2008, 1, 1)
    limits = [(first + timedelta(days=draw.randrange(6500)), draw.randint(1, LONGEST)) for _ in range(LIMITS)]

    def day_by_day(start: date, days: int) -> date:
        day, one = start, timedelta(days=1)
        while days:
            day += one
            if departures.get(day, day.weekday() < 5):
                days -= 1
        return day

    def rate(function: Callable[[date, int], date], asked: list[tuple[date, int]]) -> float:
        began = perf_counter()
        for start, days in asked:
            function(start, days)
        return len(asked) / (perf_counter() - began)

    few = limits[:NAIVE_LIMITS]
    if any(calendar.add_working_days(*limit) != day_by_day(*limit) for limit in few):
        raise RuntimeError("the calendar and the count day by day disagree")
    return compare(
        "working_days",
        lambda: rate(calendar.add_working_days, limits),
        lambda: rate(day_by_day, few),
        unit="deadlines/s",
        described="counting day by day over the same calendar",
    )
