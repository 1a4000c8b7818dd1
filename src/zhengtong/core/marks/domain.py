"""The rules of marks: the lattice, how a mark is written, the text that is signed.

Sources: 保守国家秘密法 (2024) art. 14 (three levels of state secrets), art. 20 (period), art. 21 (circle of knowledge),
art. 64 (work secrets); GB/T 9704-2012 7.2.2 (where and how a mark is written: level★period). A mark's lattice is a
chain, so the least mark that covers several is their highest.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zhengtong.kernel.marks import Mark


def cover(levels: Iterable[int]) -> Mark:
    """Return the least mark that is as high as each of ``levels``: what is derived from them has to have it."""
    return Mark(max(levels, default=Mark.PUBLIC))


def write_mark(level: int, until: date | None, marked_on: date) -> str:
    """Return the mark as it is printed: 工作秘密★3年, with the last day where the period isn't of whole years."""
    label = str(Mark(level).label)
    if level < Mark.WORK_SECRET or until is None:
        return label
    years = until.year - marked_on.year
    if years > 0 and (until.month, until.day) == (marked_on.month, marked_on.day):
        return f"{label}★{years}年"
    return f"{label}★{until:%Y-%m-%d}"


def state(facts: Mapping[str, Any]) -> bytes:
    """Return the text of a mark that is signed, one for one set of facts: JSON, keys sorted, no spaces, UTF-8."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
