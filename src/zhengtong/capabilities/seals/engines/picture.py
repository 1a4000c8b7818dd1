"""A seal's vector image in the forms that documents hold: a page of PDF of exactly its size, and a PNG."""

from functools import lru_cache
from threading import Lock
from typing import Literal

import typst

from zhengtong.capabilities.seals.engines.material import BadSealPicture
from zhengtong.core.papers.public import open_font_case

# 600 dots an inch: what a good printer shows, about 1,000 × 1,000 for a round seal of 42 mm.
PRINT_PPI = 600
_PAGE = """#set page(width: {width}mm, height: {height}mm, margin: 0mm, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: {width}mm, height: {height}mm, fit: "stretch")
"""
_lock = Lock()


@lru_cache(maxsize=64)
def draw_pdf(svg: str, width_mm: float, height_mm: float) -> bytes:
    """Return a PDF whose one page is the image, without a background. Raises BadSealPicture."""
    return _compile(svg, width_mm, height_mm, "pdf")


@lru_cache(maxsize=64)
def draw_png(svg: str, width_mm: float, height_mm: float) -> bytes:
    """Return the image as PNG with transparency. Raises BadSealPicture."""
    return _compile(svg, width_mm, height_mm, "png")


def _compile(svg: str, width_mm: float, height_mm: float, form: Literal["pdf", "png"]) -> bytes:
    source = _PAGE.format(width=f"{width_mm:.3f}", height=f"{height_mm:.3f}")
    try:
        with _lock:  # one compiler serves one thread at a time
            made = typst.compile(
                source.encode(),
                font_paths=open_font_case().fonts,
                sys_inputs={"svg": svg},
                format=form,
                ppi=PRINT_PPI,
            )
    except typst.TypstError as error:
        raise BadSealPicture from error
    assert isinstance(made, bytes)  # one page, one file
    return made
