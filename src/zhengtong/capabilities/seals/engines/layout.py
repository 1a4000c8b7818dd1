"""A document as it lies on its pages: what PDF and OFD say in common. Lengths are millimetres from the upper left."""

from dataclasses import dataclass, field

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Font:
    """A font with only the glyphs that the document needs. ``glyphs`` says which glyph the program's own table gives
    for a text."""

    name: str
    program: bytes
    is_truetype: bool
    glyphs: dict[str, int]
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph of the font, the text it stands for, and where its origin is."""

    number: int
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class TextRun:
    """Glyphs of one look. ``slant`` is what of the matrix isn't size and place: (1, 0, 0, 1) for upright text."""

    font: int
    size: float
    slant: tuple[float, float, float, float]
    glyphs: tuple[Glyph, ...]
    colour: Colour
    alpha: float = 1.0


@dataclass(frozen=True, slots=True)
class Outline:
    """Lines and curves: commands M, L, B (two control points and an end) and C (close), filled, stroked or both."""

    commands: tuple[tuple[str, tuple[float, ...]], ...]
    fill: Colour | None = None
    stroke: Colour | None = None
    width: float = 0.0
    is_even_odd: bool = False
    dashes: tuple[float, ...] = ()
    cap: int = 0
    join: int = 0
    alpha: float = 1.0
    clip: tuple[tuple[str, tuple[float, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: ``matrix`` takes the unit square (its origin the picture's upper left corner) to the page."""

    picture: int
    matrix: Matrix
    alpha: float = 1.0


Item = TextRun | Outline | Picture


@dataclass(frozen=True, slots=True)
class Page:
    width: float
    height: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """``pictures`` are files, PNG or JPEG; runs and pictures name fonts and pictures by their place here."""

    pages: tuple[Page, ...]
    fonts: tuple[Font, ...] = ()
    pictures: tuple[bytes, ...] = ()
    title: str = ""
    author: str = ""
    properties: dict[str, str] = field(default_factory=dict)


def multiply(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that does ``first`` and then ``then``."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return where ``matrix`` takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
