"""Clocks as rows: started, paused, extended, finished, and fired when they are due.

The rules are in ``domain.clock``; here a row becomes a ``ClockState`` and back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.cases import domain
from zhengtong.capabilities.cases.definitions import get_definition
from zhengtong.capabilities.cases.domain import ApproverRole, ClockState, Interval, Limit
from zhengtong.capabilities.cases.errors import Unacceptable
from zhengtong.capabilities.cases.models import (
    PAUSABLE,
    Case,
    Clock,
    ClockBasis,
    ClockInterval,
    ClockPurpose,
    TaskStatus,
)
from zhengtong.capabilities.cases.rules import get_rulebook
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.papers.public import Paper
from zhengtong.core.worklist.public import reschedule_items
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import SYSTEM

COMPLETENESS_RULE = "licensing.completeness"
DELIVERY_RULE = "licensing.delivery"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Expected:
    date: date
    days: int


def calendar_of(case: Case) -> WorkingCalendar:
    """Return the calendar of the region whose office handles ``case``."""
    return get_calendar(case.office.region.code)


def to_state(clock: Clock, limit: Limit | None = None) -> ClockState:
    """Return a stored clock as the value that the rules are about."""
    rule = limit or get_rulebook().limit(clock.rule, timezone.localdate(clock.started_at))
    return ClockState(
        limit=rule,
        budget=clock.budget,
        started_at=clock.started_at,
        intervals=tuple(
            Interval(i.started_at, i.ended_at, i.allowed_days, i.reason, i.article, str(i.paper_id))
            for i in (clock.intervals.all() if clock.purpose in PAUSABLE else ())
        ),
        extension=clock.extension,
        stopped_at=clock.finished_at,
    )


def write_state(clock: Clock, state: ClockState, calendar: WorkingCalendar, now: datetime) -> None:
    """Put what follows from ``state`` into the row's columns (not saved)."""
    due = domain.due(state, calendar)
    percent = get_rulebook().warning_percent
    alert = domain.next_alert(state, now, calendar, percent)
    clock.due_at = due.due_at
    clock.is_provisional = due.is_provisional
    clock.calendar_version = due.calendar_version
    clock.next_alert_at = alert.at if alert else None
    clock.level = domain.level(state, now, calendar, percent)
    clock.is_paused = state.is_paused
    clock.extension = state.extension
    clock.finished_at = state.stopped_at


def _new(case: Case, purpose: str, basis: str, state: ClockState, calendar: WorkingCalendar) -> Clock:
    limit = state.limit
    clock = Clock(
        case=case,
        purpose=purpose,
        basis=basis,
        rule=limit.code,
        article=f"《{limit.law}》{limit.article}",
        unit=limit.unit,
        budget=state.budget,
        started_at=state.started_at,
    )
    write_state(clock, state, calendar, state.started_at)
    return clock


_COMPUTED = (
    "due_at",
    "next_alert_at",
    "is_provisional",
    "calendar_version",
    "is_paused",
    "extension",
    "finished_at",
    "level",
)


def start_completeness(case: Case, received_at: datetime) -> tuple[datetime, int]:
    """Start the organ's time to accept or answer, again after a correction; return when it ends, and its days."""
    calendar = calendar_of(case)
    limit = get_rulebook().limit(COMPLETENESS_RULE, calendar.local_date(received_at))
    state = domain.start_clock(limit, received_at)
    clock = _new(case, ClockPurpose.COMPLETENESS, ClockBasis.STATUTORY, state, calendar)
    Clock.objects.bulk_create(
        [clock],
        update_conflicts=True,
        unique_fields=["case", "purpose", "basis"],
        update_fields=["started_at", "rule", "article", "budget", *_COMPUTED],
    )
    return clock.due_at, clock.budget


def expected_decision(case: Case, received_at: datetime) -> Expected:
    """Return by when a decision is promised if the application is accepted at the last moment."""
    calendar = calendar_of(case)
    book = get_rulebook()
    day = calendar.local_date(received_at)
    accept_by = calendar.add_working_days(day, book.limit(COMPLETENESS_RULE, day).budget)
    promised = case.item_version.promised_days
    return Expected(calendar.add_working_days(accept_by, promised), promised)


def start_decision(case: Case, accepted_at: datetime, now: datetime) -> dict[str, Clock]:
    """Start both decision clocks, statutory and promised, from acceptance; return them by basis."""
    return _start_both(case, ClockPurpose.DECISION, accepted_at, now)


def start_bundle(case: Case, accepted_at: datetime) -> dict[str, Clock]:
    """Start both clocks of a bundle (行政许可法 第四十二条第二款: 统一、联合办理), when its parts are accepted."""
    return _start_both(case, ClockPurpose.BUNDLE, accepted_at, accepted_at)


def _start_both(case: Case, purpose: str, accepted_at: datetime, now: datetime) -> dict[str, Clock]:
    calendar = calendar_of(case)
    version = case.item_version
    limit = get_rulebook().limit(version.statutory_limit, calendar.local_date(accepted_at))
    clocks = {
        ClockBasis.STATUTORY: domain.start_clock(limit, accepted_at),
        ClockBasis.PROMISED: domain.start_clock(limit, accepted_at, promised=version.promised_days),
    }
    rows = {basis: _new(case, purpose, basis, state, calendar) for basis, state in clocks.items()}
    if now != accepted_at:
        for basis, row in rows.items():
            write_state(row, clocks[basis], calendar, now)
    Clock.objects.bulk_create(rows.values())
    case.due_at = rows[ClockBasis.PROMISED].due_at
    return {str(basis): row for basis, row in rows.items()}


def delivery_rule(case: Case) -> str:
    """Return the rule of the item's own law for delivery, or the general one."""
    return str(get_definition(case.item_version_id).text["limits"].get("delivery", DELIVERY_RULE))


def start_delivery(case: Case, decided_at: datetime) -> Clock:
    """Start the organ's time to issue and deliver (行政许可法 第四十四条)."""
    calendar = calendar_of(case)
    limit = get_rulebook().limit(delivery_rule(case), calendar.local_date(decided_at))
    clock = _new(case, ClockPurpose.DELIVERY, ClockBasis.STATUTORY, domain.start_clock(limit, decided_at), calendar)
    clock.save(force_insert=True)
    case.due_at = clock.due_at
    return clock


def _running(case: Case, purpose: str) -> QuerySet[Clock]:
    found = Clock.objects.select_for_update().filter(case=case, purpose=purpose, finished_at=None).order_by("id")
    return found.prefetch_related("intervals") if purpose in PAUSABLE else found


def finish(case: Case, purpose: str, at: datetime) -> None:
    """Stop the clocks of ``purpose``; an open pause ends with them."""
    calendar = calendar_of(case)
    for clock in _running(case, purpose):
        if clock.is_paused:
            clock.intervals.filter(ended_at=None).update(ended_at=at)
        state = domain.stop(to_state(clock), at)
        write_state(clock, state, calendar, at)
        clock.save(update_fields=_COMPUTED)


def pause(
    case: Case,
    at: datetime,
    *,
    paper: Paper,
    allowed_days: int,
    reason: str,
    article: str,
    purpose: str = ClockPurpose.DECISION,
) -> list[Clock]:
    """Stop counting from ``at`` for ``allowed_days`` told in ``paper`` (行政许可法 第四十五条). Saves the clocks."""
    calendar = calendar_of(case)
    paused = []
    for clock in _running(case, purpose):
        state = domain.pause(
            to_state(clock),
            at,
            calendar,
            notice=str(paper.pk),
            allowed_days=allowed_days,
            reason=reason,
            article=article,
        )
        ClockInterval.objects.create(
            clock=clock, started_at=at, allowed_days=allowed_days, reason=reason, article=article, paper=paper
        )
        write_state(clock, state, calendar, at)
        clock.save(update_fields=_COMPUTED)
        paused.append(clock)
    _show_due(case, paused)
    return paused


def due_if_paused(case: Case, at: datetime, allowed_days: int) -> date:
    """Return the statutory last day if ``allowed_days`` from ``at`` don't count: what the notice has to tell."""
    calendar = calendar_of(case)
    clock = _running(case, ClockPurpose.DECISION).filter(basis=ClockBasis.STATUTORY).get()
    state = domain.pause(to_state(clock), at, calendar, notice="-", allowed_days=allowed_days, reason="-", article="-")
    return domain.due(state, calendar).last_date


def resume(case: Case, at: datetime, *, purpose: str = ClockPurpose.DECISION) -> list[Clock]:
    """Count again from ``at``."""
    calendar = calendar_of(case)
    resumed = []
    for clock in _running(case, purpose):
        state = domain.resume(to_state(clock), at)
        clock.intervals.filter(ended_at=None).update(ended_at=at)
        write_state(clock, state, calendar, at)
        clock.save(update_fields=_COMPUTED)
        resumed.append(clock)
    _show_due(case, resumed)
    return resumed


def extend(case: Case, at: datetime, *, days: int, reason: str) -> tuple[date, date]:
    """Add ``days`` to both decision clocks, once; return the old and the new statutory last day."""
    calendar = calendar_of(case)
    extended = list(_running(case, ClockPurpose.DECISION))
    if not extended:
        raise Unacceptable("办件没有正在计时的办理期限，不能延长。")
    old = new = calendar.local_date(at)
    for clock in extended:
        before = to_state(clock)
        if clock.basis == ClockBasis.STATUTORY:
            state = domain.extend(before, at, calendar, days=days, reason=reason, approver=ApproverRole.ORGAN_HEAD)
            old, new = domain.due(before, calendar).last_date, domain.due(state, calendar).last_date
        else:
            # The promise may be late already: the law's extension still moves it, so that both stay comparable.
            state = replace(before, extension=days, extension_reason=reason)
        write_state(clock, state, calendar, at)
        clock.save(update_fields=_COMPUTED)
    _show_due(case, extended)
    return old, new


def lamp_of(case: Case) -> tuple[str, datetime | None]:
    """Return the level and the next alert of the promised decision clock: what a task opened midway shows."""
    promised = Clock.objects.filter(case=case, purpose=ClockPurpose.DECISION, basis=ClockBasis.PROMISED)
    return promised.values_list("level", "next_alert_at").get()


def _show_due(case: Case, clocks: Iterable[Clock]) -> None:
    for clock in clocks:
        if clock.is_counted:
            case.due_at = clock.due_at
            open_tasks = case.tasks.filter(status=TaskStatus.OPEN).values_list("id", flat=True)
            reschedule_items(
                kind="cases.task",
                object_ids=list(open_tasks),
                due_at=clock.due_at,
                next_alert_at=clock.next_alert_at,
                level=clock.level,
            )


def claim_due(now: datetime, limit: int = BATCH) -> list[Clock]:
    """Return up to ``limit`` clocks whose alert is due, locked; those another worker holds are left to it."""
    return list(
        Clock.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(finished_at=None, next_alert_at__lte=now)
        .order_by("next_alert_at")[:limit]
    )


@transaction.atomic
def recompute_open(after_id: int, limit: int = BATCH) -> int:
    """Recompute the open clocks after ``after_id`` with today's calendar; return the last id, 0 at the end."""
    now = timezone.now()
    rows = list(
        Clock.objects.select_for_update(of=("self",))
        .prefetch_related("intervals")
        .filter(finished_at=None, pk__gt=after_id)
        .select_related("case__office__region")
        .order_by("pk")[:limit]
    )
    entries = []
    for clock in rows:
        before = clock.due_at
        write_state(clock, to_state(clock), calendar_of(clock.case), now)
        if clock.due_at != before:
            _show_due(clock.case, [clock])
            Case.objects.filter(pk=clock.case_id).update(due_at=clock.case.due_at)
            after = {"due_at": clock.due_at, "calendar_version": clock.calendar_version}
            entries.append(build(SYSTEM, "cases.clock_recomputed", clock, before={"due_at": before}, after=after))
    Clock.objects.bulk_update(rows, _COMPUTED)
    record_all(entries)
    return rows[-1].pk if len(rows) == limit else 0
