"""What a benchmark reports, and how it is measured: both sides in interleaved rounds, the medians compared."""

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One line of the output. ``ratio`` is how close ``value`` comes to the reference: above 1 is better than it."""

    name: str
    value: float
    unit: str
    reference: str
    reference_value: float
    ratio: float
    rounds: int
    peak_rss_mb: int

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def say(text: str) -> None:
    """Tell the person who waits; figures alone go to standard output."""
    print(text, file=sys.stderr, flush=True)


def compare(
    name: str,
    measured: Callable[[], float],
    reference: Callable[[], float],
    *,
    unit: str,
    described: str,
    lower_is_better: bool = False,
    rounds: int = ROUNDS,
) -> Figure:
    """Call both in turn, each ``rounds`` times after a warm-up, and return the figure of their medians.

    The one that comes first changes with every round, so that neither always meets the other's caches.
    """
    measured(), reference()
    values: list[float] = []
    references: list[float] = []
    for number in range(rounds):
        sides = [(measured, values), (reference, references)]
        for run, kept in sides if number % 2 == 0 else reversed(sides):
            kept.append(run())
        say(f"  {name} {number + 1}/{rounds}: {values[-1]:.4g} {unit}, reference {references[-1]:.4g}")
    value, beside = median(values), median(references)
    return Figure(
        name=name,
        value=_rounded(value),
        unit=unit,
        reference=described,
        reference_value=_rounded(beside),
        ratio=round(beside / value if lower_is_better else value / beside, 3),
        rounds=rounds,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
