"""The counties of the wall as a small map: shapes drawn by the server, coloured by what is late and warned there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any, Final

from zhengtong.capabilities.geography.public import get_boundaries
from zhengtong.desks.supervision.wall_figures import Line

WIDTH: Final = 420
HEIGHT: Final = 240
# What two pixels of the map are: smaller bends can't be seen from four metres.
_FINEST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A county: its outline, where its number stands, and how it is coloured."""

    line: Line
    path: str
    x: int
    y: int
    tone: str


def draw_map(lines: Sequence[Line]) -> list[Shape]:
    """Return the shapes of those counties whose boundary is known; nothing where there are fewer than two."""
    outlines = _outlines(tuple(sorted(line.key for line in lines)))
    shapes = [
        Shape(line, *outlines[line.key], "red" if line.figures.red else "yellow" if line.figures.yellow else "calm")
        for line in lines
        if line.key in outlines
    ]
    return shapes if len(shapes) > 1 else []


@lru_cache(maxsize=8)
def _outlines(codes: tuple[str, ...]) -> dict[str, tuple[str, int, int]]:
    """Return path and middle of each county. Boundaries change with a new base map, not while a wall runs."""
    found = get_boundaries(codes)
    if not found:
        return {}
    boxes = [shape.extent for shape in found.values()]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    # Degrees of longitude are shorter than those of latitude.
    narrow = cos(radians((south + north) / 2))
    scale = min(WIDTH / max((east - west) * narrow, 1e-9), HEIGHT / max(north - south, 1e-9))

    def place(x: float, y: float) -> tuple[int, int]:
        return round((x - west) * narrow * scale), round((north - y) * scale)

    outlines = {}
    for code, shape in found.items():
        parts = []
        simplified: Any = shape.simplify(_FINEST / scale, preserve_topology=True)
        for polygon in simplified:
            rings = polygon if polygon.geom_type == "Polygon" else [polygon]
            for ring in rings:
                points = [place(x, y) for x, y, *_height in ring.coords]
                parts.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
        middle = shape.point_on_surface
        outlines[code] = ("".join(parts), *place(middle.x, middle.y))
    return outlines
