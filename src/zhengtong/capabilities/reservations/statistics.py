"""How long people waited and how many were served, by window, by day or by business; counted over finished days too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q

from zhengtong.capabilities.reservations.models import Hall, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class LobbyFigures:
    """``wait`` is from the number taken to the first call, ``service`` from the start to the end; in minutes.

    ``hall`` is named where the figures are of several.
    """

    title: str
    taken: int
    reserved: int
    served: int
    passed: int
    left: int
    wait: float | None
    longest_wait: float | None
    service: float | None
    hall: str = ""


_WAIT = ExpressionWrapper(F("called_at") - F("taken_at"), output_field=DurationField())
_SERVICE = ExpressionWrapper(F("finished_at") - F("started_at"), output_field=DurationField())
_COUNTED: dict[str, Any] = {
    "taken": Count("id"),
    "reserved": Count("id", filter=Q(reservation__isnull=False)),
    "served": Count("id", filter=Q(state=TicketState.SERVED)),
    "passed": Count("id", filter=Q(state=TicketState.PASSED)),
    "left": Count("id", filter=Q(state=TicketState.LEFT)),
    "wait": Avg(_WAIT),
    "longest_wait": Max(_WAIT),
    "service": Avg(_SERVICE),
}
_NAMES = {"group": ("group__letter", "group__name"), "window": ("window__number",), "day": ("day",)}


def list_figures(halls: Iterable[Hall], since: date, until: date, by: str) -> list[LobbyFigures]:
    """Return the figures of tickets taken from ``since`` to ``until`` (included). Tickets that no window called are
    counted under a window without a number."""
    found = list(halls)
    names = _NAMES[by]
    several = ("hall__name",) if len(found) > 1 and by != "day" else ()
    rows = (
        Ticket.objects.filter(hall__in=found, day__range=(since, until))
        .order_by()
        .values(*several, *names)
        .annotate(**_COUNTED)
        .order_by(*several, *names)
    )
    return [
        _figures(
            row,
            title=" ".join(str(row[name]) for name in names if row[name] not in (None, "")),
            hall=row.get("hall__name", ""),
        )
        for row in rows
    ]


def sum_up(halls: Iterable[Hall], since: date, until: date, title: str) -> LobbyFigures:
    """Return the figures of all tickets of the time together."""
    tickets = Ticket.objects.filter(hall__in=list(halls), day__range=(since, until))
    return _figures(tickets.aggregate(**_COUNTED), title=title)


def _figures(row: Mapping[str, Any], *, title: str, hall: str = "") -> LobbyFigures:
    return LobbyFigures(
        title=title,
        taken=row["taken"],
        reserved=row["reserved"],
        served=row["served"],
        passed=row["passed"],
        left=row["left"],
        wait=_minutes(row["wait"]),
        longest_wait=_minutes(row["longest_wait"]),
        service=_minutes(row["service"]),
        hall=hall,
    )


def _minutes(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 60, 1)
