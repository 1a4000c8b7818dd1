"""What whoever leads looks at: what is late and what will be, where, with whom, and how the weeks went.

Sums come from the tallies; what is due soon from the index over running cases; whom it waits with from the worklist.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Min, Q

from zhengtong.capabilities.cases.public import (
    DUE_WITHIN,
    Case,
    CaseKind,
    ServiceItem,
    end_of_working_day,
    list_running,
)
from zhengtong.capabilities.supervision.public import Gauge, Measure, read_days, read_standing
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.worklist.public import Nature, WorkItem, WorkState
from zhengtong.kernel.policy import Actor, visible

WATCH: Final = "supervision.watch"
WEEKS: Final = 12
MOST_HOLDERS: Final = 10
RED, YELLOW, RUNNING = "red", "yellow", "running"


@dataclass
class Outlook:
    """What runs, is warned, late, and due within one, three, five working days; of everything, an organ or an item."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        return not any(self.counts.values())


@dataclass(frozen=True)
class Holder:
    """Who has late tasks: ``person`` None for an office's pool."""

    person: Appointment | None
    organisation: Organisation
    late: int
    oldest: datetime


@dataclass(frozen=True)
class Week:
    """One week from its Monday."""

    first: date
    received: int
    decided: int
    late: int


def due_key(days: int) -> str:
    return f"due{days}"


def read_outlook(actor: Actor, now: datetime) -> tuple[Outlook, dict[int, Outlook], dict[int, Outlook]]:
    """Return the outlook of all that ``actor`` leads, by organ and by item; two statements.

    What stands is the tallies'; what is late now, and what will be, are the running cases that end by then.
    """
    total, organs, items = Outlook(), dict[int, Outlook](), dict[int, Outlook]()

    def add(organisation: int, item: int, counts: Mapping[str, int]) -> None:
        for outlook in (total, organs.setdefault(organisation, Outlook()), items.setdefault(item, Outlook())):
            outlook.counts.update(counts)

    gauges = {Gauge.RUNNING: RUNNING, Gauge.YELLOW: YELLOW}
    for (organisation, item, measure), amount in read_standing(actor.reach(WATCH)).items():
        if measure in gauges:
            add(organisation, item, {gauges[Gauge(measure)]: amount})
    ends = {due_key(days): end_of_working_day(days, now) for days in DUE_WITHIN}
    soon = {name: Count("pk", filter=Q(due_at__gt=now, due_at__lte=end)) for name, end in ends.items()}
    watched = visible(actor, WATCH, Case.objects.filter(kind=CaseKind.LICENCE))
    ending = list_running(watched).filter(due_at__lte=max(ends.values()))
    grouped = ending.values("organisation_id", item=F("office__item_id")).annotate(
        red=Count("pk", filter=Q(due_at__lte=now)), **soon
    )
    names = (RED, *ends)
    for organisation, item, *amounts in grouped.order_by().values_list("organisation_id", "item", *names):
        add(organisation, item, dict(zip(names, amounts, strict=True)))
    return total, organs, items


def list_holders_of_late(actor: Actor, now: datetime) -> list[Holder]:
    """Return with whom most late tasks wait, pools of offices among them; the most first."""
    late = WorkItem.objects.filter(
        organisation_id__in=list(actor.reach(WATCH)),
        state=WorkState.OPEN,
        nature=Nature.TO_DO,
        kind="cases.task",
        due_at__lte=now,
    )
    found = list(
        late.values("assignee_id", "organisation_id")
        .annotate(late=Count("pk"), oldest=Min("due_at"))
        .order_by("-late", "oldest")[:MOST_HOLDERS]
    )
    people = Appointment.objects.select_related("staff").in_bulk(
        [row["assignee_id"] for row in found if row["assignee_id"]]
    )
    organs = Organisation.objects.in_bulk([row["organisation_id"] for row in found])
    return [
        Holder(people.get(row["assignee_id"]), organs[row["organisation_id"]], row["late"], row["oldest"])
        for row in found
    ]


def read_weeks(actor: Actor, today: date) -> list[Week]:
    """Return the last twelve weeks, the oldest first, this one as far as it has come."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    measures = (Measure.RECEIVED, Measure.DECIDED_ON_TIME, Measure.DECIDED_LATE)
    counted: dict[date, Counter[str]] = {first + timedelta(weeks=n): Counter() for n in range(WEEKS)}
    for (day, measure), amount in read_days(actor.reach(WATCH), first, today, measures).items():
        counted[day - timedelta(days=day.weekday())][measure] += amount
    return [
        Week(
            begin,
            counts[Measure.RECEIVED],
            counts[Measure.DECIDED_ON_TIME] + counts[Measure.DECIDED_LATE],
            counts[Measure.DECIDED_LATE],
        )
        for begin, counts in counted.items()
    ]


def list_named_organs(ids: Iterable[int]) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=list(ids)).select_related("region").order_by("region__code", "id"))


def list_named_items(ids: Iterable[int]) -> list[ServiceItem]:
    return list(ServiceItem.objects.filter(pk__in=list(ids)).order_by("name"))


def describe_weeks(weeks: list[Week], titles: tuple[str, str, str], summary: str) -> dict[str, Any]:
    """Return the chart of ``weeks`` as the script draws it: three lines."""
    return {
        "kind": "lines",
        "names": [f"{week.first.month}/{week.first.day}" for week in weeks],
        "series": [
            {"title": titles[0], "values": [week.received for week in weeks], "colour": "--series-1"},
            {"title": titles[1], "values": [week.decided for week in weeks], "colour": "--series-3"},
            {"title": titles[2], "values": [week.late for week in weeks], "colour": "--red"},
        ],
        "summary": summary,
    }
