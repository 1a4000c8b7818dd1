"""How often a power was exercised: read from the tallies of the items under it, never counted over cases."""

from dataclasses import dataclass
from datetime import date

from zhengtong.capabilities.cases.public import CaseKind, ServiceItem
from zhengtong.capabilities.powers.public import PowerEntry, list_merged
from zhengtong.capabilities.supervision.public import Measure, read_exercise


@dataclass(frozen=True, slots=True)
class Exercise:
    """Applications received, granted and refused in a time."""

    received: int
    granted: int
    refused: int


@dataclass(frozen=True, slots=True)
class PowerRecord:
    """The items under a power, and what was done under it this year and ever."""

    items: list[ServiceItem]
    this_year: Exercise
    ever: Exercise


def get_record(entry: PowerEntry, today: date) -> PowerRecord:
    """Return the record of ``entry``; what was merged into it counts with it."""
    codes = [entry.code, *(merged.code for merged in list_merged(entry, today))]
    items = list(ServiceItem.objects.filter(power__in=codes, kind=CaseKind.LICENCE).order_by("name"))
    since, ever = read_exercise([item.pk for item in items], date(today.year, 1, 1))
    return PowerRecord([item for item in items if item.is_published], _sum(since), _sum(ever))


def _sum(measured: dict[str, int]) -> Exercise:
    return Exercise(
        received=measured.get(Measure.RECEIVED, 0),
        granted=measured.get(Measure.GRANTED, 0),
        refused=measured.get(Measure.REFUSED, 0),
    )
