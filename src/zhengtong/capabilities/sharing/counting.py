"""Counting a month: a handful of grouped statements over all departments, kept as one row a department."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from zhengtong.capabilities.catalogue.public import (
    Demand,
    DemandState,
    Resource,
    ResourceState,
    Responsibility,
    ResponsibilityState,
    ShareType,
    UpdateCycle,
)
from zhengtong.capabilities.contracts.public import Contract, ContractState, DataRequest, RequestState
from zhengtong.capabilities.exchange.public import Run, RunState
from zhengtong.capabilities.sharing.domain import Counts
from zhengtong.capabilities.sharing.models import CycleAllowance, MonthFigure, Rectification

# A month is final on this day of the next: what was decided on its last evening has been entered by then.
FROZEN_ON = 5
_Counted = dict[int, dict[str, int]]


def first_of(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date) -> date:
    return first_of(month + timedelta(days=31))


def month_before(month: date) -> date:
    return first_of(month - timedelta(days=1))


def _moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _put(counted: _Counted, rows: Iterable[dict[str, Any]]) -> None:
    """Add grouped rows: ``office`` names the department, the rest are counts."""
    for row in rows:
        office: int = row.pop("office")
        for name, value in row.items():
            counted[office][name] += int(value or 0)


def _group(rows: QuerySet[Any], office: str, **sums: Count | Sum) -> Iterable[dict[str, Any]]:
    grouped: QuerySet[Any, dict[str, Any]] = rows.order_by().values(office=F(office)).annotate(**sums)
    return grouped


def _stale(now: datetime) -> Q:
    """Which resources have had no new data for longer than their cycle allows."""
    allowed = dict(CycleAllowance.objects.values_list("cycle", "days"))
    late = Q(pk__in=[])
    for cycle, days in allowed.items():
        late |= Q(update_cycle=cycle, newest__lt=now - timedelta(days=days))
    return late


def _published() -> QuerySet[Any]:
    """Return what is published, ``newest`` being when its data last came, or else the day of its publishing."""
    published = Resource.objects.filter(state__in=[ResourceState.PUBLISHED, ResourceState.CHANGING])
    return published.annotate(newest=Coalesce("data_updated_at", Cast("published_on", DateTimeField())))


def _can_use(consumer: str) -> Q:
    """Whether the demanding organisation can use the resource: it is everybody's, or a contract gives it."""
    given = Contract.objects.filter(
        resource=OuterRef("resource_id"), consumer=OuterRef(consumer), state=ContractState.EFFECTIVE
    )
    return Q(resource__share_type=ShareType.UNCONDITIONAL) | Q(Exists(given))


def _owed() -> QuerySet[Any]:
    """What departments owe by 责任清单; met when it is published and whoever needs it can use it."""
    running = Responsibility.objects.exclude(state=ResponsibilityState.RELEASED)
    published = Q(state=ResponsibilityState.FULFILLED) & ~Q(resource__share_type=ShareType.WITHHELD)
    usable = Q(demand=None) | _can_use("demand__organisation_id")
    return running.annotate(is_met=Case(When(published & usable, then=True), default=False))


def _matched() -> QuerySet[Any]:
    """What was there already when it was asked for; met when whoever needs it can use it."""
    found = Demand.objects.filter(state=DemandState.MATCHED, resource__isnull=False)
    return found.annotate(is_met=Case(When(_can_use("organisation_id"), then=True), default=False))


def list_stale(organisation_id: int) -> QuerySet[Any]:
    """Return a department's resources that are past their cycle, the longest first."""
    return _published().filter(_stale(timezone.now()), provider_id=organisation_id).order_by("newest", "pk")


def count_month(month: date, now: datetime) -> dict[int, Counts]:
    """Return the counts of every department that has any, stocks as of ``now``."""
    begin, end = _moment(month), _moment(month_after(month))
    until = min(now, end)
    counted: _Counted = defaultdict(lambda: defaultdict(int))
    cyclic = ~Q(update_cycle=UpdateCycle.IRREGULAR)
    _put(
        counted,
        _group(
            _published(),
            "provider_id",
            published=Count("pk"),
            cyclic=Count("pk", filter=cyclic),
            stale=Count("pk", filter=cyclic & _stale(now)),
            drifted=Count("pk", filter=Q(drifts__gt=0)),
        ),
    )
    _put(
        counted,
        _group(_owed(), "organisation_id", needed=Count("pk"), shared=Count("pk", filter=Q(is_met=True))),
    )
    _put(
        counted,
        _group(_matched(), "resource__provider_id", needed=Count("pk"), shared=Count("pk", filter=Q(is_met=True))),
    )
    late = Q(decided_at__gt=F("due_at"))
    overdue = Q(decided_at=None, due_at__lt=until)
    asked = DataRequest.objects.exclude(submitted_at=None).exclude(state=RequestState.WITHDRAWN)
    decided = Q(decided_at__gte=begin, decided_at__lt=end)
    _put(
        counted,
        _group(
            asked.filter(submitted_at__lt=end),
            "provider_id",
            asked=Count("pk", filter=Q(submitted_at__gte=begin)),
            decided=Count("pk", filter=decided | overdue),
            decided_late=Count("pk", filter=(decided & late) | overdue),
            refused=Count("pk", filter=decided & Q(state=RequestState.REFUSED)),
        ),
    )
    _put(
        counted,
        _group(
            Run.objects.filter(ended_at__gte=begin, ended_at__lt=end),
            "contract__provider_id",
            runs_done=Count("pk", filter=Q(state=RunState.DONE)),
            runs_failed=Count("pk", filter=Q(state__in=[RunState.FAILED, RunState.STOPPED])),
            rows_read=Sum("rows_read"),
            rows_held=Sum("rows_held"),
            rows_moved=Sum("rows_staged", filter=Q(state=RunState.DONE)),
            bytes_moved=Sum("bytes_moved", filter=Q(state=RunState.DONE)),
        ),
    )
    _put(
        counted,
        _group(
            Rectification.objects.filter(state=Rectification.State.OPEN, due_at__lt=until),
            "organisation_id",
            tickets_late=Count("pk"),
        ),
    )
    return {office: Counts(**values) for office, values in counted.items()}


@transaction.atomic
def keep_month(month: date, now: datetime, *, is_frozen: bool = False) -> int:
    """Write a month's counts; a frozen one stays as it is. Returns how many departments have some."""
    if MonthFigure.objects.filter(month=month, is_frozen=True).exists():
        return 0
    counted = count_month(month, now)
    rows = [
        MonthFigure(month=month, organisation_id=office, counts=asdict(counts), counted_at=now, is_frozen=is_frozen)
        for office, counts in sorted(counted.items())
    ]
    MonthFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["month", "organisation"],
        update_fields=["counts", "counted_at", "is_frozen"],
    )
    # Who has nothing left this month, after a correction, isn't shown with what was.
    MonthFigure.objects.filter(month=month).exclude(organisation_id__in=list(counted)).delete()
    return len(rows)


def keep_months(now: datetime) -> None:
    """Count the month that runs, and the last one until it is frozen.

    A month in which nobody counted isn't made up afterwards from what there is now: then there is no month before.
    """
    today = timezone.localdate(now)
    this = first_of(today)
    last = month_before(this)
    if MonthFigure.objects.filter(month=last).exists():
        keep_month(last, now, is_frozen=today.day >= FROZEN_ON)
    keep_month(this, now)
