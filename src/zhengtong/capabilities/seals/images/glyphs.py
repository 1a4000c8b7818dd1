"""Outlines of characters from the fonts installed here; a rare character comes from the first font that has it.

Seals are cut in Song (国发〔1999〕25号: 简化的宋体字), so serif faces go first; what none of the fonts has is
refused by name: a seal never shows a box.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import ControlBoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection

from zhengtong.core.identity.public import Refused

FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "/opt/homebrew/share/fonts", "/Library/Fonts")
# Beginnings of file names, the best first; then whatever else is installed.
WANTED: Final = (
    "NotoSerifCJK-Bold",
    "NotoSerifSC-Bold",
    "SourceHanSerif",
    "NotoSerifCJK-Regular",
    "simsun",
    "FandolSong-Bold",
    "LXGWWenKai",
    "NotoSansCJK-Bold",
    "NotoSansCJK-Regular",
)
Affine = tuple[float, float, float, float, float, float]


class _Pen(BasePen):
    """Writes an outline as SVG path data with absolute moves, lines and cubic curves only."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)  # type: ignore[no-untyped-call]  # fontTools is half typed
        self.parts: list[str] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.parts.append(f"M{_n(pt)}")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.parts.append(f"L{_n(pt)}")

    def _curveToOne(self, pt1: Any, pt2: Any, pt3: Any) -> None:
        self.parts.append(f"C{_n(pt1)} {_n(pt2)} {_n(pt3)}")

    def _closePath(self) -> None:
        self.parts.append("Z")


def _n(point: tuple[float, float]) -> str:
    return f"{point[0]:.3f} {point[1]:.3f}"


class Face:
    """One font: which characters it has, and their outlines in units of its em square."""

    def __init__(self, font: TTFont) -> None:
        self.font = font
        self.em: int = font["head"].unitsPerEm  # type: ignore[attr-defined]  # tables get theirs when read
        self.cmap: dict[int, str] = font.getBestCmap() or {}
        self._glyphs = font.getGlyphSet()

    def draw(self, character: str, matrix: Affine) -> str:
        """Return the character as path data, its em units taken through ``matrix``."""
        pen = _Pen(self._glyphs)
        self._glyphs[self.cmap[ord(character)]].draw(TransformPen(pen, matrix))
        return "".join(pen.parts)

    def box(self, character: str) -> tuple[float, float, float, float]:
        """Return the ink of the character in em units: left, bottom, right, top; all zero for a space."""
        pen = ControlBoundsPen(self._glyphs)
        self._glyphs[self.cmap[ord(character)]].draw(pen)
        return pen.bounds or (0, 0, 0, 0)

    def advance(self, character: str) -> float:
        return float(self._glyphs[self.cmap[ord(character)]].width)


def _files() -> Iterator[Path]:
    found: dict[str, Path] = {}
    for folder in (os.environ.get("FONT_DIR", ""), *FOLDERS):
        if folder and Path(folder).is_dir():
            for path in sorted(Path(folder).rglob("*")):
                if path.suffix.lower() in (".ttc", ".otf", ".ttf"):
                    found.setdefault(path.name, path)
    for wanted in WANTED:
        yield from (path for name, path in found.items() if name.startswith(wanted))
    yield from (path for name, path in found.items() if not name.startswith(WANTED))


@cache
def _paths() -> tuple[Path, ...]:
    return tuple(_files())


@cache
def _open(path: Path) -> Face | None:
    """Open a font; of a collection its simplified Chinese member. None for what can't be used."""
    try:
        if path.suffix.lower() != ".ttc":
            return Face(TTFont(path, lazy=True))
        members = TTCollection(str(path), lazy=True).fonts
        names = [str(font["name"].getDebugName(1) or "") for font in members]
        place = next((at for at, name in enumerate(names) if name.endswith(" SC")), 0)
        return Face(TTFont(path, fontNumber=place, lazy=True))
    except Exception:
        return None


@cache
def find_face(character: str) -> Face:
    """Return the first font that has ``character``. Raises Refused, naming it, when none has."""
    for path in _paths():
        face = _open(path)
        if face is not None and ord(character) in face.cmap:
            return face
    raise Refused(
        "no_glyph",
        _("“%(character)s”字在已安装的字体里没有，印章上不能缺字。请安装含有这个字的宋体字库后再申请。")
        % {"character": character},
        "text",
    )


def draw_character(
    character: str, *, width: float, height: float, place: Callable[[float, float, float, float], Affine]
) -> str:
    """Return ``character`` fitted into a box of ``width`` by ``height``; ``place`` puts the box on the picture.

    Ideographs are fitted by their em square, so that 一 stays a line; letters and digits by their own width.
    """
    face = find_face(character)
    wide = face.advance(character) >= 0.9 * face.em
    across = face.em if wide else face.advance(character)
    # The ideographic em square stands on 12 % below the baseline; capitals and digits on the baseline.
    below, tall = (-0.12 * face.em, face.em) if wide else (0.0, 0.735 * face.em)
    return face.draw(character, place(width / across, height / tall, across / 2, below + tall / 2))
