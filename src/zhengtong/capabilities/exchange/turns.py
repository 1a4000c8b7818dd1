"""When a contract's turns are: five cron fields in local time, on working days only where the contract says so."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from zhengtong.kernel.calendar import SHANGHAI, OutsideCalendar, WorkingCalendar

_FIELDS: Final = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
# 29 February comes back after eight years at the latest (1896–1904, 2096–2104).
_LONGEST: Final = 366 * 8 + 1


class UnreadableTurns(ValueError):
    """Not five cron fields. ``field`` is which of them, "" for all."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}" if field else text)
        self.field, self.text = field, text


@dataclass(frozen=True, slots=True)
class Turns:
    """The minutes at which something is due. ``days`` and ``weekdays`` (0 is Sunday): where both are limited, either
    will do, as cron has it; beside a field with ``*`` in it, one that names every day limits nothing."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_any_day: bool
    is_any_weekday: bool
    working_days_only: bool = False

    def is_on(self, day: date) -> bool:
        """Return whether some turn is on ``day``, the calendar aside."""
        if day.month not in self.months:
            return False
        on_day, on_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.is_any_day or self.is_any_weekday:
            return on_day and on_weekday
        return on_day or on_weekday

    def find_next(self, after: datetime, calendar: WorkingCalendar) -> datetime | None:
        """Return the first turn later than ``after``, None when there is never one (30 February)."""
        local = after.astimezone(SHANGHAI)
        for ahead in range(_LONGEST):
            day = local.date() + timedelta(days=ahead)
            if not self.is_on(day) or (self.working_days_only and not _is_working(calendar, day)):
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    turn = datetime.combine(day, time(hour, minute), SHANGHAI)
                    if turn > local:
                        return turn
        return None


def _is_working(calendar: WorkingCalendar, day: date) -> bool:
    try:
        return calendar.is_working(day)
    except OutsideCalendar:
        return day.weekday() < 5


def read_turns(text: str, *, working_days_only: bool = False) -> Turns:
    """Read ``minute hour day month weekday``: numbers, ``*``, ``a-b``, ``*/n``, ``a-b/n`` and lists of these.

    Raises UnreadableTurns.
    """
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise UnreadableTurns("", text)
    read = [_read_field(name, part, least, most) for part, (name, least, most) in zip(parts, _FIELDS, strict=True)]
    return Turns(
        minutes=tuple(sorted(read[0])),
        hours=tuple(sorted(read[1])),
        days=read[2],
        months=read[3],
        weekdays=frozenset(day % 7 for day in read[4]),
        is_any_day=parts[2] == "*" or ("*" in parts[4] and len(read[2]) == 31),
        is_any_weekday=parts[4] == "*" or ("*" in parts[2] and len({day % 7 for day in read[4]}) == 7),
        working_days_only=working_days_only,
    )


def _read_field(name: str, text: str, least: int, most: int) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, stride = part.partition("/")
        step = _read_number(name, text, stride, 1, most) if slash else 1
        if span == "*":
            first, last = least, most
        else:
            begin, dash, end = span.partition("-")
            first = _read_number(name, text, begin, least, most)
            last = _read_number(name, text, end, least, most) if dash else (most if slash else first)
        if first > last:
            raise UnreadableTurns(name, text)
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _read_number(name: str, whole: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 2 or not least <= int(text) <= most:
        raise UnreadableTurns(name, whole)
    return int(text)
