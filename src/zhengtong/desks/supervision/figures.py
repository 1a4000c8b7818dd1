"""Figures of supervision from the tallies: how they are added up and what rates and means are made of them."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from zhengtong.capabilities.supervision.public import Gauge, Measure, Sums

Key = TypeVar("Key", bound=Hashable)
POINTS: Final = 5  # the best score of an appraisal


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a time, and what stands now where that was asked, of one organ, item, county or all of them."""

    happened: Mapping[str, int]
    standing: Mapping[str, int]

    def count(self, measure: str) -> int:
        return self.happened.get(measure, 0)

    @property
    def received(self) -> int:
        return self.count(Measure.RECEIVED)

    @property
    def accepted(self) -> int:
        return self.count(Measure.ACCEPTED)

    @property
    def on_time(self) -> int:
        return self.count(Measure.DECIDED_ON_TIME)

    @property
    def late(self) -> int:
        return self.count(Measure.DECIDED_LATE)

    @property
    def decided(self) -> int:
        return self.on_time + self.late

    @property
    def became_yellow(self) -> int:
        return self.count(Measure.BECAME_YELLOW)

    @property
    def became_red(self) -> int:
        return self.count(Measure.BECAME_RED)

    @property
    def urged(self) -> int:
        return self.count(Measure.URGED)

    @property
    def appraised(self) -> int:
        return self.count(Measure.APPRAISED)

    @property
    def on_time_rate(self) -> Decimal | None:
        """Decided within the promised limit, of all decided, in per cent; None when nothing was decided."""
        return _ratio(self.on_time * 100, self.decided, 1)

    @property
    def average_days(self) -> Decimal | None:
        """Working days from acceptance to decision, pauses left out, on average."""
        return _ratio(self.count(Measure.WORKING_DAYS), self.decided, 1)

    @property
    def satisfaction(self) -> Decimal | None:
        """The mean of the appraisals, in points of five."""
        return _ratio(self.count(Measure.APPRAISAL_POINTS), self.appraised, 2)

    @property
    def running(self) -> int:
        return self.standing.get(Gauge.RUNNING, 0)

    @property
    def yellow(self) -> int:
        return self.standing.get(Gauge.YELLOW, 0)

    @property
    def red(self) -> int:
        return self.standing.get(Gauge.RED, 0)

    @property
    def is_empty(self) -> bool:
        return not any(self.happened.values()) and not any(self.standing.values())


def _ratio(part: int, whole: int, places: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def add_up(sums: Sums, standing: Sums, key: Callable[[int, int], Key | None]) -> dict[Key, Figures]:
    """Return the figures by ``key(organisation, item)``; what it gives None for is left out."""
    happened: dict[Key, Counter[str]] = {}
    stands: dict[Key, Counter[str]] = {}
    for source, into in ((sums, happened), (standing, stands)):
        for (organisation, item, measure), amount in source.items():
            which = key(organisation, item)
            if which is not None:
                into.setdefault(which, Counter())[measure] += amount
    return {
        which: Figures(happened.get(which, Counter()), stands.get(which, Counter()))
        for which in (*happened, *(each for each in stands if each not in happened))
    }


def total_of(sums: Sums, standing: Sums) -> Figures:
    return add_up(sums, standing, lambda _organisation, _item: 0).get(0, Figures({}, {}))


def month_of(text: str, today: date) -> date:
    """Return the first day of the month that ``text`` writes as 2026-10; the last whole month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        first = None
    if first is None or first.year < 2000 or first > today:
        return month_before(today.replace(day=1))
    return first


def month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def show_rate(value: Decimal | None) -> str:
    """98.5%, and — where nothing was decided."""
    return "—" if value is None else f"{value}%"


def show_number(value: Decimal | None) -> str:
    return "—" if value is None else f"{value}"


def pick(items: Iterable[Key], known: Mapping[Key, Figures]) -> list[tuple[Key, Figures]]:
    """Return those of ``items`` that have figures, in their order."""
    return [(each, known[each]) for each in items if each in known and not known[each].is_empty]
