"""Reading what lies on a PDF's pages, so that the same document can be made in another format, place by place."""

from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils.reader import PdfFileReader

from zhengtong.capabilities.seals.engines.layout import (
    Colour,
    Font,
    Glyph,
    Item,
    Layout,
    Matrix,
    Outline,
    Page,
    Picture,
    TextRun,
    apply,
    multiply,
)
from zhengtong.capabilities.seals.engines.material import MM_PER_POINT, BrokenPdf, FileTooLarge, NotConvertible
from zhengtong.capabilities.seals.engines.pdf_fonts import PdfFont, UnusableFont, read_font
from zhengtong.capabilities.seals.engines.pdf_reading import (
    PDF_FAULTS,
    count_pages,
    get_page,
    look,
    measure,
    open_pdf,
)
from zhengtong.capabilities.seals.engines.pdf_tokens import Name, read_operations

MOST_PAGES = 1000
MOST_OPERATIONS = 2_000_000
DEEPEST_FORM = 12
_BLACK: Colour = (0, 0, 0)
# Half the side of the square around which four curves stand for a circle isn't needed: PDF gives curves as they are.
_SAME_LINE = 0.005


@dataclass(frozen=True)
class _State:
    """What q keeps and Q brings back."""

    matrix: Matrix
    fill: Colour = _BLACK
    stroke: Colour = _BLACK
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    width: float = 1.0
    cap: int = 0
    join: int = 0
    dashes: tuple[float, ...] = ()
    clip: tuple[tuple[str, tuple[float, ...]], ...] = ()
    font: int = -1
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


@dataclass
class _Store:
    """Fonts and pictures of the whole document, each once."""

    fonts: list[PdfFont] = field(default_factory=list)
    font_places: dict[Any, int] = field(default_factory=dict)
    pictures: list[bytes] = field(default_factory=list)
    picture_places: dict[Any, int] = field(default_factory=dict)
    operations: int = 0


def read_layout(pdf: bytes) -> Layout:
    """Return what lies on the pages of ``pdf``: text with its fonts, lines and areas, pictures.

    Raises SealingRefused: NotConvertible names the page and what on it has no counterpart here.
    """
    reader = open_pdf(pdf)
    pages = count_pages(reader)
    if pages > MOST_PAGES:
        raise FileTooLarge
    store = _Store()
    try:
        made = tuple(_read_page(reader, number, store) for number in range(1, pages + 1))
        fonts = tuple(_make_file(font) for font in store.fonts)
    except PDF_FAULTS as error:
        raise BrokenPdf from error
    info = look(reader.trailer_view, "/Info", {})
    return Layout(
        made,
        fonts,
        tuple(store.pictures),
        title=str(look(info, "/Title", "")),
        author=str(look(info, "/Author", "")),
    )


def _make_file(font: PdfFont) -> Font:
    return font.make_file()


def _read_page(reader: PdfFileReader, number: int, store: _Store) -> Page:
    page, inherited = get_page(reader, number)
    (x0, y0, x1, y1), turned, unit = measure(reader, number)
    k = MM_PER_POINT * unit
    wide, tall = (x1 - x0) * k, (y1 - y0) * k
    matrix: Matrix = {
        0: (k, 0, 0, -k, -x0 * k, y1 * k),
        90: (0, k, k, 0, -y0 * k, -x0 * k),
        180: (-k, 0, 0, k, x1 * k, -y0 * k),
        270: (0, -k, -k, 0, y1 * k, x1 * k),
    }[turned]
    sideways = turned in (90, 270)
    content = look(page, "/Contents", ())
    parts = content if isinstance(content, list) else [content]
    data = b"\n".join(part.get_object().data if hasattr(part, "get_object") else part.data for part in parts)
    interpreter = _Interpreter(number, store, _State(matrix))
    interpreter.run(data, inherited.get("/Resources") or {}, 0)
    return Page(tall if sideways else wide, wide if sideways else tall, tuple(interpreter.items))


class _Interpreter:
    """Carries out a content stream: what it paints becomes items, in the order in which it is painted."""

    def __init__(self, page: int, store: _Store, state: _State) -> None:
        self.page, self.store, self.state = page, store, state
        self.items: list[Item] = []
        self.kept: list[_State] = []
        self.path: list[tuple[str, tuple[float, ...]]] = []
        self.point = (0.0, 0.0)
        self.clips = ""
        self.text: Matrix = (1, 0, 0, 1, 0, 0)
        self.line: Matrix = self.text
        self.resources: Any = {}

    def run(self, data: bytes, resources: Any, depth: int) -> None:
        before, self.resources = self.resources, resources
        kept = len(self.kept)
        for operator, operands in read_operations(data):
            self.store.operations += 1
            if self.store.operations > MOST_OPERATIONS:
                raise FileTooLarge
            if operator in _PAINTS:
                self._paint(operator)
            elif operator == "Do":
                self._paint_object(operands[0], depth)
            elif (act := getattr(self, f"_do_{_NAMES.get(operator, operator)}", None)) is not None:
                act(*operands)
            elif operator not in _SILENT:
                raise NotConvertible(page=self.page, what=_WORDS.get(operator, operator))
        del self.kept[kept:]
        self.resources = before

    # State

    def _set(self, **values: Any) -> None:
        self.state = replace(self.state, **values)

    def _do_q(self) -> None:
        self.kept.append(self.state)

    def _do_Q(self) -> None:
        if self.kept:
            self.state = self.kept.pop()

    def _do_cm(self, *matrix: float) -> None:
        self._set(matrix=multiply(_six(matrix), self.state.matrix))

    def _do_w(self, width: float) -> None:
        self._set(width=width)

    def _do_J(self, cap: float) -> None:
        self._set(cap=int(cap))

    def _do_j(self, join: float) -> None:
        self._set(join=int(join))

    def _do_d(self, dashes: list[float], phase: float) -> None:
        self._set(dashes=tuple(dashes))

    def _do_gs(self, name: Name) -> None:
        named = self.resources["/ExtGState"][f"/{name}"]
        if look(named, "/SMask", "/None") != "/None":
            raise NotConvertible(page=self.page, what="渐隐的图形")
        if "/ca" in named:
            self._set(fill_alpha=float(named["/ca"]))
        if "/CA" in named:
            self._set(stroke_alpha=float(named["/CA"]))
        if "/LW" in named:
            self._set(width=float(named["/LW"]))

    # Colours

    def _do_fill(self, *parts: Any) -> None:
        self._set(fill=self._colour(parts))

    def _do_stroke(self, *parts: Any) -> None:
        self._set(stroke=self._colour(parts))

    def _do_cs(self, name: Name) -> None:
        self._set(fill=_BLACK)

    def _do_CS(self, name: Name) -> None:
        self._set(stroke=_BLACK)

    def _colour(self, parts: tuple[Any, ...]) -> Colour:
        if any(not isinstance(part, float) for part in parts) or len(parts) not in (1, 3, 4):
            raise NotConvertible(page=self.page, what="渐变色或者图案")
        values = [min(max(part, 0.0), 1.0) for part in parts]
        if len(values) == 1:
            values *= 3
        elif len(values) == 4:
            cyan, magenta, yellow, black = values
            values = [(1 - each) * (1 - black) for each in (cyan, magenta, yellow)]
        red, green, blue = (round(255 * each) for each in values)
        return red, green, blue

    # Paths

    def _do_m(self, x: float, y: float) -> None:
        self.point = (x, y)
        self.path.append(("M", apply(self.state.matrix, x, y)))

    def _do_l(self, x: float, y: float) -> None:
        self.point = (x, y)
        self.path.append(("L", apply(self.state.matrix, x, y)))

    def _do_c(self, *points: float) -> None:
        self._curve(points)

    def _do_v(self, *points: float) -> None:
        self._curve((*self.point, *points))

    def _do_y(self, x1: float, y1: float, x3: float, y3: float) -> None:
        self._curve((x1, y1, x3, y3, x3, y3))

    def _curve(self, points: tuple[float, ...]) -> None:
        x1, y1, x2, y2, x3, y3 = points
        self.point = (x3, y3)
        matrix = self.state.matrix
        self.path.append(("B", (*apply(matrix, x1, y1), *apply(matrix, x2, y2), *apply(matrix, x3, y3))))

    def _do_h(self) -> None:
        if self.path:
            self.path.append(("C", ()))

    def _do_re(self, x: float, y: float, wide: float, tall: float) -> None:
        self._do_m(x, y)
        for corner in ((x + wide, y), (x + wide, y + tall), (x, y + tall)):
            self.path.append(("L", apply(self.state.matrix, *corner)))
        self.path.append(("C", ()))

    def _do_W(self) -> None:
        self.clips = "W"

    def _do_Wstar(self) -> None:
        self.clips = "W*"

    def _paint(self, operator: str) -> None:
        if operator in ("s", "b", "b*"):
            self._do_h()
        path, self.path = tuple(self.path), []
        fills, strokes = operator[0] in "fFBb", operator[0] in "SsBb"
        state = self.state
        if path and (fills or strokes):
            a, b, c, d, _e, _f = state.matrix
            scale = abs(a * d - b * c) ** 0.5
            self.items.append(
                Outline(
                    path,
                    fill=state.fill if fills else None,
                    stroke=state.stroke if strokes else None,
                    # A line of no width is the thinnest that can be seen.
                    width=max(state.width * scale, 0.05),
                    is_even_odd="*" in operator,
                    dashes=tuple(each * scale for each in state.dashes),
                    cap=state.cap,
                    join=state.join,
                    alpha=state.fill_alpha if fills else state.stroke_alpha,
                    clip=state.clip,
                )
            )
        if self.clips and path:
            self._clip(path)
        self.clips = ""

    def _clip(self, path: tuple[tuple[str, tuple[float, ...]], ...]) -> None:
        # Of two clips one in the other only the inner one counts; others that meet aren't worked out.
        if self.state.clip and not _holds(_box(self.state.clip), _box(path)):
            if _holds(_box(path), _box(self.state.clip)):
                return
            if not (_is_rectangle(path) and _is_rectangle(self.state.clip)):
                raise NotConvertible(page=self.page, what="交叠的裁剪区")
            path = _meet(_box(path), _box(self.state.clip))
        self._set(clip=path)

    # Text

    def _do_BT(self) -> None:
        self.text = self.line = (1, 0, 0, 1, 0, 0)

    def _do_Tf(self, name: Name, size: float) -> None:
        named = self.resources["/Font"]
        key = getattr(named.raw_get(f"/{name}"), "reference", None) or id(named[f"/{name}"])
        if key not in self.store.font_places:
            try:
                self.store.fonts.append(read_font(named[f"/{name}"]))
            except UnusableFont as error:
                raise NotConvertible(page=self.page, what="没有嵌入的字体") from error
            self.store.font_places[key] = len(self.store.fonts) - 1
        self._set(font=self.store.font_places[key], size=size)

    def _do_Tc(self, spacing: float) -> None:
        self._set(spacing=spacing)

    def _do_Tw(self, spacing: float) -> None:
        self._set(word_spacing=spacing)

    def _do_Tz(self, percent: float) -> None:
        self._set(stretch=percent / 100)

    def _do_TL(self, leading: float) -> None:
        self._set(leading=leading)

    def _do_Ts(self, rise: float) -> None:
        self._set(rise=rise)

    def _do_Tr(self, mode: float) -> None:
        self._set(mode=int(mode))

    def _do_Tm(self, *matrix: float) -> None:
        self.text = self.line = _six(matrix)

    def _do_Td(self, x: float, y: float) -> None:
        self.text = self.line = multiply((1, 0, 0, 1, x, y), self.line)

    def _do_TD(self, x: float, y: float) -> None:
        self._set(leading=-y)
        self._do_Td(x, y)

    def _do_Tstar(self) -> None:
        self._do_Td(0, -self.state.leading)

    def _do_Tj(self, shown: bytes) -> None:
        self._do_TJ([shown])

    def _do_next(self, shown: bytes) -> None:
        self._do_Tstar()
        self._do_TJ([shown])

    def _do_TJ(self, parts: list[Any]) -> None:
        state = self.state
        if state.font < 0:
            raise BrokenPdf
        font = self.store.fonts[state.font]
        a, b, c, d, _e, _f = multiply(
            (state.size * state.stretch, 0, 0, state.size, 0, state.rise), multiply(self.text, state.matrix)
        )
        size = (c * c + d * d) ** 0.5
        glyphs: list[Glyph] = []
        for part in parts:
            if isinstance(part, float):
                self._advance(-part / 1000 * state.size * state.stretch)
                continue
            for number, text, width in font.read(part):
                x, y = apply(multiply(self.text, state.matrix), 0, state.rise)
                if text.strip() or number:
                    glyphs.append(Glyph(number, text, x, y))
                self._advance((width / 1000 * state.size + state.spacing) * state.stretch)
        if glyphs and state.mode != 3 and size > 0:
            slant = (a / size, b / size, -c / size, -d / size)
            colour = state.stroke if state.mode == 1 else state.fill
            self.items.append(TextRun(state.font, size, slant, tuple(glyphs), colour, state.fill_alpha))

    def _advance(self, by: float) -> None:
        self.text = multiply((1, 0, 0, 1, by, 0), self.text)

    # Pictures and forms

    def _paint_object(self, name: Name, depth: int) -> None:
        named = self.resources["/XObject"]
        painted = named[f"/{name}"]
        if painted["/Subtype"] == "/Form":
            if depth >= DEEPEST_FORM:
                raise BrokenPdf
            before, path = self.state, self.path
            if "/Matrix" in painted:
                self._do_cm(*(float(each) for each in painted["/Matrix"]))
            self.run(painted.data, look(painted, "/Resources", self.resources), depth + 1)
            self.state, self.path = before, path
            return
        key = getattr(named.raw_get(f"/{name}"), "reference", None) or id(painted)
        if key not in self.store.picture_places:
            self.store.pictures.append(self._read_picture(painted))
            self.store.picture_places[key] = len(self.store.pictures) - 1
        # A picture's unit square stands on its lower left corner there, and hangs from the upper left one here.
        matrix = multiply((1, 0, 0, -1, 0, 1), self.state.matrix)
        self.items.append(Picture(self.store.picture_places[key], matrix, self.state.fill_alpha))

    def _read_picture(self, painted: Any) -> bytes:
        try:
            if look(painted, "/Filter") == "/DCTDecode" and "/SMask" not in painted:
                return bytes(painted.encoded_data)
            picture = self._decode(painted)
            if "/SMask" in painted:
                mask = self._decode(painted["/SMask"]).convert("L").resize(picture.size)
                picture = picture.convert("RGBA")
                picture.putalpha(mask)
        except (UnidentifiedImageError, NotImplementedError) as error:
            raise NotConvertible(page=self.page, what="特殊格式的图片") from error
        made = BytesIO()
        picture.save(made, "PNG")
        return made.getvalue()

    def _decode(self, painted: Any) -> Image.Image:
        if look(painted, "/Filter") == "/DCTDecode":
            return Image.open(BytesIO(painted.encoded_data))
        size = (int(painted["/Width"]), int(painted["/Height"]))
        space = look(painted, "/ColorSpace", "/DeviceGray")
        if size[0] * size[1] > 60_000_000:
            raise FileTooLarge
        if look(painted, "/BitsPerComponent") != 8 or look(painted, "/ImageMask", False):
            raise NotConvertible(page=self.page, what="特殊格式的图片")
        channels = len(painted.data) // (size[0] * size[1])
        mode = {1: "L", 3: "RGB", 4: "CMYK"}.get(channels)
        if mode is None or (isinstance(space, list) and space[0] == "/Indexed"):
            raise NotConvertible(page=self.page, what="特殊格式的图片")
        return Image.frombytes(mode, size, painted.data[: channels * size[0] * size[1]])


def _six(matrix: tuple[float, ...]) -> Matrix:
    a, b, c, d, e, f = matrix
    return a, b, c, d, e, f


_Box = tuple[float, float, float, float]


def _box(path: tuple[tuple[str, tuple[float, ...]], ...]) -> _Box:
    xs = [x for _command, points in path for x in points[::2]]
    ys = [y for _command, points in path for y in points[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def _holds(outer: _Box, inner: _Box) -> bool:
    return (
        outer[0] <= inner[0] + _SAME_LINE
        and outer[1] <= inner[1] + _SAME_LINE
        and outer[2] >= inner[2] - _SAME_LINE
        and outer[3] >= inner[3] - _SAME_LINE
    )


def _is_rectangle(path: tuple[tuple[str, tuple[float, ...]], ...]) -> bool:
    corners = [points for command, points in path if command in "ML"]
    x0, y0, x1, y1 = _box(path)
    return all(command in "MLC" for command, _points in path) and all(
        min(abs(x - x0), abs(x - x1)) < _SAME_LINE and min(abs(y - y0), abs(y - y1)) < _SAME_LINE for x, y in corners
    )


def _meet(one: _Box, other: _Box) -> tuple[tuple[str, tuple[float, ...]], ...]:
    x0, y0 = max(one[0], other[0]), max(one[1], other[1])
    x1, y1 = max(x0, min(one[2], other[2])), max(y0, min(one[3], other[3]))
    return (("M", (x0, y0)), ("L", (x1, y0)), ("L", (x1, y1)), ("L", (x0, y1)), ("C", ()))


_PAINTS = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"))
_NAMES = {
    "W*": "Wstar",
    "T*": "Tstar",
    "'": "next",
    **dict.fromkeys(("g", "rg", "k", "sc", "scn"), "fill"),
    **dict.fromkeys(("G", "RG", "K", "SC", "SCN"), "stroke"),
}
_SILENT = frozenset(("ET", "BMC", "BDC", "EMC", "MP", "DP", "BX", "EX", "M", "i", "ri"))
_WORDS = {"sh": "渐变色", "BI": "行内图片", '"': "特殊的字距"}
