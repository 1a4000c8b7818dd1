"""The rules of halls without the database: slots of a day, the order of numbers, how long one waits."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Final

CODE_LENGTH: Final = 8
SATURDAY: Final = 5
FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class Session:
    """A span of local time in which a hall is open; ``is_on_days_off``: also on a weekend that isn't worked."""

    weekday: int
    opens_at: time
    closes_at: time
    is_on_days_off: bool = False


def sessions_of(day: date, week: Iterable[Session], *, is_working: bool, is_holiday: bool) -> list[Session]:
    """Return when a hall is open on ``day``, in order; nothing when it is closed.

    A worked weekend day (调休) without ordinary hours of its own has Friday's. On a weekend that isn't worked only what
    is open on days off counts, and on a holiday nothing.
    """
    found = sorted((each for each in week if each.weekday == day.weekday()), key=lambda each: each.opens_at)
    if is_working:
        ordinary = [each for each in found if not each.is_on_days_off]
        if not ordinary and day.weekday() >= SATURDAY:
            ordinary = [each for each in week if each.weekday == FRIDAY and not each.is_on_days_off]
            ordinary.sort(key=lambda each: each.opens_at)
        return ordinary or found
    return [] if is_holiday else [each for each in found if each.is_on_days_off]


def cut_slots(sessions: Iterable[Session], minutes: int) -> list[tuple[time, time]]:
    """Return the whole slots of ``minutes`` that fit into the sessions; none goes over a session's end."""
    slots = []
    for session in sessions:
        at, end = _minute(session.opens_at), _minute(session.closes_at)
        while at + minutes <= end:
            slots.append((_time(at), _time(at + minutes)))
            at += minutes
    return slots


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60) if minute < 24 * 60 else time(23, 59)


def rank_at(taken_at: datetime, *leads: int) -> datetime:
    """Return the moment by which a number is queued: as if it had been taken as many minutes earlier as the longest of
    ``leads``. Nobody is so overtaken by somebody who came later than that."""
    return taken_at - timedelta(minutes=max(leads, default=0))


def expected_minutes(ahead: Sequence[tuple[int, float]], windows: int) -> int | None:
    """Return how many minutes one waits: of each business the people ahead and the seconds that one takes, shared by
    the open windows. None while none is open."""
    if windows < 1:
        return None
    return ceil(sum(people * seconds for people, seconds in ahead) / windows / 60)


def middle(seconds: Sequence[float]) -> float | None:
    """Return the median: one case of two hours shouldn't frighten everybody."""
    if not seconds:
        return None
    found, half = sorted(seconds), len(seconds) // 2
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2


def make_code() -> str:
    """Return a reservation's code: digits, since it is typed at a kiosk."""
    return f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"


def read_digits(typed: str) -> str:
    """Return the digits of what somebody typed or scanned."""
    return "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
