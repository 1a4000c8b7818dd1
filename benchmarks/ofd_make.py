"""Making OFD with embedded fonts from a laid-out PDF, against fontTools subsetting one such font for the same text."""

from io import BytesIO
from time import perf_counter

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from benchmarks.figure import Figure, compare
from benchmarks.sealing import set_notice
from zhengtong.capabilities.seals.engines.ofd import make_ofd
from zhengtong.capabilities.seals.engines.pdf_layout import read_layout
from zhengtong.core.papers.public import open_font_case


def run() -> Figure:
    notice = set_notice()
    text = {character for font in read_layout(notice).fonts for character in font.glyphs}
    info = next(
        each for each in open_font_case().fonts.fonts() if each.family == open_font_case().song[0] and each.path
    )

    def ours() -> float:
        began = perf_counter()
        make_ofd(read_layout(notice))
        return perf_counter() - began

    def subset() -> float:
        began = perf_counter()
        with TTFont(info.path, fontNumber=info.index, lazy=True) as font:
            subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
            subsetter.populate(text="".join(text))
            subsetter.subset(font)
            font.save(BytesIO())
        return perf_counter() - began

    return compare(
        "ofd_make",
        ours,
        subset,
        unit="s",
        described="fontTools cutting one of the two fonts down to the same characters, without any document",
        lower_is_better=True,
        rounds=5,
    )
