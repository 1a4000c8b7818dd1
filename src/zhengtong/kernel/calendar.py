"""The working-day calendar: pure arithmetic over a weekend rule and its dated exceptions (调休).

Counting follows 民法典 art. 201 (the first day doesn't count), art. 203 (a last day that is a holiday rolls over;
the last day ends at 24:00) and 行政许可法 art. 82 (an organ's limits are working days). No Django here:
:mod:`zhengtong.kernel.calendars` loads a calendar from the database.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
SATURDAY_SUNDAY: Final = frozenset({5, 6})
FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2099, 12, 31)
# The notice of the year after can still move days at the end of December: those of 2007, 2008, 2012 and 2019 did,
# the earliest 29 December of the year before. So the tail of a year is settled only by the next year's notice.
TAIL_DAYS: Final = 4


class OutsideCalendar(ValueError):
    """A day before :data:`FIRST` or after :data:`LAST` was asked for."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The sessions of a working day as half-open spans of local time, in order, within one day."""

    sessions: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for session in self.sessions for edge in session]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("working hours must be in order and must not overlap")


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


class WorkingCalendar:
    """Which days an organ works, and arithmetic on them; immutable, every answer in constant time.

    ``departures`` maps a date to whether it is worked, against the weekend rule; ``announced`` are the years whose
    notice is known; ``version`` is stored with every deadline computed from this calendar.
    Dates are local dates of ``zone``; moments given must be aware.
    """

    __slots__ = (
        "_base",
        "_rank",
        "_sessions",
        "_unsettled",
        "_working",
        "announced",
        "day_seconds",
        "hours",
        "version",
        "zone",
    )

    def __init__(
        self,
        departures: Mapping[date, bool],
        announced: Iterable[int],
        version: int,
        *,
        hours: WorkingHours | None = None,
        zone: ZoneInfo = SHANGHAI,
        weekend: frozenset[int] = SATURDAY_SUNDAY,
    ) -> None:
        self.announced = frozenset(announced)
        self.version = version
        self.hours = hours or WorkingHours()
        self.zone = zone
        self._sessions = tuple((_seconds(a), _seconds(b)) for a, b in self.hours.sessions)
        self.day_seconds = sum(b - a for a, b in self._sessions)

        self._base = FIRST.toordinal()
        days = [date.fromordinal(o) for o in range(self._base, LAST.toordinal() + 1)]
        works = [departures.get(day, day.weekday() not in weekend) for day in days]
        self._working = [day for day, is_work in zip(days, works, strict=True) if is_work]
        # rank[i]: working days up to and including day i, so that working[rank[i]] is the first one after it.
        self._rank = list(accumulate(works))
        self._unsettled = list(accumulate(not self._is_settled(day) for day in days))

    def _is_settled(self, day: date) -> bool:
        if day.month == 12 and day.day > 31 - TAIL_DAYS and day.year + 1 not in self.announced:
            return False
        return day.year in self.announced

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._base
        if not 0 <= index < len(self._rank):
            raise OutsideCalendar(f"{day} is outside {FIRST}–{LAST}")
        return index

    # Days

    def is_working(self, day: date) -> bool:
        """Return whether organs work on ``day``."""
        index = self._index(day)
        return self._rank[index] > (self._rank[index - 1] if index else 0)

    def add_working_days(self, start: date, days: int) -> date:
        """Return the working day that is the ``days``-th after ``start``, which itself doesn't count.

        The result is always a working day; ``days == 0`` gives ``start`` or, if it isn't worked, the next one that
        is. Raises ValueError for negative ``days`` and :class:`OutsideCalendar`.
        """
        index = start.toordinal() - self._base
        if index < 0 or days < 1:
            return self._roll_forward(start, days)
        try:
            return self._working[self._rank[index] + days - 1]
        except IndexError:
            raise OutsideCalendar(f"{days} working days after {start} is after {LAST}") from None

    def _roll_forward(self, start: date, days: int) -> date:
        index = self._index(start)
        if days < 0:
            raise ValueError("a limit can't be negative")
        if self.is_working(start):
            return self._working[self._rank[index] - 1]
        return self.add_working_days(start, 1)

    def subtract_working_days(self, end: date, days: int) -> date:
        """Return the working day that is the ``days``-th before ``end``, which itself doesn't count.

        For "at least seven days before the hearing" (行政许可法 art. 48): the last day on which it can be done.
        Raises ValueError for ``days < 1`` and :class:`OutsideCalendar`.
        """
        if days < 1:
            raise ValueError("days before must be at least 1")
        index = self._index(end)
        position = (self._rank[index - 1] if index else 0) - days
        if position < 0:
            raise OutsideCalendar(f"{days} working days before {end} is before {FIRST}")
        return self._working[position]

    def working_days_between(self, start: date, end: date) -> int:
        """Return the number of working days after ``start`` up to and including ``end``; negative when it is before.

        The inverse of :meth:`add_working_days`: ``working_days_between(s, add_working_days(s, n)) == n`` for n > 0.
        """
        return self._rank[self._index(end)] - self._rank[self._index(start)]

    def add_calendar_days(self, start: date, days: int) -> date:
        """Return the ``days``-th day after ``start``, rolled to the next working day when it isn't one (民法典 203)."""
        if days < 0:
            raise ValueError("a limit can't be negative")
        return self.add_working_days(start + timedelta(days=days), 0)

    def is_provisional(self, day: date, until: date | None = None) -> bool:
        """Return whether ``day``, or any day up to ``until``, may still be changed by a notice yet to come.

        So are days of a year not announced, and the last :data:`TAIL_DAYS` of a year whose next isn't.
        """
        first, last = self._index(day), self._index(until or day)
        return self._unsettled[last] > (self._unsettled[first - 1] if first else 0)

    # Moments

    def local_date(self, moment: datetime) -> date:
        """Return the local date of an aware ``moment``. Raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment.astimezone(self.zone).date()

    def end_of_day(self, day: date) -> datetime:
        """Return the end of ``day``: the next local midnight, itself excluded (二十四时, 民法典 203)."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def last_date(self, due_at: datetime) -> date:
        """Return the last day that a deadline allows: the date to show for ``due_at``."""
        return self.local_date(due_at - timedelta(microseconds=1))

    def working_seconds(self, moment: datetime) -> int:
        """Return the working seconds since the calendar's first day up to ``moment``: a scale to measure shares on."""
        local = moment.astimezone(self.zone) if moment.tzinfo else None
        if local is None:
            raise ValueError("a moment needs a time zone")
        index = self._index(local.date())
        before = self._rank[index - 1] if index else 0
        worked = 0
        if self._rank[index] > before:
            now = _seconds(local.time())
            worked = sum(min(max(now - a, 0), b - a) for a, b in self._sessions)
        return before * self.day_seconds + worked

    def moment_of(self, working_seconds: int) -> datetime:
        """Return the first moment by which that many working seconds have passed (see :meth:`working_seconds`)."""
        days, rest = divmod(working_seconds, self.day_seconds)
        if rest == 0 and days:
            days, rest = days - 1, self.day_seconds
        if not 0 <= days < len(self._working):
            raise OutsideCalendar(f"{working_seconds} working seconds lead outside {FIRST}–{LAST}")
        midnight = datetime.combine(self._working[days], time(), self.zone)
        ends = list(accumulate(b - a for a, b in self._sessions))
        session = bisect_left(ends, rest)
        return midnight + timedelta(seconds=self._sessions[session][1] - (ends[session] - rest))

    def moment_after_share(self, start: datetime, due: datetime, percent: int) -> datetime:
        """Return the moment when ``percent`` of the working time between ``start`` and ``due`` has passed.

        Without working time between them it is ``due``.
        """
        first, last = self.working_seconds(start), self.working_seconds(due)
        if last <= first:
            return due
        return self.moment_of(first + -(-(last - first) * percent // 100))
