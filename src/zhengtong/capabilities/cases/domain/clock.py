"""Clock rules: when a limit ends, what pauses and extensions do to it, when to warn.

How days are counted, by local dates:

- The day on which a clock starts doesn't count (民法典 art. 201), whatever the hour: an application received on
  Saturday night is received on Saturday, and the next working day is the first to count.
- A pause from day S to day E excludes the working days after S up to and including E: S itself still counted
  for the organ, and the day after E counts again. So a pause within one day excludes nothing, consecutive pauses
  never exclude a day twice, and the deadline moves by exactly the working days that the pause took.
- No pause excludes more days than the applicant was told (行政许可法 art. 45): when they have passed the clock runs
  again by itself. More time needs another notice, which can begin on the day the first one ends.
- The last day ends at midnight; ``due_at`` is that midnight and is itself too late.

Where a limit counts calendar days, pauses are measured in calendar days too and the last day rolls to a working day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple

from zhengtong.capabilities.cases.domain.guards import check_extension, check_pause, check_promise
from zhengtong.capabilities.cases.domain.limits import ApproverRole, Limit, Unit
from zhengtong.capabilities.cases.domain.rules import RuleBroken, _
from zhengtong.kernel.calendar import WorkingCalendar


class ClockRefused(RuleBroken):
    """A clock is asked for what it can't do: overlapping pauses, going backwards, pausing when it is overdue."""

    code: ClassVar[str] = "clock-refused"


class Level(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class AlertKind(StrEnum):
    WARNING = "warning"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Alert:
    kind: AlertKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A pause; between pauses the clock runs. ``ended_at`` None: it is open.

    ``notice`` refers to the document that told the applicant ``allowed_days`` (in the limit's unit).
    """

    started_at: datetime
    ended_at: datetime | None
    allowed_days: int
    reason: str
    article: str
    notice: str


class Due(NamedTuple):
    """Where a clock ends. ``is_provisional``: a notice yet to come may move it; then recompute."""

    last_date: date
    due_at: datetime
    is_provisional: bool
    calendar_version: int


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock as its stored rows say. ``budget`` is the limit's own, or the promise; ``extension`` days are added."""

    limit: Limit
    budget: int
    started_at: datetime
    intervals: tuple[Interval, ...] = ()
    extension: int = 0
    extension_reason: str = ""
    stopped_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a pause is open, though its allowed days may have passed."""
        return bool(self.intervals) and self.intervals[-1].ended_at is None

    @property
    def days(self) -> int:
        """The days allowed in all."""
        return self.budget + self.extension

    @property
    def is_promised(self) -> bool:
        """Whether the budget is a promise shorter than the limit."""
        return self.budget < self.limit.budget


# What a clock is asked to do


def start_clock(limit: Limit, started_at: datetime, *, promised: int | None = None) -> ClockState:
    """Return a clock that runs from ``started_at``; ``promised`` days instead of the statutory ones.

    Raises PromiseTooLong when the promise exceeds the limit, ValueError for a limit that counts backwards.
    """
    if limit.is_before:
        raise ValueError(f"{limit.code} counts back from an event and is no clock")
    if promised is not None:
        check_promise(promised, limit, limit.unit)
    return ClockState(limit, limit.budget if promised is None else promised, started_at)


def pause(
    clock: ClockState,
    at: datetime,
    calendar: WorkingCalendar,
    *,
    notice: str,
    allowed_days: int,
    reason: str,
    article: str,
) -> ClockState:
    """Return the clock standing still from ``at``.

    Raises PauseRefused without notice, days or reason, and :class:`ClockRefused` when it is stopped, paused already,
    overdue (a pause doesn't cure lateness), or ``at`` is before something that has happened.
    """
    check_pause(notice=notice, allowed_days=allowed_days, reason=reason)
    _refuse_stopped(clock)
    if clock.is_paused:
        raise ClockRefused(_("时限已经中止，不能重复中止。"))
    _refuse_backwards(clock, at)
    if is_overdue(clock, at, calendar):
        raise ClockRefused(_("期限已经届满，不能再中止计时。"))
    return replace(clock, intervals=(*clock.intervals, Interval(at, None, allowed_days, reason, article, notice)))


def resume(clock: ClockState, at: datetime) -> ClockState:
    """Return the clock running again from ``at``. Raises :class:`ClockRefused` when no pause is open."""
    if not clock.is_paused:
        raise ClockRefused(_("时限没有中止，无须恢复。"))
    _refuse_backwards(clock, at)
    return replace(clock, intervals=(*clock.intervals[:-1], replace(clock.intervals[-1], ended_at=at)))


def extend(
    clock: ClockState, at: datetime, calendar: WorkingCalendar, *, days: int, reason: str, approver: ApproverRole
) -> ClockState:
    """Return the clock with ``days`` more, once. Raises ExtensionRefused (see guards.check_extension)."""
    _refuse_stopped(clock)
    check_extension(
        clock.limit,
        days=days,
        reason=reason,
        approver=approver,
        already_extended=bool(clock.extension),
        is_overdue=is_overdue(clock, at, calendar),
    )
    return replace(clock, extension=days, extension_reason=reason)


def stop(clock: ClockState, at: datetime) -> ClockState:
    """Return the clock stopped at ``at``, an open pause ended with it. Raises :class:`ClockRefused`."""
    _refuse_stopped(clock)
    _refuse_backwards(clock, at)
    if clock.is_paused:
        clock = resume(clock, at)
    return replace(clock, stopped_at=at)


def _refuse_stopped(clock: ClockState) -> None:
    if clock.stopped_at is not None:
        raise ClockRefused(_("时限已经结束。"))


def _refuse_backwards(clock: ClockState, at: datetime) -> None:
    last = clock.started_at
    if clock.intervals:
        last = clock.intervals[-1].ended_at or clock.intervals[-1].started_at
    if at < last:
        raise ClockRefused(_("时间不能早于上一次计时变动。"))


# When it ends


def _between(unit: Unit, first: date, last: date, calendar: WorkingCalendar) -> int:
    return calendar.working_days_between(first, last) if unit is Unit.WORKING_DAYS else (last - first).days


def _excluded(intervals: Sequence[Interval], unit: Unit, calendar: WorkingCalendar, until: date | None = None) -> int:
    """Return the days that the pauses exclude; up to ``until``, or in all (an open one by its allowed days).

    Raises :class:`ClockRefused` when pauses overlap or end before they start.
    """
    total = 0
    previous: datetime | None = None
    for interval in intervals:
        if (previous and interval.started_at < previous) or (
            interval.ended_at and interval.ended_at < interval.started_at
        ):
            raise ClockRefused(_("中止时段不能重叠。"))
        previous = interval.ended_at or datetime.max.replace(tzinfo=interval.started_at.tzinfo)
        first = calendar.local_date(interval.started_at)
        last = calendar.local_date(interval.ended_at) if interval.ended_at else None
        if until is not None:
            last = min(last, until) if last else until
        taken = interval.allowed_days if last is None else max(_between(unit, first, last, calendar), 0)
        total += min(taken, interval.allowed_days)
    return total


def compute_due(
    started_at: datetime, intervals: Sequence[Interval], days: int, unit: Unit, calendar: WorkingCalendar
) -> Due:
    """Return where a clock of ``days`` (budget and extension) ends; an open pause is taken at its allowed days.

    This is the only way a deadline is made, at the start as after every change. Raises :class:`ClockRefused` for
    overlapping pauses and OutsideCalendar.
    """
    start = calendar.local_date(started_at)
    total = days + _excluded(intervals, unit, calendar) if intervals else days
    add = calendar.add_working_days if unit is Unit.WORKING_DAYS else calendar.add_calendar_days
    last_date = add(start, total)
    return Due(last_date, calendar.end_of_day(last_date), calendar.is_provisional(start, last_date), calendar.version)


def due(clock: ClockState, calendar: WorkingCalendar) -> Due:
    """Return where ``clock`` ends."""
    return compute_due(clock.started_at, clock.intervals, clock.days, clock.limit.unit, calendar)


def is_overdue(clock: ClockState, now: datetime, calendar: WorkingCalendar) -> bool:
    """Return whether the limit had passed by ``now``, or when the clock was stopped."""
    return (clock.stopped_at or now) >= due(clock, calendar).due_at


def used_days(clock: ClockState, now: datetime, calendar: WorkingCalendar) -> int:
    """Return the days counted up to and including the day of ``now`` or of the stop; never less as time goes on."""
    today = calendar.local_date(min(clock.stopped_at, now) if clock.stopped_at else now)
    start = calendar.local_date(clock.started_at)
    unit = clock.limit.unit
    passed = max(_between(unit, start, today, calendar), 0)
    return passed - _excluded(clock.intervals, unit, calendar, until=today)


def remaining_days(clock: ClockState, now: datetime, calendar: WorkingCalendar) -> int:
    """Return the days left after today; negative by the days that it is late."""
    return clock.days - used_days(clock, now, calendar)


# When to warn


def _pause_end(interval: Interval, unit: Unit, calendar: WorkingCalendar) -> datetime:
    """Return when a pause ended, or by itself will: at the end of the last day that the applicant was told."""
    first = calendar.local_date(interval.started_at)
    if unit is Unit.WORKING_DAYS:
        last = calendar.add_working_days(first, interval.allowed_days)
    else:
        last = first + timedelta(days=interval.allowed_days)
    told = calendar.end_of_day(last)
    return min(interval.ended_at, told) if interval.ended_at else told


def warning_at(clock: ClockState, calendar: WorkingCalendar, percent: int) -> datetime:
    """Return the moment when ``percent`` of the clock's working hours have passed, those of pauses left out.

    With 90 %, a limit of three days of seven hours warns two hours and six minutes before its last day's end of work.
    Never later than the due moment.
    """
    due_at = due(clock, calendar).due_at
    start = calendar.working_seconds(clock.started_at)
    runs: list[tuple[int, int]] = []
    for interval in clock.intervals:
        runs.append((start, calendar.working_seconds(interval.started_at)))
        start = calendar.working_seconds(_pause_end(interval, clock.limit.unit, calendar))
    runs.append((start, calendar.working_seconds(due_at)))
    left = -(-sum(max(last - first, 0) for first, last in runs) * percent // 100)
    if left <= 0:
        return due_at
    for first, last in runs:
        if 0 < left <= last - first:
            return min(calendar.moment_of(first + left), due_at)
        left -= max(last - first, 0)
    return due_at


def next_alert(clock: ClockState, now: datetime, calendar: WorkingCalendar, percent: int) -> Alert | None:
    """Return what to wait for after ``now``: the warning, then the due moment, then nothing; nothing when stopped."""
    if clock.stopped_at is not None:
        return None
    warning = warning_at(clock, calendar, percent)
    due_at = due(clock, calendar).due_at
    if now < warning < due_at:
        return Alert(AlertKind.WARNING, warning)
    return Alert(AlertKind.DUE, due_at) if now < due_at else None


def level(clock: ClockState, now: datetime, calendar: WorkingCalendar, percent: int) -> Level:
    """Return the lamp: red when overdue, yellow from the warning on, green before; a stopped clock keeps its own."""
    at = clock.stopped_at or now
    if at >= due(clock, calendar).due_at:
        return Level.RED
    return Level.YELLOW if at >= warning_at(clock, calendar, percent) else Level.GREEN


def deemed_accepted_at(completeness: ClockState, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Return from when an application is deemed accepted by ``now``, None while the organ may still answer.

    art. 32: silence past the limit means accepted from the day of receipt, so the moment is the start of the
    completeness clock; ``accepted_at`` and the start of the decision clocks are both this moment.
    """
    if completeness.stopped_at is not None or not is_overdue(completeness, now, calendar):
        return None
    return completeness.started_at
