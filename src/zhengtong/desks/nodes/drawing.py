"""The links drawn: this platform in the middle, above it the higher ones, below the lower ones, the others beside."""

from dataclasses import dataclass
from typing import Any

from zhengtong.capabilities.nodes.public import Node, OwnNode, Relation

WIDTH, LINE, TOP = 720, 96, 40
_ROWS = (Relation.ABOVE, Relation.BESIDE, Relation.BELOW)
MOST_IN_LINE = 6


@dataclass(frozen=True)
class Spot:
    """A box of the drawing, with its middle."""

    x: int
    y: int
    name: str
    state: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    own: Spot
    spots: list[Spot]


def draw_links(own: OwnNode, found: list[Any]) -> Drawing:
    """Return where each connected node stands; the same nodes always stand the same."""
    lines: list[list[Node]] = []
    for relation in _ROWS:
        of_relation = [node for node in found if node.relation == relation]
        lines += [of_relation[at : at + MOST_IN_LINE] for at in range(0, len(of_relation), MOST_IN_LINE)]
        if relation == Relation.ABOVE:
            lines.append([])
    spots: list[Spot] = []
    middle = Spot(WIDTH // 2, TOP, own.name, "own")
    for row, line in enumerate(lines):
        y = TOP + row * LINE
        if not line:
            middle = Spot(WIDTH // 2, y, own.name, "own")
            continue
        step = WIDTH // (len(line) + 1)
        spots += [
            Spot(step * (at + 1), y, node.name, "up" if node.is_up else "away" if node.is_up is False else "unknown")
            for at, node in enumerate(line)
        ]
    return Drawing(WIDTH, TOP * 2 + (len(lines) - 1) * LINE, middle, spots)
