"""Where cases wait, in hours: the median and what nine of ten stay below, of stays in a period, open ones included."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from zhengtong.capabilities.workflow.public import NodeEvent, Process


class Percentile(Aggregate):
    """PostgreSQL's ``percentile_cont``, over durations as well."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class Wait:
    """``median`` and ``slow`` (90 %) in hours."""

    node: str
    waiting: int
    passed: int
    median: float
    slow: float
    oldest: float


def read_waits(process: Process, days: int) -> dict[str, Wait]:
    """Return by node the stays that began in the last ``days`` days, and all that go on."""
    now = timezone.now()
    stay = ExpressionWrapper(Coalesce(F("left_at"), Now()) - F("entered_at"), output_field=DurationField())
    rows = (
        NodeEvent.objects.filter(Q(entered_at__gte=now - timedelta(days=days)) | Q(left_at=None), process=process)
        .order_by()
        .values("node_id")
        .annotate(
            waiting=Count("id", filter=Q(left_at=None)),
            passed=Count("id", filter=Q(left_at__isnull=False)),
            median=Percentile(stay, fraction=0.5, output_field=DurationField()),
            slow=Percentile(stay, fraction=0.9, output_field=DurationField()),
            since=Min("entered_at", filter=Q(left_at=None)),
        )
    )
    return {
        row["node_id"]: Wait(
            row["node_id"],
            row["waiting"],
            row["passed"],
            _hours(row["median"]),
            _hours(row["slow"]),
            _hours(now - row["since"]) if row["since"] else 0.0,
        )
        for row in rows
    }


def _hours(stay: timedelta) -> float:
    return round(stay.total_seconds() / 3600, 1)
