"""Making OFD (GB/T 33190) of what lies on pages: text with its fonts inside, lines, areas and pictures."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from itertools import pairwise
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from zhengtong.capabilities.seals.engines.layout import (
    Colour,
    Font,
    Glyph,
    Layout,
    Outline,
    Page,
    Picture,
    TextRun,
)

NAMESPACE = "http://www.ofdspec.org/2016"
PREFIX = "ofd:"
_ROOT = "Doc_0"
_CREATOR = "政通 Zhengtong"
# The date in a package's directory: one content makes one sequence of bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PNG = b"\x89PNG"
_CAPS = ("Butt", "Round", "Square")
_JOINS = ("Miter", "Round", "Bevel")


def make_ofd(layout: Layout, *, created: datetime | None = None, document_id: str = "") -> bytes:
    """Return the OFD package of ``layout``. Given both ``created`` and ``document_id``, always the same bytes."""
    numbers = _Numbers(layout)
    files = {"OFD.xml": _write(_entrance(layout, created or timezone.now(), document_id or uuid4().hex))}
    for place, font in enumerate(layout.fonts):
        files[f"{_ROOT}/Res/{_font_file(place, font)}"] = font.program
    for place, picture in enumerate(layout.pictures):
        files[f"{_ROOT}/Res/{_picture_file(place, picture)}"] = picture
    if layout.fonts:
        files[f"{_ROOT}/PublicRes.xml"] = _write(_public_resources(layout, numbers))
    if layout.pictures:
        files[f"{_ROOT}/DocumentRes.xml"] = _write(_own_resources(layout, numbers))
    for place, page in enumerate(layout.pages):
        files[f"{_ROOT}/Pages/Page_{place}/Content.xml"] = _write(_content(page, layout, numbers))
    files[f"{_ROOT}/Document.xml"] = _write(_document(layout, numbers))
    return pack(files)


def pack(files: dict[str, bytes]) -> bytes:
    """Return a package of ``files``, OFD.xml first."""
    made = BytesIO()
    with ZipFile(made, "w") as package:
        for name in sorted(files, key=lambda each: (each != "OFD.xml", each)):
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_STORED if name.endswith((".png", ".jpg", ".dat", ".esl")) else ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, files[name])
    return made.getvalue()


def element(name: str, parent: Element | None = None, text: str = "", **attributes: str) -> Element:
    """Return a new element of OFD, under ``parent`` where there is one."""
    made = Element(PREFIX + name, attributes) if parent is None else SubElement(parent, PREFIX + name, attributes)
    if text:
        made.text = text
    return made


def root(name: str, **attributes: str) -> Element:
    """Return the outermost element of a file."""
    return Element(PREFIX + name, {"xmlns:ofd": NAMESPACE} | attributes)


def shown(*values: float) -> str:
    """Return numbers as OFD writes them: apart by a blank, to a thousandth of a millimetre."""
    return " ".join(f"{value:.4f}".rstrip("0").rstrip(".") if value % 1 else str(int(value)) for value in values)


class _Numbers:
    """The numbers of all that can be pointed at: fonts, pictures and pages first, then each object on a page."""

    def __init__(self, layout: Layout) -> None:
        self.fonts = [1 + place for place in range(len(layout.fonts))]
        self.pictures = [1 + len(self.fonts) + place for place in range(len(layout.pictures))]
        self.pages = [1 + len(self.fonts) + len(self.pictures) + place for place in range(len(layout.pages))]
        self.last = len(self.fonts) + len(self.pictures) + len(self.pages)

    def next(self) -> str:
        self.last += 1
        return str(self.last)


def _write(tree: Element) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(tostring(tree, "utf-8"))


def _entrance(layout: Layout, created: datetime, document_id: str) -> Element:
    tree = root("OFD", Version="1.0", DocType="OFD")
    body = element("DocBody", tree)
    info = element("DocInfo", body)
    element("DocID", info, document_id)
    if layout.title:
        element("Title", info, _clean(layout.title))
    if layout.author:
        element("Author", info, _clean(layout.author))
    element("CreationDate", info, timezone.localtime(created).date().isoformat())
    element("Creator", info, _CREATOR)
    if layout.properties:
        datas = element("CustomDatas", info)
        for name, value in layout.properties.items():
            element("CustomData", datas, _clean(value), Name=name)
    element("DocRoot", body, f"{_ROOT}/Document.xml")
    return tree


def _document(layout: Layout, numbers: _Numbers) -> Element:
    tree = root("Document")
    common = element("CommonData", tree)
    element("MaxUnitID", common, str(numbers.last))
    first = layout.pages[0]
    element("PhysicalBox", element("PageArea", common), shown(0, 0, first.width, first.height))
    if layout.fonts:
        element("PublicRes", common, "PublicRes.xml")
    if layout.pictures:
        element("DocumentRes", common, "DocumentRes.xml")
    pages = element("Pages", tree)
    for place, number in enumerate(numbers.pages):
        element("Page", pages, ID=str(number), BaseLoc=f"Pages/Page_{place}/Content.xml")
    return tree


def _public_resources(layout: Layout, numbers: _Numbers) -> Element:
    tree = root("Res", BaseLoc="Res")
    fonts = element("Fonts", tree)
    for place, font in enumerate(layout.fonts):
        made = element("Font", fonts, ID=str(numbers.fonts[place]), FontName=font.name, FamilyName=font.name)
        if font.is_bold:
            made.set("Bold", "true")
        element("FontFile", made, _font_file(place, font))
    return tree


def _own_resources(layout: Layout, numbers: _Numbers) -> Element:
    tree = root("Res", BaseLoc="Res")
    pictures = element("MultiMedias", tree)
    for place, picture in enumerate(layout.pictures):
        form = "PNG" if picture.startswith(_PNG) else "JPEG"
        made = element("MultiMedia", pictures, ID=str(numbers.pictures[place]), Type="Image", Format=form)
        element("MediaFile", made, _picture_file(place, picture))
    return tree


def _font_file(place: int, font: Font) -> str:
    return f"font_{place}.{'ttf' if font.is_truetype else 'otf'}"


def _picture_file(place: int, picture: bytes) -> str:
    return f"image_{place}.{'png' if picture.startswith(_PNG) else 'jpg'}"


def _content(page: Page, layout: Layout, numbers: _Numbers) -> Element:
    tree = root("Page")
    element("PhysicalBox", element("Area", tree), shown(0, 0, page.width, page.height))
    layer = element("Layer", element("Content", tree), ID=numbers.next(), Type="Body")
    for item in page.items:
        if isinstance(item, TextRun):
            for part in _split(item, layout.fonts[item.font]):
                _write_text(layer, part, layout.fonts[item.font], numbers)
        elif isinstance(item, Outline):
            _write_outline(layer, item, page, numbers)
        else:
            _write_picture(layer, item, numbers)
    return tree


def _split(run: TextRun, font: Font) -> Iterable[TextRun]:
    """Yield the parts of a run that stand on one line without great gaps, each glyph for one character.

    A ligature stands alone, so that no reader has to guess how far its neighbours are.
    """
    across, down = run.slant[0], run.slant[1]
    part: list[Glyph] = []
    for glyph in run.glyphs:
        if part:
            dx, dy = glyph.x - part[-1].x, glyph.y - part[-1].y
            along, off = dx * across + dy * down, abs(dy * across - dx * down)
            if off > 0.001 or not 0 <= along < 4 * run.size or len(glyph.text) != 1 or len(part[-1].text) != 1:
                yield _part_of(run, part)
                part = []
        part.append(glyph)
    if part:
        yield _part_of(run, part)


def _part_of(run: TextRun, glyphs: Sequence[Glyph]) -> TextRun:
    return TextRun(run.font, run.size, run.slant, tuple(glyphs), run.colour, run.alpha)


def _write_text(layer: Element, run: TextRun, font: Font, numbers: _Numbers) -> None:
    text = _clean("".join(glyph.text for glyph in run.glyphs))
    if not text.strip():
        return
    a, b, c, d = run.slant
    is_upright = abs(b) < 1e-4 and abs(c) < 1e-4 and abs(d - 1) < 1e-3 and abs(a - 1) < 1e-3
    first = run.glyphs[0]
    # Ascenders and descenders, and as much before and after as a slanted letter may need.
    above, below, beside = 1.2 * run.size, 0.5 * run.size, 0.3 * run.size
    norm = (a * a + b * b) or 1.0
    ahead = [((g.x - first.x) * a + (g.y - first.y) * b) / norm for g in run.glyphs]
    if is_upright:
        box = (first.x - beside, first.y - above, ahead[-1] + run.size + 2 * beside, above + below)
        origin = (beside, above)
    else:
        # What is turned or stretched lies in its own square around its beginning.
        reach = ahead[-1] + 2 * run.size
        box = (first.x - 2 * reach, first.y - 2 * reach, 4 * reach, 4 * reach)
        origin = (0.0, 0.0)
    made = element(
        "TextObject",
        layer,
        ID=numbers.next(),
        Boundary=shown(*box),
        Font=str(numbers.fonts[run.font]),
        Size=shown(run.size),
    )
    if not is_upright:
        made.set("CTM", shown(a, b, c, d, 2 * reach, 2 * reach))
    _set_alpha(made, run.alpha)
    _write_colour(made, "FillColor", run.colour)
    if any(len(glyph.text) != 1 or font.glyphs.get(glyph.text) != glyph.number for glyph in run.glyphs):
        shape = element(
            "CGTransform", made, CodePosition="0", CodeCount=str(len(text)), GlyphCount=str(len(run.glyphs))
        )
        element("Glyphs", shape, " ".join(str(glyph.number) for glyph in run.glyphs))
    code = element("TextCode", made, text, X=shown(origin[0]), Y=shown(origin[1]))
    if len(run.glyphs) > 1:
        code.set("DeltaX", _gaps([after - before for before, after in pairwise(ahead)]))


def _gaps(gaps: Sequence[float]) -> str:
    """Return distances as OFD writes them: ``g 5 4.2`` stands for five times the same."""
    written: list[str] = []
    place = 0
    while place < len(gaps):
        same = place
        while same < len(gaps) and abs(gaps[same] - gaps[place]) < 0.0005:
            same += 1
        count = same - place
        written += ["g", str(count), shown(gaps[place])] if count > 2 else [shown(gaps[place])] * count
        place = same
    return " ".join(written)


def _write_outline(layer: Element, outline: Outline, page: Page, numbers: _Numbers) -> None:
    made = element("PathObject", layer, ID=numbers.next(), Boundary=shown(0, 0, page.width, page.height))
    if outline.stroke is None:
        made.set("Stroke", "false")
    else:
        made.set("LineWidth", shown(outline.width))
        made.set("Cap", _CAPS[outline.cap] if outline.cap < 3 else _CAPS[0])
        made.set("Join", _JOINS[outline.join] if outline.join < 3 else _JOINS[0])
        if outline.dashes and any(outline.dashes):
            made.set("DashPattern", shown(*outline.dashes))
    if outline.fill is not None:
        made.set("Fill", "true")
        made.set("Rule", "Even-Odd" if outline.is_even_odd else "NonZero")
    _set_alpha(made, outline.alpha)
    if outline.clip:
        area = element("Area", element("Clip", element("Clips", made)))
        path = element("Path", area, Boundary=shown(0, 0, page.width, page.height))
        element("AbbreviatedData", path, _path(outline.clip))
    if outline.stroke is not None:
        _write_colour(made, "StrokeColor", outline.stroke)
    if outline.fill is not None:
        _write_colour(made, "FillColor", outline.fill)
    element("AbbreviatedData", made, _path(outline.commands))


def _write_picture(layer: Element, picture: Picture, numbers: _Numbers) -> None:
    a, b, c, d, e, f = picture.matrix
    corners = [(e, f), (a + e, b + f), (c + e, d + f), (a + c + e, b + d + f)]
    left, top = min(x for x, _y in corners), min(y for _x, y in corners)
    wide, tall = max(x for x, _y in corners) - left, max(y for _x, y in corners) - top
    made = element(
        "ImageObject",
        layer,
        ID=numbers.next(),
        Boundary=shown(left, top, wide, tall),
        CTM=shown(a, b, c, d, e - left, f - top),
        ResourceID=str(numbers.pictures[picture.picture]),
    )
    _set_alpha(made, picture.alpha)


def _path(commands: Iterable[tuple[str, tuple[float, ...]]]) -> str:
    return " ".join(f"{command} {shown(*points)}" if points else command for command, points in commands)


def _write_colour(parent: Element, name: str, colour: Colour) -> None:
    element(name, parent, Value=" ".join(map(str, colour)))


def _set_alpha(made: Element, alpha: float) -> None:
    if alpha < 1:
        made.set("Alpha", str(round(255 * alpha)))


def _clean(text: str) -> str:
    """Return ``text`` with nothing that XML can't hold."""
    return "".join(
        c if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff") else " "
        for c in text
    )
