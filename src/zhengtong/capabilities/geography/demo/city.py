"""The shape of the demo city: many small cells, each of the village whose seat is nearest. No database.

Where it lies is arbitrary, and nothing in it is anywhere.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

CELLS = 4000
CENTRE = (119.62, 28.94)  # degrees; the city is some 70 km wide
RADIUS = 0.34
_FLATTENING = 0.86
OUTSIDE = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A region's centre, and those of the regions in it."""

    code: str
    x: float
    y: float
    below: "tuple[Seat, ...]" = ()


def place_seats(children: Mapping[str, Sequence[str]], root: str, rng: random.Random) -> Seat:
    """Return the city's seat with all below it; ``children`` are the codes below each code."""
    return _place(children, root, 0.0, 0.0, 1.0, rng)


def list_cells(city: Seat, rng: random.Random, count: int = CELLS) -> list[tuple[float, float, str]]:
    """Return points (longitude, latitude, code of the village), ``OUTSIDE`` for those around the city."""
    wave = _Wave(rng)
    cells = []
    for x, y in _spread(count, rng):
        is_inside = math.hypot(x, y) < wave.outline(math.atan2(y, x))
        code = _village(city, *wave.bend(x, y)) if is_inside else OUTSIDE
        cells.append((CENTRE[0] + RADIUS * x, CENTRE[1] + RADIUS * _FLATTENING * y, code))
    return cells


def _place(
    children: Mapping[str, Sequence[str]], code: str, x: float, y: float, radius: float, rng: random.Random
) -> Seat:
    codes = children.get(code, ())
    turn = rng.random() * math.tau
    below = []
    for number, each in enumerate(codes):
        # Round the centre in equal steps: nobody is squeezed out. The first of many sits in the middle.
        is_middle = len(codes) > 4 and number == 0
        angle = turn + math.tau * number / (len(codes) - (len(codes) > 4)) + rng.uniform(-0.25, 0.25)
        distance = 0.0 if is_middle else radius * rng.uniform(0.5, 0.6)
        at = (x + distance * math.cos(angle), y + distance * math.sin(angle))
        below.append(_place(children, each, *at, radius * 0.52, rng))
    return Seat(code, x, y, tuple(below))


def _village(seat: Seat, x: float, y: float) -> str:
    while seat.below:
        seat = min(seat.below, key=lambda each: (each.x - x) ** 2 + (each.y - y) ** 2)
    return seat.code


def _spread(count: int, rng: random.Random) -> Iterator[tuple[float, float]]:
    """Yield about ``count`` points over a square, each somewhere in its own mesh, so that cells are of like size."""
    side = round(math.sqrt(count))
    step = 2.8 / side
    for row in range(side):
        for column in range(side):
            yield -1.4 + step * (column + rng.random()), -1.4 + step * (row + rng.random())


class _Wave:
    """Bends straight lines, the same for all that is near: borders look like grown ones and stay borders."""

    def __init__(self, rng: random.Random) -> None:
        self.parts = [(rng.uniform(2, 7), rng.uniform(0, math.tau), rng.uniform(0, math.tau)) for _ in range(5)]
        self.lobes = [(number, rng.uniform(0.02, 0.09), rng.uniform(0, math.tau)) for number in (2, 3, 5, 8)]

    def bend(self, x: float, y: float) -> tuple[float, float]:
        dx = sum(math.sin(f * y + a) / f for f, a, _ in self.parts)
        dy = sum(math.sin(f * x + b) / f for f, _, b in self.parts)
        return x + 0.09 * dx, y + 0.09 * dy

    def outline(self, angle: float) -> float:
        return 1 + sum(size * math.sin(number * angle + turn) for number, size, turn in self.lobes)
