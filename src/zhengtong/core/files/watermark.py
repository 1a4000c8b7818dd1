"""The reader's watermark: whoever photographs a work secret photographs her own name, office and the moment with it."""

import io
import math
from functools import cache
from pathlib import Path

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, StreamObject

from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor

# A third of a page's width apart, a seventh of it dark: the text below stays readable.
_ANGLE, _OPACITY = 30, 0.14
_TILE = 900
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
)


def draw_watermark(content: bytes, content_type: str, actor: Actor, mark: str) -> bytes | None:
    """Return a copy of a PDF, JPEG or PNG with the reader's watermark on every page; None for other formats.

    It is a copy to be read: a seal in the original doesn't hold for it, and the original isn't touched.
    """
    lines = _say(actor, mark)
    if content_type == "application/pdf":
        return _over_pages(content, lines)
    if content_type in ("image/jpeg", "image/png"):
        return _over_image(content, lines)
    return None


def _say(actor: Actor, mark: str) -> tuple[str, str]:
    offices = Organisation.objects.filter(pk=actor.organisation or 0)
    office = offices.values_list("name", flat=True).first() or ""
    return f"{mark} {actor.name}".strip(), f"{office} {timezone.localtime():%Y-%m-%d %H:%M}".strip()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = next((path for path in _FONTS if Path(path).exists()), None)
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _tile(lines: tuple[str, str], size: int = _TILE) -> Image.Image:
    """Return a square, transparent tile with the lines across it."""
    tile = Image.new("L", (size, size), 0)
    draw, font = ImageDraw.Draw(tile), _font(size // 16)
    for row in (0.3, 0.8):
        for number, line in enumerate(lines):
            draw.text((size * 0.5, size * row + number * size / 12), line, fill=255, font=font, anchor="mm")
    return tile.rotate(_ANGLE, resample=Image.Resampling.BICUBIC)


def _over_image(content: bytes, lines: tuple[str, str]) -> bytes:
    with Image.open(io.BytesIO(content)) as opened:
        kind, picture = opened.format, opened.convert("RGB")
    step = max(240, min(picture.size) // 2)
    tile = _tile(lines).resize((step, step))
    mask = Image.new("L", picture.size, 0)
    for x in range(0, picture.width, step):
        for y in range(0, picture.height, step):
            mask.paste(tile, (x, y))
    mask = mask.point(lambda value: int(value * _OPACITY * 2))
    picture.paste(Image.new("RGB", picture.size, (90, 90, 90)), (0, 0), mask)
    written = io.BytesIO()
    picture.save(written, kind or "PNG", quality=90)
    return written.getvalue()


def _over_pages(content: bytes, lines: tuple[str, str]) -> bytes:
    """Put one tile, kept once in the file, over every page as often as it fits."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content), strict=False))
    tile = writer._add_object(_as_xobject(writer, _tile(lines)))
    for page in writer.pages:
        box = page.cropbox
        left, bottom, width, height = (float(v) for v in (box.left, box.bottom, box.width, box.height))
        step = max(120.0, width / 2.2)
        drawn = [
            f"q {step:.2f} 0 0 {step:.2f} {left + x * step:.2f} {bottom + y * step:.2f} cm /ZtReader Do Q"
            for x in range(math.ceil(width / step))
            for y in range(math.ceil(height / step))
        ]
        resources = page.setdefault(NameObject("/Resources"), DictionaryObject()).get_object()
        images = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
        images[NameObject("/ZtReader")] = tile
        _append(writer, page, "\n".join(drawn).encode())
    writer.metadata = None
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _as_xobject(writer: PdfWriter, tile: Image.Image) -> StreamObject:
    def image(data: bytes, colours: str) -> StreamObject:
        stream = StreamObject()
        stream.set_data(data)
        stream.update(
            {
                NameObject("/Type"): NameObject("/XObject"),
                NameObject("/Subtype"): NameObject("/Image"),
                NameObject("/Width"): FloatObject(tile.width),
                NameObject("/Height"): FloatObject(tile.height),
                NameObject("/ColorSpace"): NameObject(colours),
                NameObject("/BitsPerComponent"): FloatObject(8),
            }
        )
        return stream.flate_encode()

    grey = image(bytes([90]) * (tile.width * tile.height), "/DeviceGray")
    mask = image(tile.point(lambda value: int(value * _OPACITY * 2)).tobytes(), "/DeviceGray")
    grey[NameObject("/SMask")] = writer._add_object(mask)
    return grey


def _append(writer: PdfWriter, page: DictionaryObject, drawn: bytes) -> None:
    """Draw after the page's own content, whatever state that leaves behind."""
    before, after = StreamObject(), StreamObject()
    before.set_data(b"q\n")
    after.set_data(b"\nQ\n" + drawn)
    contents = page.get("/Contents")
    own = contents.get_object() if contents is not None else ArrayObject()
    parts = list(own) if isinstance(own, ArrayObject) else [contents]
    page[NameObject("/Contents")] = ArrayObject([writer._add_object(before), *parts, writer._add_object(after)])
