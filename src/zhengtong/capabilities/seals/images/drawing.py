"""Drawing a seal from its words: round with a star, oval, square. Millimetres throughout, red on nothing.

One path data string of moves, lines and cubic curves, filled non-zero: whatever shows or embeds it needs no more.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from zhengtong.capabilities.seals.images.glyphs import Affine, draw_character

RED: Final = "#d7191f"
# Four cubic curves make a circle with an error below 0.03 %.
KAPPA: Final = 0.5522847498
Curve = Callable[[float], tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Path data in a box of ``width`` by ``height`` millimetres."""

    path: str
    width: float
    height: float

    def svg(self) -> str:
        """Return the picture as a self-contained file."""
        w, h = f"{self.width:g}", f"{self.height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}">'
            f'<path fill="{RED}" d="{self.path}"/></svg>'
        )


def draw_round(text: str, *, diameter: float, line: str = "", code: str = "") -> Drawing:
    """A round seal: ring, star, name on the arc, special name below the star, code on the lower arc."""
    middle, unit = diameter / 2, diameter / 42
    ring, edge = 1.15 * unit, 0.95 * unit
    parts = [_ellipse(middle, middle, middle, middle), _ellipse(middle, middle, middle - ring, middle - ring, True)]
    tall, wide, span = _fit_arc(len(text), middle - ring - edge, unit, most=236 if line else 286)
    radius = middle - ring - edge - tall / 2
    parts += _on_curve(text, wide, tall, _circle(middle, middle, radius), _spread(len(text), span))
    star = 7 * unit if len(text) <= 20 else 6.4 * unit
    lift = 0.9 * unit if line else 0
    parts.append(_star(middle, middle - lift, star))
    if line:
        parts += _line(line, middle, middle + 11.2 * unit, 3.9 * unit, 18.5 * unit)
    if code:
        small, pitch = 1.35 * unit, 1.28 * unit
        below = middle - ring - 0.55 * unit - small / 2
        step = pitch / below
        places = [math.pi / 2 + step * ((len(code) - 1) / 2 - at) for at in range(len(code))]
        parts += _below(code, 0.78 * unit, small, middle, middle, below, below, places)
    return Drawing("".join(parts), diameter, diameter)


def draw_oval(text: str, *, width: float, height: float, line: str = "", code: str = "") -> Drawing:
    """An oval seal for a special use: two rings' width, name on the upper arc, special name across, code below."""
    x, y, unit = width / 2, height / 2, height / 30
    ring, edge = 1.0 * unit, 0.9 * unit
    parts = [_ellipse(x, y, x, y), _ellipse(x, y, x - ring, y - ring, True)]
    count = len(text)
    tall = unit * min(4.3, max(2.9, 5.4 - 0.1 * count))
    rx, ry = x - ring - edge - tall / 2, y - ring - edge - tall / 2
    measure = _Ellipse(rx, ry)
    reach = measure.length * min(0.80, 0.30 + 0.028 * count)
    pitch = reach / max(count, 1)
    wide = min(pitch * 0.9, tall * 0.95)
    pitch = min(pitch, wide * 1.9)
    angles = [measure.angle(-math.pi / 2, pitch * (at - (count - 1) / 2)) for at in range(count)]
    parts += _on_curve(text, wide, tall, lambda angle: measure.place(angle, x, y), angles)
    if line:
        parts += _line(line, x, y + (0.6 if count > 9 else 1.2) * unit, 4.6 * unit, width * 0.56)
    if code:
        small = 1.5 * unit
        bx, by = x - ring - 0.6 * unit - small / 2, y - ring - 0.6 * unit - small / 2
        below = _Ellipse(bx, by)
        step = 1.32 * unit
        places = [below.angle(math.pi / 2, -step * (at - (len(code) - 1) / 2)) for at in range(len(code))]
        parts += _below(code, 0.85 * unit, small, x, y, bx, by, places)
    return Drawing("".join(parts), width, height)


def draw_square(text: str, *, side: float) -> Drawing:
    """A name chop: columns from the right, 印 or 之印 filling a name of three or two; a longer name in a grid."""
    border, gap = side * 0.045, side * 0.05
    parts = [_box(0, 0, side, side), _box(border, border, side - border, side - border, True)]
    inner = side - 2 * (border + gap)
    columns = _columns(text)
    width = inner / len(columns)
    for at, column in enumerate(columns):
        left = border + gap + inner - (at + 1) * width
        tall = inner / len(column)
        for down, character in enumerate(column):
            centre = (left + width / 2, border + gap + (down + 0.5) * tall)
            parts.append(_upright(character, width * 0.97, tall * 0.97, *centre))
    return Drawing("".join(parts), side, side)


def _columns(text: str) -> list[str]:
    # The dot between the parts of a name has no cell of its own on a chop.
    name = "".join(character for character in text if character not in "·•‧")
    name += {2: "之印", 3: "印"}.get(len(name), "")
    if len(name) <= 2:
        return [name]
    rows = math.ceil(math.sqrt(len(name))) if len(name) > 4 else 2
    return [name[at : at + rows] for at in range(0, len(name), rows)]


def _fit_arc(count: int, outer: float, unit: float, *, most: float) -> tuple[float, float, float]:
    """Return height and width of a character and the angle from the first to the last, for a name of ``count``."""
    tall = unit * (7.0 if count <= 10 else max(4.4, 7.0 - 0.17 * (count - 10)))
    radius = outer - tall / 2
    reach = math.radians(min(most, 118 + 13.5 * count))
    step = min(reach / max(count - 1, 1), math.radians(36))
    pitch = step * (outer - tall)  # characters meet first at their feet
    wide = min(pitch * 1.02 if count > 14 else pitch * 0.96, tall * 0.80)
    return tall, min(wide, radius), step * (count - 1)


def _spread(count: int, span: float) -> list[float]:
    if count == 1:
        return [-math.pi / 2]
    return [-math.pi / 2 - span / 2 + span * at / (count - 1) for at in range(count)]


def _circle(x: float, y: float, radius: float) -> Curve:
    return lambda angle: (x + radius * math.cos(angle), y + radius * math.sin(angle), angle + math.pi / 2)


class _Ellipse:
    """Places at even distances on an ellipse: its arc length by small steps."""

    STEPS = 2880

    def __init__(self, rx: float, ry: float) -> None:
        self.rx, self.ry = rx, ry
        points = [self._at(2 * math.pi * at / self.STEPS) for at in range(self.STEPS + 1)]
        self._pieces = [math.dist(a, b) for a, b in pairwise(points)]
        self.length = sum(self._pieces)

    def _at(self, angle: float) -> tuple[float, float]:
        return self.rx * math.cos(angle), self.ry * math.sin(angle)

    def angle(self, start: float, distance: float) -> float:
        """Return the angle that lies ``distance`` along from ``start``; backwards when negative."""
        step, at, gone = (1 if distance >= 0 else -1), round(start / (2 * math.pi) * self.STEPS), 0.0
        while gone < abs(distance):
            gone += self._pieces[(at if step > 0 else at - 1) % self.STEPS]
            at += step
        return 2 * math.pi * at / self.STEPS

    def place(self, angle: float, x: float, y: float) -> tuple[float, float, float]:
        px, py = self._at(angle)
        turn = math.atan2(self.ry * math.cos(angle), -self.rx * math.sin(angle))
        return x + px, y + py, turn


def _on_curve(text: str, wide: float, tall: float, curve: Curve, angles: Sequence[float]) -> list[str]:
    """Characters standing on a curve that runs clockwise, heads outwards."""
    return [
        draw_character(character, width=wide, height=tall, place=_turned(*curve(angle)))
        for character, angle in zip(text, angles, strict=True)
        if not character.isspace()
    ]


def _below(
    text: str, wide: float, tall: float, x: float, y: float, rx: float, ry: float, angles: Sequence[float]
) -> list[str]:
    """Characters on the lower arc, heads inwards, read from the left."""
    parts = []
    for character, angle in zip(text, angles, strict=True):
        turn = math.atan2(ry * math.cos(angle), -rx * math.sin(angle)) + math.pi
        at = (x + rx * math.cos(angle), y + ry * math.sin(angle))
        parts.append(draw_character(character, width=wide, height=tall, place=_turned(*at, turn)))
    return parts


def _line(text: str, x: float, y: float, tall: float, most: float) -> list[str]:
    """A straight line of text around a point, narrowed where it would be longer than ``most``."""
    pitch = min(most / len(text), tall * 1.06)
    wide = min(pitch * 0.94, tall * 0.9)
    left = x - pitch * (len(text) - 1) / 2
    return [_upright(character, wide, tall, left + pitch * at, y) for at, character in enumerate(text)]


def _upright(character: str, wide: float, tall: float, x: float, y: float) -> str:
    return draw_character(character, width=wide, height=tall, place=_turned(x, y, 0))


def _turned(x: float, y: float, turn: float) -> Callable[[float, float, float, float], Affine]:
    """Return what puts a box of font units with its centre at (x, y), turned clockwise; fonts' y goes up."""
    cos, sin = math.cos(turn), math.sin(turn)

    def place(scale_x: float, scale_y: float, middle_x: float, middle_y: float) -> Affine:
        a, b, c, d = cos * scale_x, sin * scale_x, sin * scale_y, -cos * scale_y
        return (a, b, c, d, x - a * middle_x - c * middle_y, y - b * middle_x - d * middle_y)

    return place


def _ellipse(x: float, y: float, rx: float, ry: float, inwards: bool = False) -> str:
    """An ellipse, clockwise; the other way round it is a hole."""
    way = -1 if inwards else 1
    kx, ky = rx * KAPPA, ry * KAPPA * way
    top, bottom = y - ry * way, y + ry * way
    return (
        f"M{x - rx:.3f} {y:.3f}"
        f"C{x - rx:.3f} {y - ky:.3f} {x - kx:.3f} {top:.3f} {x:.3f} {top:.3f}"
        f"C{x + kx:.3f} {top:.3f} {x + rx:.3f} {y - ky:.3f} {x + rx:.3f} {y:.3f}"
        f"C{x + rx:.3f} {y + ky:.3f} {x + kx:.3f} {bottom:.3f} {x:.3f} {bottom:.3f}"
        f"C{x - kx:.3f} {bottom:.3f} {x - rx:.3f} {y + ky:.3f} {x - rx:.3f} {y:.3f}Z"
    )


def _box(left: float, top: float, right: float, bottom: float, inwards: bool = False) -> str:
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if inwards:
        corners.reverse()
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def _star(x: float, y: float, radius: float) -> str:
    """A five-pointed star, one point up; the inner corners lie where its edges meet."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for at in range(10):
        angle, reach = math.radians(-90 + 36 * at), inner if at % 2 else radius
        points.append(f"{x + reach * math.cos(angle):.3f} {y + reach * math.sin(angle):.3f}")
    return "M" + "L".join(points) + "Z"
