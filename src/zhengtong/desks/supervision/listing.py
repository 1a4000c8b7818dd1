"""The cases within a watcher's reach that run, or were decided in a month: which, in what order, what a line says."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhengtong.capabilities.cases.public import (
    Case,
    CaseKind,
    Clock,
    ClockPurpose,
    Task,
    TaskNode,
    TaskStatus,
    beginning_of,
    list_running,
    narrow_cases,
    read_day,
    shown_applicant,
)
from zhengtong.desks.supervision.lamps import PROMISED, STATUTORY, by_basis, read_lamp
from zhengtong.kernel.policy import Actor, visible
from zhengtong.screens.addresses import addresses_of

WATCH: Final = "supervision.watch"
# ``decided`` is a month: then the list holds what was decided in it instead of what runs; ``result`` divides that.
FILTERS: Final = (
    "q",
    "lamp",
    "due",
    "region",
    "organisation",
    "item",
    "holder",
    "state",
    "kind",
    "from",
    "until",
    "decided",
    "result",
)
SOONEST_DUE: Final = ("due_at", "id")
LAST_DECIDED: Final = ("-decided_at", "-id")
ON_TIME, LATE = "on_time", "late"
# Whoever decides a case in an organ knows the applicant there; who only watches doesn't need the name.
KNOWS_APPLICANT: Final = "cases.decide_case"
MONTH_LENGTH = len("2026-10")
TONES = {"red": "danger", "yellow": "warning"}

# What a line reads, on screen and in a file: the rest of a case is never sent.
_FIELDS: Final = (
    "number",
    "kind",
    "state",
    "item_name",
    "applicant_name",
    "applicant_number",
    "legal_entity_id",
    "created_at",
    "submitted_at",
    "decided_at",
    "due_at",
    "organisation__name",
    "organisation__short_name",
    "office__region__code",
)
_TASK_FIELDS: Final = ("case_id", "node", "opened_at", "assignee__staff__name")
_CLOCK_FIELDS: Final = ("case_id", "basis", "unit", "finished_at", "is_paused", "level", "due_at")

EXPORTED = (
    gettext_lazy("编号"),
    gettext_lazy("事项"),
    gettext_lazy("申请人"),
    gettext_lazy("办理机关"),
    gettext_lazy("状态"),
    gettext_lazy("环节"),
    pgettext_lazy("case", "经办人"),
    gettext_lazy("到达"),
    gettext_lazy("承诺期限"),
    gettext_lazy("法定期限"),
    gettext_lazy("到期"),
)


def read_month(given: Mapping[str, str]) -> date | None:
    """Return the first day of the month of ``decided``, None where it says none."""
    return read_day(f"{given['decided']}-01") if len(given["decided"]) == MONTH_LENGTH else None


def order_of(given: Mapping[str, str]) -> tuple[str, ...]:
    return LAST_DECIDED if read_month(given) else SOONEST_DUE


def list_watched(actor: Actor, given: Mapping[str, str], now: datetime) -> QuerySet[Case]:
    """Return what ``actor`` watches, narrowed by ``given``, with all that a line says: what runs, or a month's
    decisions."""
    watched = visible(actor, WATCH, Case.objects.filter(number__isnull=False))
    month = read_month(given)
    found = _decided_in(watched, month, given["result"]) if month else list_running(watched)
    tasks = Task.objects.filter(status=TaskStatus.OPEN).select_related("assignee__staff").only(*_TASK_FIELDS)
    clocks = Clock.objects.filter(purpose=ClockPurpose.DECISION) if month else Clock.objects.filter(finished_at=None)
    clocks = clocks.only(*_CLOCK_FIELDS)
    return (
        narrow_cases(found, given, now)
        .select_related("organisation", "office__region")
        .only(*_FIELDS)
        .prefetch_related(
            Prefetch("tasks", queryset=tasks),
            Prefetch("clocks", queryset=clocks),
        )
    )


def _decided_in(found: QuerySet[Case], month: date, result: str) -> QuerySet[Case]:
    following = (month + timedelta(days=31)).replace(day=1)
    found = found.filter(decided_at__gte=beginning_of(month), decided_at__lt=beginning_of(following))
    late = Exists(
        Clock.objects.filter(
            case=OuterRef("pk"), purpose=ClockPurpose.DECISION, basis=PROMISED, finished_at__gt=F("due_at")
        )
    )
    if result == LATE:
        return found.filter(late)
    return found.exclude(late) if result == ON_TIME else found


def draw_columns() -> list[tuple[str, ...]]:
    return [
        ("number", _("编号"), "nowrap"),
        ("item", _("事项"), "main"),
        ("applicant", _("申请人"), "wrap"),
        ("organisation", _("办理机关")),
        ("step", _("环节")),
        ("holder", pgettext("case", "经办人")),
        ("since", _("到达"), "nowrap"),
        ("promised", _("承诺期限"), "nowrap"),
        ("statutory", _("法定期限"), "nowrap"),
    ]


def draw_rows(cases: Iterable[Case], actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return the lines of a page for the table component."""
    known, address = actor.reach(KNOWS_APPLICANT), addresses_of("supervision:case")
    rows = []
    for case in cases:
        lamps = _lamps(case, now)
        level = lamps[PROMISED].level if PROMISED in lamps else lamps[STATUTORY].level if lamps else ""
        rows.append(
            {
                "url": address(case.number),
                "key": case.number,
                "tone": TONES.get(level, ""),
                "cells": {
                    "number": case.number,
                    "item": case.item_name,
                    "applicant": case.applicant_name if case.organisation_id in known else shown_applicant(case),
                    "organisation": case.organisation.short_name,
                    "step": _step(case),
                    "holder": _holder(case),
                    "since": f"{timezone.localtime(_since(case)):%m-%d %H:%M}",
                    # Acceptance and delivery have the law's limit only.
                    "promised": lamps[PROMISED].chip if PROMISED in lamps else "—",
                    "statutory": lamps[STATUTORY].chip if STATUTORY in lamps else "—",
                },
            }
        )
    return rows


def write_lines(found: QuerySet[Case], now: datetime) -> Iterator[list[object]]:
    """Yield the list as cells of a file, natural persons masked."""
    for case in found.iterator(chunk_size=1000):
        lamps = _lamps(case, now)
        yield [
            case.number,
            case.item_name,
            shown_applicant(case),
            case.organisation.name,
            case.get_state_display(),
            _step(case),
            _holder(case),
            f"{timezone.localtime(_since(case)):%Y-%m-%d %H:%M}",
            lamps[PROMISED].words if PROMISED in lamps else "",
            lamps[STATUTORY].words if STATUTORY in lamps else "",
            f"{timezone.localtime(case.due_at):%Y-%m-%d %H:%M}" if case.due_at else "",
        ]


def _lamps(case: Case, now: datetime) -> dict[str, Any]:
    region = case.office.region.code
    return {basis: read_lamp(clock, region, now) for basis, clock in by_basis(case.clocks.all()).items()}


def _tasks(case: Case) -> list[Task]:
    return list(case.tasks.all())  # the open ones, prefetched


def _step(case: Case) -> str:
    tasks = _tasks(case)
    if tasks:
        # The field's own display translates all the choices to find one.
        return "、".join(dict.fromkeys(str(TaskNode(task.node).label) for task in tasks))
    return _("一件事，各事项并联办理") if case.kind == CaseKind.BUNDLE else str(case.get_state_display())


def _holder(case: Case) -> str:
    tasks = _tasks(case)
    names = dict.fromkeys(task.assignee.staff.name if task.assignee else _("待领办") for task in tasks)
    if not names and case.state == "need_materials":
        return _("申请人")
    return "、".join(names) or "—"


def _since(case: Case) -> datetime:
    """Return since when it is where it is: the arrival of its open task, else its submission."""
    at = max((task.opened_at for task in _tasks(case)), default=None) or case.submitted_at
    return at or case.created_at
