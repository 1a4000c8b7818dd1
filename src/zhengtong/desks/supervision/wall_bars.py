"""Bars of the wall as widths and heights in the units of their pictures: drawn by the server, so that a page that stays
open for days holds no chart of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from zhengtong.desks.supervision.wall_figures import Hour, Line

WIDTH = 1000
HEIGHT = 100
SLOT = 40


@dataclass(frozen=True, slots=True)
class LineBar:
    """A line with its bar: late, warned and calm cases one after the other, beginning at zero."""

    line: Line
    query: str
    red: int
    yellow: int
    calm: int

    @property
    def yellow_at(self) -> int:
        return self.red

    @property
    def calm_at(self) -> int:
        return self.red + self.yellow


@dataclass(frozen=True, slots=True)
class HourBar:
    """An hour's two bars, side by side in its slot."""

    hour: Hour
    x: int
    received: int
    decided: int

    @property
    def received_at(self) -> int:
        return HEIGHT - self.received

    @property
    def decided_at(self) -> int:
        return HEIGHT - self.decided

    @property
    def decided_x(self) -> int:
        return self.x + SLOT // 2

    @property
    def middle(self) -> int:
        return self.x + SLOT // 2 - 2


def draw_lines(lines: list[Line], parameter: str) -> list[LineBar]:
    """Return the lines' bars; ``parameter`` names what narrows the list to one of them."""
    most = max((line.figures.running for line in lines), default=0)
    return [
        LineBar(
            line,
            f"{parameter}={line.key}",
            _part(line.figures.red, most, WIDTH),
            _part(line.figures.yellow, most, WIDTH),
            _part(line.calm, most, WIDTH),
        )
        for line in lines
    ]


def draw_hours(hours: Iterable[Hour]) -> dict[str, object]:
    """Return the hours' bars and the width of their picture."""
    found = list(hours)
    most = max((max(each.received, each.decided) for each in found), default=0)
    bars = [
        HourBar(each, n * SLOT + 2, _part(each.received, most, HEIGHT), _part(each.decided, most, HEIGHT))
        for n, each in enumerate(found)
    ]
    return {"bars": bars, "width": len(found) * SLOT, "most": most}


def _part(amount: int, most: int, whole: int) -> int:
    """Something is never drawn as nothing."""
    return max(round(amount * whole / most), 4 if whole == WIDTH else 2) if amount and most else 0
