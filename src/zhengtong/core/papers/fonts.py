"""Which fonts papers are set in, where they are, and which characters they can show.

The fonts are Debian's fonts-noto-cjk; another installation's equivalents stand behind them in the chain.
The chain is explicit and the typesetter's own fallback is off, so that one installation always sets one
content in the same way.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

SONG = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "SimSun", "FandolSong")
HEI = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "SimHei", "FandolHei")
REST = ("Noto Sans CJK SC", "Noto Serif CJK SC", "DejaVu Sans", "Liberation Serif", "Noto Sans Symbols2", "Symbola")
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/opt/homebrew/share/fonts", "/Library/Fonts")


class FontsMissing(RuntimeError):
    """No font on this machine can show Chinese: papers can't be printed."""

    def __init__(self) -> None:
        super().__init__(
            "找不到中文字体，无法排印文书。请安装 fonts-noto-cjk（apt install fonts-noto-cjk），"
            "或用环境变量 FONT_DIR 指明字体所在的文件夹。"
        )


@dataclass(frozen=True, slots=True)
class FontCase:
    """The fonts found on this machine: for the typesetter, by use, and the code points they show together."""

    fonts: typst.Fonts
    song: tuple[str, ...]
    hei: tuple[str, ...]
    coverage: frozenset[int]
    has_preferred: bool


@cache
def open_font_case() -> FontCase:
    """Look for the fonts once a process (about 0.3 s). Raises FontsMissing."""
    folders = [Path(p) for p in (os.environ.get("FONT_DIR", ""), *FOLDERS) if p and Path(p).is_dir()]
    # The explicit folders are for machines whose fontconfig doesn't list them; a path seen twice does no harm.
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(p) for p in folders])
    here = set(fonts.families())
    song, hei = (tuple(f for f in chain if f in here) for chain in (SONG, HEI))
    if not song and not hei:
        raise FontsMissing
    rest = tuple(f for f in REST if f in here)
    whole_song, whole_hei = (tuple(dict.fromkeys((*a, *b, *rest))) for a, b in ((song, hei), (hei, song)))
    preferred = SONG[0] in here and HEI[0] in here
    return FontCase(fonts, whole_song, whole_hei, _coverage(fonts, set(whole_song)), preferred)


def _coverage(fonts: typst.Fonts, families: set[str]) -> frozenset[int]:
    covered: set[int] = set()
    seen: set[str] = set()
    for info in fonts.fonts():
        if info.family in families and info.path and info.family not in seen and info.style == "normal":
            seen.add(info.family)
            with TTFont(info.path, fontNumber=info.index, lazy=True) as font:
                covered.update(font.getBestCmap() or ())
    return frozenset(covered)
