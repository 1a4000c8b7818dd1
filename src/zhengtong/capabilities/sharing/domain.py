"""What sharing is measured by: one month's counts of a department, the measures made of them, and the score."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Counts:
    """One department's month. Stocks are as they stand when counted, flows are of the month.

    Stocks: ``needed`` items that main business needs from the department (责任清单), ``shared`` those of them that are
    met; ``published`` resources, ``cyclic`` those with an update cycle, ``stale`` those of them past it, ``drifted``
    those that differ from their source; ``tickets_late`` rectifications and corrections past their day.
    Flows: requests ``asked``, ``decided``, ``decided_late`` (still open past their day included), ``refused``; runs
    ``runs_done`` and ``runs_failed``, rows ``rows_read``, ``rows_held``, ``rows_moved``, ``bytes_moved``.
    """

    needed: int = 0
    shared: int = 0
    published: int = 0
    cyclic: int = 0
    stale: int = 0
    drifted: int = 0
    tickets_late: int = 0
    asked: int = 0
    decided: int = 0
    decided_late: int = 0
    refused: int = 0
    runs_done: int = 0
    runs_failed: int = 0
    rows_read: int = 0
    rows_held: int = 0
    rows_moved: int = 0
    bytes_moved: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def add_up(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


class Measure(StrEnum):
    """Each is a percentage; None where there was nothing to measure."""

    SHARING_RATE = "sharing_rate"
    TIMELY_RATE = "timely_rate"
    ANSWER_RATE = "answer_rate"
    QUALITY = "quality"
    SUCCESS_RATE = "success_rate"
    MATCH_RATE = "match_rate"


def _share(part: int, whole: int) -> Decimal | None:
    if whole <= 0:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


_READ: Mapping[Measure, Callable[[Counts], Decimal | None]] = {
    Measure.SHARING_RATE: lambda c: _share(c.shared, c.needed),
    Measure.TIMELY_RATE: lambda c: _share(c.cyclic - c.stale, c.cyclic),
    Measure.ANSWER_RATE: lambda c: _share(c.decided - c.decided_late, c.decided),
    Measure.QUALITY: lambda c: _share(c.rows_read - c.rows_held, c.rows_read),
    Measure.SUCCESS_RATE: lambda c: _share(c.runs_done, c.runs_done + c.runs_failed),
    Measure.MATCH_RATE: lambda c: _share(c.published - c.drifted, c.published),
}


def read_measure(measure: Measure, counts: Counts) -> Decimal | None:
    return _READ[measure](counts)


@dataclass(frozen=True, slots=True)
class Target:
    """A measure's target in percent and its weight in the score."""

    measure: Measure
    percent: Decimal
    weight: int


def is_met(target: Target, counts: Counts) -> bool | None:
    """Return whether the target is met, None where there is nothing to measure."""
    value = read_measure(target.measure, counts)
    return None if value is None else value >= target.percent


def score(targets: Iterable[Target], counts: Counts) -> Decimal | None:
    """Return the score of 100: each measure counts by its weight, in full from its target on, below it in proportion.

    Measures with nothing to measure don't count, their weight is the others'; None when there are none at all.
    """
    gained, weights = Decimal(0), 0
    for target in targets:
        value = read_measure(target.measure, counts)
        if value is None or target.weight == 0:
            continue
        reached = Decimal(1) if target.percent <= 0 else min(Decimal(1), value / target.percent)
        gained += reached * target.weight
        weights += target.weight
    return (100 * gained / weights).quantize(Decimal("0.1"), ROUND_HALF_UP) if weights else None
