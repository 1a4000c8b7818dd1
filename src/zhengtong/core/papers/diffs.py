"""The difference between two texts line by line, for people to read. Pure."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT = 3
SAME, GONE, NEW, GAP = "same", "gone", "new", "gap"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: its numbers in the old and the new text (0: not there), and its words."""

    state: str
    old: int
    new: int
    words: str


def compare_lines(old: str, new: str) -> list[Line]:
    """Return what changed with a few lines around it; nothing when the texts are the same."""
    one, other = old.splitlines(), new.splitlines()
    if one == other:
        return []
    found: list[Line] = []
    for group in difflib.SequenceMatcher(a=one, b=other, autojunk=False).get_grouped_opcodes(CONTEXT):
        if found:
            found.append(Line(GAP, 0, 0, ""))
        for act, from_old, to_old, from_new, to_new in group:
            found += _lines(act, one[from_old:to_old], other[from_new:to_new], from_old, from_new)
    return found


def _lines(act: str, gone: list[str], new: list[str], from_old: int, from_new: int) -> Iterator[Line]:
    if act == "equal":
        for place, words in enumerate(gone, start=1):
            yield Line(SAME, from_old + place, from_new + place, words)
        return
    for place, words in enumerate(gone, start=1):
        yield Line(GONE, from_old + place, 0, words)
    for place, words in enumerate(new, start=1):
        yield Line(NEW, 0, from_new + place, words)
