"""A person's signature as a vector: drawn with finger, pen or mouse, or cleaned out of a picture of paper.

Drawn strokes come as points; a picture is made black and white by its own light, and the ink's outlines are followed.
"""

import json
import math
import re
from collections import defaultdict
from io import BytesIO
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from zhengtong.capabilities.seals.images.drawing import Drawing
from zhengtong.core.identity.public import Refused

WIDE, TALL = 1000, 400
PEN: Final = 13.0
MOST_POINTS, MOST_PIXELS = 6000, 16_000_000
LONGEST_PATH: Final = 160_000
_PATH = re.compile(r"(?:M-?[\d.]+ -?[\d.]+(?:L-?[\d.]+ -?[\d.]+)+Z)+")
Point = tuple[float, float]


def _bad() -> Refused:
    return Refused("strokes", _("没有读出签名，请重写一次，或者换一张白纸黑字、光线均匀的图片。"), "strokes")


def read_strokes(text: str) -> str:
    """Return path data for strokes as the drawing board sends them: [[[x, y], …], …]. Raises Refused."""
    try:
        given = json.loads(text)
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in given]
    except (ValueError, TypeError):
        raise _bad() from None
    strokes = [stroke for stroke in strokes if stroke]
    points = [point for stroke in strokes for point in stroke]
    if not 8 <= len(points) <= MOST_POINTS or not all(math.isfinite(x) and math.isfinite(y) for x, y in points):
        raise _bad()
    left, top = min(x for x, _y in points), min(y for _x, y in points)
    scale = _scale(max(x for x, _y in points) - left, max(y for _x, y in points) - top, PEN)
    moved = [[(PEN + (x - left) * scale, PEN + (y - top) * scale) for x, y in stroke] for stroke in strokes]
    return _centred("".join(_thicken(stroke) for stroke in moved if stroke))


def read_picture(content: bytes) -> str:
    """Return path data for the ink in a PNG or JPEG. Raises Refused."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _bad()
            grey = _flatten(image)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _bad() from None
    grey.thumbnail((500, 200), Image.Resampling.LANCZOS)
    grey = ImageOps.expand(ImageOps.autocontrast(grey, cutoff=1), border=2, fill=255)
    threshold = min(_otsu(grey.histogram()), 200)
    pixels = grey.load()
    assert pixels is not None
    ink = {(x, y) for y in range(grey.height) for x in range(grey.width) if pixels[x, y] < threshold}  # type: ignore[operator]  # of a grey picture a pixel is a number
    share = len(ink) / (grey.width * grey.height)
    if not 0.002 <= share <= 0.45:
        raise _bad()
    rings = [_simplify(ring, 0.7) for ring in _follow(ink)]
    rings = [ring for ring in rings if len(ring) > 3 and abs(_area(ring)) > 6]
    if not rings:
        raise _bad()
    points = [point for ring in rings for point in ring]
    left, top = min(x for x, _y in points), min(y for _x, y in points)
    scale = _scale(max(x for x, _y in points) - left, max(y for _x, y in points) - top, 0)
    path = "".join(_ring([((x - left) * scale, (y - top) * scale) for x, y in ring]) for ring in rings)
    if len(path) > LONGEST_PATH:
        raise _bad()
    return _centred(path)


def is_strokes(path: str) -> bool:
    """Return whether ``path`` is what the two readers give: nothing else gets into a picture."""
    return 0 < len(path) <= LONGEST_PATH and _PATH.fullmatch(path) is not None


def draw_signature(path: str, *, width: float, height: float) -> Drawing:
    """A signature in its box. Raises Refused."""
    if not is_strokes(path):
        raise _bad()
    scale = min(width / WIDE, height / TALL)
    left, top = (width - WIDE * scale) / 2, (height - TALL * scale) / 2

    def place(found: re.Match[str]) -> str:
        return f"{left + float(found[1]) * scale:.3f} {top + float(found[2]) * scale:.3f}"

    return Drawing(re.sub(r"(-?[\d.]+) (-?[\d.]+)", place, path), width, height)


def _flatten(image: Image.Image) -> Image.Image:
    turned = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGBA", turned.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, turned).convert("L")


def _otsu(histogram: list[int]) -> int:
    """Return the grey that parts ink from paper best: the one between the two groups that differ most."""
    total, weighted = sum(histogram), sum(at * n for at, n in enumerate(histogram))
    best, best_at, below, sum_below = -1.0, 127, 0, 0
    for at, count in enumerate(histogram):
        below += count
        sum_below += at * count
        if not 0 < below < total:
            continue
        gap = sum_below / below - (weighted - sum_below) / (total - below)
        spread = below * (total - below) * gap * gap
        if spread > best:
            best, best_at = spread, at
    return best_at + 1


def _follow(ink: set[tuple[int, int]]) -> list[list[Point]]:
    """Return the outlines of the ink: edges between a pixel with and one without, joined, ink on the right."""
    after: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for x, y in ink:
        if (x, y - 1) not in ink:
            after[x, y].append((x + 1, y))
        if (x + 1, y) not in ink:
            after[x + 1, y].append((x + 1, y + 1))
        if (x, y + 1) not in ink:
            after[x + 1, y + 1].append((x, y + 1))
        if (x - 1, y) not in ink:
            after[x, y + 1].append((x, y))
    rings = []
    while after:
        start = at = next(iter(after))
        ring: list[Point] = []
        while True:
            ring.append(at)
            ways = after[at]
            following = ways.pop()
            if not ways:
                del after[at]
            at = following
            if at == start:
                break
        rings.append(_smooth(ring))
    return rings


def _smooth(ring: list[Point]) -> list[Point]:
    """Cut the pixels' corners: the middle of each edge instead of its ends."""
    return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]


def _simplify(ring: list[Point], most: float) -> list[Point]:
    """Leave out points that lie nearer than ``most`` to the line between their neighbours (Douglas and Peucker)."""
    if len(ring) < 5:
        return ring
    keep = {0, len(ring) // 2, len(ring) - 1}
    waiting = [(0, len(ring) // 2), (len(ring) // 2, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        (ax, ay), (bx, by) = ring[first], ring[last]
        length = math.hypot(bx - ax, by - ay) or 1.0
        far, far_at = 0.0, 0
        for at in range(first + 1, last):
            x, y = ring[at]
            distance = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length
            if distance > far:
                far, far_at = distance, at
        if far > most:
            keep.add(far_at)
            waiting += [(first, far_at), (far_at, last)]
    return [ring[at] for at in sorted(keep)]


def _area(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _thicken(stroke: list[Point]) -> str:
    """A stroke as a ribbon with round ends, a little thinner where the pen was fast."""
    points = [stroke[0]]
    points += [b for a, b in pairwise(stroke) if math.dist(a, b) > 1.5]
    if len(points) == 1:
        return _ring(_dot(points[0], PEN * 0.55))
    left: list[Point] = []
    right: list[Point] = []
    for at, (x, y) in enumerate(points):
        before, after = points[max(at - 1, 0)], points[min(at + 1, len(points) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        half = PEN / 2 * max(0.55, 1.05 - length / 260)
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    ribbon = _ring(left + right[::-1])
    return ribbon + "".join(_ring(_dot(end, PEN * 0.5)) for end in (points[0], points[-1]))


def _dot(middle: Point, radius: float) -> list[Point]:
    turns = [2 * math.pi * at / 16 for at in range(16)]
    return [(middle[0] + radius * math.sin(t), middle[1] + radius * math.cos(t)) for t in turns]


def _scale(width: float, height: float, margin: float) -> float:
    return min((WIDE - 2 * margin) / max(width, 1.0), (TALL - 2 * margin) / max(height, 1.0))


def _ring(points: list[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _centred(path: str) -> str:
    """Put the signature into the middle of its box."""
    pairs = [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
    right, low = max(x for x, _y in pairs), max(y for _x, y in pairs)
    dx, dy = max(0.0, (WIDE - right) / 2), max(0.0, (TALL - low) / 2)
    return re.sub(
        r"(-?[\d.]+) (-?[\d.]+)", lambda found: f"{float(found[1]) + dx:.1f} {float(found[2]) + dy:.1f}", path
    )
