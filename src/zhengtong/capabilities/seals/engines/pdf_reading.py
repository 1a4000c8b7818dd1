"""Opening a PDF that somebody brought: what can't be sealed is named, and a place on a page as it is seen is found."""

import struct
import zlib
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from zhengtong.capabilities.seals.engines.material import (
    MM_PER_POINT,
    BrokenPdf,
    CutPdf,
    EncryptedPdf,
    NotAPdf,
    OutsideThePage,
    PageMissing,
    Placement,
    XfaForm,
)
from zhengtong_verify.faults import READING_FAULTS

_A4 = (0.0, 0.0, 595.276, 841.89)
DEEPEST_TREE = 64
# What a reader of hostile files has to expect from a library: what it raises itself, and what Python does.
PDF_FAULTS = (
    PdfError,
    *READING_FAULTS,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)


def open_pdf(pdf: bytes) -> PdfFileReader:
    """Return a reader of ``pdf``. Raises NotAPdf, CutPdf, BrokenPdf, EncryptedPdf and XfaForm."""
    if b"%PDF-" not in pdf[:1024]:
        raise NotAPdf
    if b"%%EOF" not in pdf[-2048:]:
        raise CutPdf
    try:
        reader = PdfFileReader(BytesIO(pdf))
        if reader.encrypted:
            raise EncryptedPdf
        root = reader.root
        form = look(root, "/AcroForm")
        if form is not None and "/XFA" in form:
            raise XfaForm
        count_pages(reader)
    except PDF_FAULTS as error:
        raise BrokenPdf from error
    return reader


def look(within: Any, name: str, default: Any = None) -> Any:
    """Return what stands under ``name``, wherever in the file it lies."""
    # Not get(): pyHanko's gives the reference, not what it points at.
    return within[name] if name in within else default  # noqa: SIM401


def count_pages(reader: PdfFileReader) -> int:
    """Return how many pages the file says it has."""
    return int(reader.root["/Pages"]["/Count"])


def get_page(reader: PdfFileReader, number: int) -> tuple[Any, dict[str, Any]]:
    """Return page ``number`` (from 1) and what it inherits. Raises PageMissing and BrokenPdf."""
    pages = count_pages(reader)
    if not 1 <= number <= pages:
        raise PageMissing(page=number, pages=pages)
    try:
        node, inherited, before = reader.root["/Pages"], {}, 0
        for _level in range(DEEPEST_TREE):
            for name in ("/MediaBox", "/CropBox", "/Rotate", "/Resources"):
                if name in node:
                    inherited[name] = node[name]
            if "/Kids" not in node:
                return node, inherited
            for kid in node["/Kids"]:
                kid = kid.get_object()
                size = int(kid["/Count"]) if "/Kids" in kid else 1
                if before + size >= number:
                    node = kid
                    break
                before += size
            else:
                raise BrokenPdf
    except PDF_FAULTS as error:
        raise BrokenPdf from error
    raise BrokenPdf


def measure(reader: PdfFileReader, number: int) -> tuple[tuple[float, float, float, float], int, float]:
    """Return what of page ``number`` is seen, in points of the file, by how many degrees it is turned, and the unit."""
    page, inherited = get_page(reader, number)
    try:
        box = [float(each) for each in inherited.get("/CropBox") or inherited.get("/MediaBox") or _A4]
        left, low, right, high = box
        turned = int(inherited.get("/Rotate", 0)) % 360
        unit = float(look(page, "/UserUnit", 1))
    except PDF_FAULTS as error:
        raise BrokenPdf from error
    return (min(left, right), min(low, high), max(left, right), max(low, high)), turned // 90 * 90, unit


def locate(
    reader: PdfFileReader, placement: Placement, width_mm: float, height_mm: float
) -> tuple[tuple[float, float, float, float], int]:
    """Return the rectangle of an image in points of the file, and by how many degrees its page is turned.

    Raises OutsideThePage when it isn't wholly on what is seen of the page.
    """
    (x0, y0, x1, y1), turned, unit = measure(reader, placement.page)
    scale = 1 / MM_PER_POINT / unit
    u, v, w, h = (each * scale for each in (placement.x_mm, placement.y_mm, width_mm, height_mm))
    across, down = (y1 - y0, x1 - x0) if turned in (90, 270) else (x1 - x0, y1 - y0)
    if u < -0.01 or v < -0.01 or u + w > across + 0.01 or v + h > down + 0.01:
        raise OutsideThePage(page=placement.page)
    box = {
        0: (x0 + u, y1 - v - h, x0 + u + w, y1 - v),
        90: (x0 + v, y0 + u, x0 + v + h, y0 + u + w),
        180: (x1 - u - w, y0 + v, x1 - u, y0 + v + h),
        270: (x1 - v - h, y1 - u - w, x1 - v, y1 - u),
    }[turned]
    return box, turned


def list_form_fields(reader: PdfFileReader) -> list[str]:
    """Return the names of the fields on top of the form that aren't signatures."""
    form = look(reader.root, "/AcroForm")
    if form is None:
        return []
    fields = (each.get_object() for each in look(form, "/Fields", ()))
    return [str(each["/T"]) for each in fields if isinstance(each, generic.DictionaryObject) and _is_plain(each)]


def _is_plain(field: generic.DictionaryObject) -> bool:
    return "/T" in field and look(field, "/FT") != "/Sig"
