"""The fonts of a PDF made into font files that another format can embed: the same glyphs, a table that finds them."""

import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from zhengtong.capabilities.seals.engines.layout import Font
from zhengtong.capabilities.seals.engines.pdf_reading import look
from zhengtong.capabilities.seals.engines.pdf_tokens import read_text_map

# Where a glyph has no text, a code that means nothing finds it (the private use area).
_NAMELESS = 0xE000


class UnusableFont(ValueError):
    """This font can't be carried over: it isn't embedded, or of a kind that isn't read."""


@dataclass
class PdfFont:
    """A composite font of a PDF: how its codes are read, and its program."""

    name: str
    widths: dict[int, float]
    default_width: float
    texts: dict[int, str]
    program: bytes
    is_truetype: bool
    glyph_of_code: dict[int, int] | None

    def read(self, shown: bytes) -> list[tuple[int, str, float]]:
        """Return for each code in ``shown`` its glyph, its text and its width in thousandths of the size."""
        codes = [int.from_bytes(shown[place : place + 2]) for place in range(0, len(shown) - 1, 2)]
        return [(self.glyph(code), self.text(code), self.widths.get(code, self.default_width)) for code in codes]

    def glyph(self, code: int) -> int:
        return code if self.glyph_of_code is None else self.glyph_of_code.get(code, 0)

    def text(self, code: int) -> str:
        return self.texts.get(code) or chr(_NAMELESS + self.glyph(code) % 0x1900)

    @cached_property
    def glyphs(self) -> dict[str, int]:
        """Which glyph stands for a text of one character; where two do, the first."""
        found: dict[str, int] = {}
        codes = set(self.texts) | set(self.widths)
        for code in sorted(codes):
            text = self.text(code)
            if len(text) == 1:
                found.setdefault(text, self.glyph(code))
        return found

    def make_file(self) -> Font:
        """Return the font as a file of its own with a table from characters to glyphs."""
        number = _count_glyphs(self)
        cmap = {ord(text): f"g{glyph}" for text, glyph in self.glyphs.items() if glyph < number}
        order = [".notdef", *(f"g{each}" for each in range(1, number))]
        cmap = {code: name if name != "g0" else ".notdef" for code, name in cmap.items()}
        builder = _open_truetype(self.program, order) if self.is_truetype else _wrap_outlines(self, order)
        builder.setupCharacterMap(cmap, allowFallback=True)
        family = re.sub(r"^[A-Z]{6}\+", "", self.name)
        builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family[:63]})
        builder.setupOS2(usWeightClass=700 if "Bold" in family else 400)
        builder.setupPost(keepGlyphNames=False)
        made = BytesIO()
        builder.font.save(made)
        return Font(family, made.getvalue(), self.is_truetype, self.glyphs, is_bold="Bold" in family)


def read_font(font: Any) -> PdfFont:
    """Return the composite font ``font`` of a PDF. Raises UnusableFont."""
    if look(font, "/Subtype") != "/Type0" or look(font, "/Encoding") != "/Identity-H":
        raise UnusableFont("simple")
    inner = font["/DescendantFonts"][0]
    descriptor = inner["/FontDescriptor"]
    texts = read_text_map(font["/ToUnicode"].data) if "/ToUnicode" in font else {}
    if "/FontFile2" in descriptor:
        program, is_truetype = descriptor["/FontFile2"].data, True
        order = _read_order(inner)
    elif "/FontFile3" in descriptor:
        program, is_truetype = descriptor["/FontFile3"].data, False
        if program[:4] == b"OTTO":
            program = _raw_table(program, "CFF ")
        order = _read_charset(program)
    else:
        raise UnusableFont("not embedded")
    name = str(look(font, "/BaseFont", "/Font"))[1:].removesuffix("-Identity-H")
    return PdfFont(name, _read_widths(inner), float(look(inner, "/DW", 1000)), texts, program, is_truetype, order)


def _raw_table(program: bytes, name: str) -> bytes:
    reader = TTFont(BytesIO(program)).reader
    assert reader is not None
    return bytes(reader[name])


def _read_widths(inner: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    rows = list(look(inner, "/W", ()))
    rows = [each.get_object() if hasattr(each, "get_object") else each for each in rows]
    place = 0
    while place + 1 < len(rows):
        first = int(rows[place])
        if isinstance(rows[place + 1], list):
            found |= {first + step: float(width) for step, width in enumerate(rows[place + 1])}
            place += 2
        elif place + 2 < len(rows):
            last, width = min(int(rows[place + 1]), 0xFFFF), float(rows[place + 2])
            found |= dict.fromkeys(range(first, last + 1), width)
            place += 3
        else:
            break
    return found


def _read_order(inner: Any) -> dict[int, int] | None:
    order = look(inner, "/CIDToGIDMap", "/Identity")
    if isinstance(order, str):
        return None
    table = order.data
    return {code: int.from_bytes(table[2 * code : 2 * code + 2]) for code in range(len(table) // 2)}


def _read_charset(program: bytes) -> dict[int, int] | None:
    top = _open_outlines(program).topDictIndex[0]
    if not hasattr(top, "ROS"):
        return None
    order = {}
    for glyph, name in enumerate(top.charset):
        if name.startswith("cid"):
            order[int(name[3:])] = glyph
    return {0: 0} | order


def _open_outlines(program: bytes) -> CFFFontSet:
    outlines = CFFFontSet()
    outlines.decompile(BytesIO(program), None)
    return outlines


def _count_glyphs(font: PdfFont) -> int:
    if font.is_truetype:
        return int(TTFont(BytesIO(font.program))["maxp"].numGlyphs)
    return len(_open_outlines(font.program).topDictIndex[0].charset)


def _open_truetype(program: bytes, order: list[str]) -> FontBuilder:
    opened = TTFont(BytesIO(program), recalcBBoxes=False, recalcTimestamp=False)
    opened.setGlyphOrder(order)
    for table in ("cmap", "name", "OS/2", "post", "GSUB", "GPOS", "GDEF"):
        if table in opened:
            del opened[table]
    return FontBuilder(font=opened)


def _wrap_outlines(font: PdfFont, order: list[str]) -> FontBuilder:
    """The bare outlines of a PDF's font as an OpenType file, themselves untouched."""
    matrix = getattr(_open_outlines(font.program).topDictIndex[0], "FontMatrix", None)
    units = round(1 / matrix[0]) if matrix and matrix[0] else 1000
    builder = FontBuilder(units, isTTF=False)
    builder.font.recalcBBoxes = False
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(order)
    widths = dict.fromkeys(order, (round(font.default_width * units / 1000), 0))
    for code, width in font.widths.items():
        glyph = font.glyph(code)
        if glyph < len(order):
            widths[order[glyph]] = (round(width * units / 1000), 0)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=round(0.88 * units), descent=-round(0.12 * units))
    builder.setupMaxp()
    table = DefaultTable("CFF ")
    table.data = font.program
    builder.font["CFF "] = table
    return builder
