"""What is asked of a document before it is sealed, and its pages as pictures on which the place is chosen."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.engines.material import MM_PER_POINT, NoPlacement, PageMissing, Placement
from zhengtong.capabilities.seals.engines.ofd import make_ofd
from zhengtong.capabilities.seals.engines.pdf_layout import read_layout
from zhengtong.capabilities.seals.engines.pdf_reading import count_pages, locate, measure, open_pdf
from zhengtong.core.identity.public import Refused

MOST_PLACES: Final = 20
DOTS_PER_INCH: Final = 96
SECONDS: Final = 20

Place = Placement


class PreviewUnavailable(Exception):
    """The page can't be drawn; the position can still be typed."""


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page as it is seen, in millimetres."""

    number: int
    width: float
    height: float


def inspect_pdf(content: bytes) -> int:
    """Return how many pages a PDF has that can be sealed. Raises SealingRefused with the sentence for what is wrong."""
    pages = count_pages(open_pdf(content))
    if pages < 1:
        raise PageMissing(page=1, pages=pages)
    return pages


def check_places(content: bytes, places: Sequence[Place], *, width: float, height: float) -> list[Place]:
    """Return the places in the order of the pages, each wholly on its page. Raises SealingRefused and Refused."""
    if not places:
        raise NoPlacement
    if len(places) > MOST_PLACES:
        raise Refused("places", _("一份文件最多盖 %(n)s 处。") % {"n": MOST_PLACES}, "places")
    reader = open_pdf(content)
    for place in places:
        locate(reader, place, width, height)
    ordered = sorted(places, key=lambda place: (place.page, place.y_mm, place.x_mm))
    if len(set(ordered)) != len(ordered):
        raise Refused("places", _("同一个位置不能盖两次。"), "places")
    return ordered


def measure_page(content: bytes, number: int) -> PageSize:
    """Return the size of a page. Raises SealingRefused."""
    (left, low, right, high), turned, unit = measure(open_pdf(content), number)
    wide, tall = ((right - left) * MM_PER_POINT * unit, (high - low) * MM_PER_POINT * unit)
    return PageSize(number, tall, wide) if turned in (90, 270) else PageSize(number, wide, tall)


def draw_page(content: bytes, number: int) -> bytes:
    """Return a page as PNG. Poppler does it in a process of its own, with a time limit. Raises PreviewUnavailable."""
    with tempfile.TemporaryDirectory(prefix="seal-preview-") as folder:
        source = Path(folder) / "document.pdf"
        source.write_bytes(content)
        page = str(number)
        command = ["pdftoppm", "-png", "-r", str(DOTS_PER_INCH), "-cropbox", "-f", page, "-l", page, "-singlefile"]
        try:
            subprocess.run(
                [*command, str(source), str(Path(folder) / "page")], check=True, capture_output=True, timeout=SECONDS
            )
            return (Path(folder) / "page.png").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise PreviewUnavailable from error


def make_ofd_of(content: bytes) -> bytes:
    """Return the same document as OFD. Raises SealingRefused where its content can't be carried over."""
    return make_ofd(read_layout(content))
