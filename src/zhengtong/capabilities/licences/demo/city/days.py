"""The calendar of a million cases: moments are whole numbers, deadlines are looked up. No database.

A moment is ``day * DAY + second``: the ordinal of a local date and the local seconds of that day (Asia/Shanghai has
had no summer time since 1991, so the difference of two moments is what passed between them). What is computed here is
what ``cases.domain.clock`` computes; a test compares them.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from zhengtong.kernel.calendar import WorkingCalendar

DAY = 86_400
UTC_OFFSET = 8 * 3600
_EVER = 500  # days after the last one that a deadline may reach
_SECONDS = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY)]


class Due(NamedTuple):
    """A deadline: the midnight that ends its last day, as text too."""

    at: int
    text: str
    is_provisional: bool


class Pause(NamedTuple):
    """Time that isn't counted, and for how many working days the applicant was told. ``end`` 0: it goes on."""

    start: int
    end: int
    allowed: int


class Days:
    """A working calendar between two days, made for asking it millions of times."""

    def __init__(self, calendar: WorkingCalendar, first: date, last: date) -> None:
        self.calendar = calendar
        self.first = first.toordinal() - 400
        ordinals = range(self.first, last.toordinal() + _EVER)
        self.is_working = [calendar.is_working(date.fromordinal(day)) for day in ordinals]
        self.rank = [0]
        for works in self.is_working:
            self.rank.append(self.rank[-1] + works)
        self.work = [day for day, works in zip(ordinals, self.is_working, strict=True) if works]
        self.texts = [date.fromordinal(day).isoformat() for day in ordinals]
        self.sessions = [tuple(t.hour * 3600 + t.minute * 60 for t in session) for session in calendar.hours.sessions]
        self.opens, self.closes = self.sessions[0][0], self.sessions[-1][1]
        self.day_seconds = sum(end - start for start, end in self.sessions)
        self._worked_before = calendar.working_seconds(
            datetime.combine(date.fromordinal(self.first), time(), calendar.zone)
        )
        self._due: dict[tuple[int, int, str], Due] = {}

    def works(self, day: int) -> bool:
        return self.is_working[day - self.first]

    def add(self, day: int, days: int) -> int:
        """Return the working day that is the ``days``-th after ``day``; with no days the first that isn't before it."""
        place = day - self.first
        if days < 1:
            return day if self.is_working[place] else self.add(day, 1)
        return self.work[self.rank[place + 1] + days - 1]

    def between(self, start: int, end: int) -> int:
        return self.rank[end - self.first + 1] - self.rank[start - self.first + 1]

    def due(self, start: int, days: int, unit: str) -> Due:
        """Return the end of a limit of ``days`` that began at the moment ``start``."""
        day = start // DAY
        known = self._due.get((day, days, unit))
        if known is None:
            last = self.add(day, days) if unit == "working_days" else self.add(day + days, 0)
            at = (last + 1) * DAY
            is_provisional = self.calendar.is_provisional(date.fromordinal(day), date.fromordinal(last))
            known = self._due[day, days, unit] = Due(at, self.text(at), is_provisional)
        return known

    def excluded(self, pause: Pause) -> int:
        """Return the working days that a pause takes out of a limit; one that goes on by what was told."""
        if not pause.end:
            return pause.allowed
        return min(max(self.between(pause.start // DAY, pause.end // DAY), 0), pause.allowed)

    def worked(self, moment: int) -> int:
        """Return the working seconds up to ``moment``, from the first day on."""
        day, second = divmod(moment, DAY)
        place = day - self.first
        worked = self.rank[place] * self.day_seconds
        if second and self.is_working[place]:
            for start, end in self.sessions:
                worked += min(max(second - start, 0), end - start)
        return worked

    def warning(self, start: int, due: Due, percent: int, pause: Pause | None = None) -> int:
        """Return after how many working seconds ``percent`` of a limit are used up."""
        begun, ended = self.worked(start), self.worked(due.at)
        if pause is None:
            return begun + -(-(ended - begun) * percent // 100)
        told = (self.add(pause.start // DAY, pause.allowed) + 1) * DAY
        before = self.worked(pause.start) - begun
        resumed = self.worked(min(pause.end, told) if pause.end else told)
        left = -(-(before + max(ended - resumed, 0)) * percent // 100)
        return begun + left if left <= before else resumed + left - before

    def level(self, at: int, due: Due, warning: int) -> str:
        """Return the lamp that a clock shows at the moment ``at``."""
        if at >= due.at:
            return "red"
        return "yellow" if self.worked(at) >= warning else "green"

    def alert(self, now: int, due: Due, warning: int) -> str | None:
        """Return what a clock that runs waits for, None when nothing is left to come."""
        if now >= due.at:
            return None
        if self.worked(now) >= warning:
            return due.text
        moment = self.calendar.moment_of(self._worked_before + warning)
        return min(moment, self.calendar.end_of_day(date.fromordinal(due.at // DAY - 1))).isoformat(" ")

    def in_office(self, day: int, rng: random.Random) -> int:
        """Return a moment of a working day at which the office is open, seldom its last minutes."""
        start, end = self.sessions[rng.random() < 0.48]
        return day * DAY + start + int((end - start - 600) * rng.random())

    def later(self, moment: int, days: int, rng: random.Random) -> int:
        """Return a moment ``days`` working days later; with none, soon, when the office is open."""
        day, second = divmod(moment, DAY)
        if days:
            return self.in_office(self.add(day, days), rng)
        if not self.works(day) or second > self.closes - 2400:
            return self.in_office(self.add(day, 1), rng)
        if second < self.opens:
            return self.in_office(day, rng)
        soon = second + 120 + int(1500 * rng.random())
        for (_, end), (start, _) in zip(self.sessions, self.sessions[1:], strict=False):
            if end <= soon < start:
                soon += start - end
        return day * DAY + soon

    def text(self, moment: int) -> str:
        """Return ``moment`` as the database reads it."""
        day, second = divmod(moment, DAY)
        return f"{self.texts[day - self.first]} {_SECONDS[second]}+08:00"

    def utc_text(self, moment: int) -> str:
        """Return ``moment`` as the journal's canonical form has it."""
        day, second = divmod(moment - UTC_OFFSET, DAY)
        return f"{self.texts[day - self.first]} {_SECONDS[second]}+00:00"


def show_day(day: int) -> str:
    """Return a day as it is told to people."""
    shown = date.fromordinal(day)
    return f"{shown.year}年{shown.month}月{shown.day}日"


def last_day(due: Due) -> int:
    return due.at // DAY - 1


def moment_of(day: date, at: time = time()) -> int:
    """Return the moment ``at`` on ``day``."""
    return day.toordinal() * DAY + at.hour * 3600 + at.minute * 60 + at.second


def spread_over(days: Days, first: date, end: date, total: int) -> list[tuple[int, int]]:
    """Return how many of ``total`` applications come on each day before ``end``: pairs of day and number.

    More every year, most on Mondays and after holidays, few where no office is open: those come in online.
    """
    ordinals = range(first.toordinal(), end.toordinal())
    weights = []
    rested = 0
    for place, day in enumerate(ordinals):
        weight = 0.05
        if days.works(day):
            weight = (1.12, 1.04, 1.0, 0.97, 0.9, 0.7, 0.7)[date.fromordinal(day).weekday()] + 0.08 * min(rested, 4)
        rested = 0 if days.works(day) else rested + 1
        weights.append(weight * (0.6 + 0.8 * place / len(ordinals)))
    return list(zip(ordinals, _share_out(weights, total), strict=True))


def _share_out(weights: Sequence[float], total: int) -> list[int]:
    """Return whole numbers in proportion to ``weights`` that add up to ``total``."""
    whole, passed, given = sum(weights), 0.0, 0
    numbers = []
    for weight in weights:
        passed += weight
        upto = round(total * passed / whole)
        numbers.append(upto - given)
        given = upto
    return numbers


def years_before(day: date, years: int) -> date:
    return day - timedelta(days=round(365.25 * years))
