"""Making any text printable as what it is: nothing hidden, nothing reordered, never an empty box."""

import unicodedata
from collections.abc import Container
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

# Joiners and selectors only choose between looks of their neighbours; alone they'd print as boxes.
_SILENT = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff") | {chr(c) for c in range(0xFE00, 0xFE10)}
# Categories that hide or reorder text (controls, bidirectional marks) or mean nothing outside one machine.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = {"\t": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n"}


def printable(text: str, coverage: Container[int] | None = None) -> str:
    """Return ``text`` with each sign that no font shows, or that would hide or turn others, as 〔U+202E〕.

    ``coverage`` holds the code points that can be shown; without it only the hiding signs are replaced.
    Line ends become ``\\n``; joiners and variation selectors are dropped.
    """
    shown = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if character in _SILENT:
            continue
        character = _SPACES.get(character, character)
        if character == "\n" or unicodedata.category(character) == "Zs":
            shown.append(character if character in "\n\u3000\u00a0" else " ")
        elif unicodedata.category(character) in _UNPRINTABLE or (coverage and ord(character) not in coverage):
            shown.append(f"〔U+{ord(character):04X}〕")
        else:
            shown.append(character)
    return "".join(shown)


def printable_content(value: Any, coverage: Container[int] | None = None) -> Any:
    """Return the JSON-like ``value`` with every text made :func:`printable` and days and moments as ISO text.

    Aware moments are turned to China's time, so that the hour is printed as it stands.
    """
    match value:
        case str():
            return printable(value, coverage)
        case datetime() if value.tzinfo is not None:
            return value.astimezone(ZONE).isoformat()
        case date():  # a moment without a zone included
            return value.isoformat()
        case dict():
            return {str(k): printable_content(v, coverage) for k, v in value.items()}
        case list() | tuple():
            return [printable_content(v, coverage) for v in value]
        case None | bool() | int() | float():
            return value
        case _:
            return printable(str(value), coverage)
