"""What a power says, when it may be exercised, and what differs between two of its versions.

Sources: 行政许可法 第四条、第十四条、第十五条 (a licence is set by law, and granted within the competence that the law
gives); 《关于推行地方各级政府工作部门权力清单制度的指导意见》(中办、国办, 2015): each power with its kind, its legal
basis, its organ and its procedure, published, and adjusted in time when the law changes.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

_LINE = re.compile(r"《(.+?)》([^：]*)：(.*)", re.DOTALL)
_SENTENCE = re.compile(r"[^。；;\n]*[。；;\n]|[^。；;\n]+")


class Adjustment(StrEnum):
    """How a version changes the list. The last two end the power; 下放 goes on with another organ or level."""

    NEW = "new"
    CHANGE = "change"
    MOVE = "move"
    CANCEL = "cancel"
    MERGE = "merge"

    @property
    def ends(self) -> bool:
        return self in (Adjustment.CANCEL, Adjustment.MERGE)


class Standing(StrEnum):
    """How an entry stands on a day."""

    COMPILING = "compiling"
    COMING = "coming"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Basis:
    """One legal basis: the title without its marks, the article, its words."""

    title: str
    article: str
    text: str

    def __str__(self) -> str:
        return f"《{self.title}》{self.article}：{self.text}"


def read_basis(line: str) -> Basis:
    """Return the basis that a line like ``《食品安全法》第三十五条：国家对…`` says. Raises ValueError for others."""
    found = _LINE.fullmatch(line.strip().replace("》:", "》："))
    if found is None:
        raise ValueError(line)
    title, article, text = (" ".join(part.split()) for part in found.groups())
    if not title or not text:
        raise ValueError(line)
    return Basis(title, article, text)


def is_writable(basis: Basis) -> bool:
    """Return whether the basis, written as a line, reads as itself."""
    try:
        return read_basis(str(basis)) == basis
    except ValueError:
        return False


@dataclass(frozen=True)
class PowerText:
    """What one version says."""

    name: str
    kind: str
    organ: str
    level: str
    inquiry_phone: str = ""
    procedure: tuple[str, ...] = ()
    responsibilities: tuple[str, ...] = ()
    accountability: str = ""
    basis: tuple[Basis, ...] = ()

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "PowerText":
        """Return the text that a mapping holds, of a file or a stored version. Raises KeyError."""
        return cls(
            name=raw["name"],
            kind=raw["kind"],
            organ=raw["organ"],
            level=raw["level"],
            inquiry_phone=raw.get("inquiry_phone", ""),
            procedure=tuple(raw.get("procedure", ())),
            responsibilities=tuple(raw.get("responsibilities", ())),
            accountability=raw.get("accountability", ""),
            basis=tuple(Basis(each["title"], each.get("article", ""), each["text"]) for each in raw.get("basis", ())),
        )

    def plain(self) -> dict[str, Any]:
        """Return it without its basis, which is kept in rows of its own."""
        return {
            "name": self.name,
            "kind": self.kind,
            "organ": self.organ,
            "level": self.level,
            "inquiry_phone": self.inquiry_phone,
            "procedure": list(self.procedure),
            "responsibilities": list(self.responsibilities),
            "accountability": self.accountability,
        }


def list_gaps(text: PowerText) -> list[str]:
    """Return the fields without which the legal office can't review a power."""
    return [name for name in ("name", "organ", "procedure", "responsibilities", "basis") if not getattr(text, name)]


# Days ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """From ``day`` on a published version holds; one that ``ends`` withdraws the power."""

    day: date
    number: int
    ends: bool = False


def turn_on(history: Iterable[Turn], day: date) -> Turn | None:
    """Return the turn that holds on ``day``: the last that has come by then. None before the first."""
    come = [turn for turn in history if turn.day <= day]
    return max(come, key=lambda turn: (turn.day, turn.number), default=None)


def standing_on(history: Iterable[Turn], day: date) -> Standing:
    """Return how an entry with this history stands on ``day``."""
    turns = list(history)
    if not turns:
        return Standing.COMPILING
    holding = turn_on(turns, day)
    if holding is None:
        return Standing.COMING
    return Standing.WITHDRAWN if holding.ends else Standing.LIVE


def earliest_next(history: Iterable[Turn], today: date) -> date:
    """Return the first day from which another version may hold: not before today, and after every one published."""
    latest = max((turn.day for turn in history), default=None)
    return today if latest is None or latest < today else date.fromordinal(latest.toordinal() + 1)


# Differences ---------------------------------------------------------------------------------------------

SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True)
class Change:
    """A field that differs, in pieces: what stayed, what went, what came. Pieces together give both texts."""

    name: str
    pieces: tuple[tuple[str, str], ...] = field(default=())

    @property
    def before(self) -> str:
        return "".join(text for tone, text in self.pieces if tone != NEW)

    @property
    def after(self) -> str:
        return "".join(text for tone, text in self.pieces if tone != GONE)


def compare(before: PowerText | None, after: PowerText) -> list[Change]:
    """Return what differs, field by field; against nothing, all that ``after`` says. Texts differ by sentences."""
    old, new = (_say(text) if text else {} for text in (before, after))
    return [
        Change(name, tuple(_pieces(old.get(name, ""), words)))
        for name, words in new.items()
        if old.get(name, "") != words
    ]


def _say(text: PowerText) -> dict[str, str]:
    said = {name: str(value) for name, value in text.plain().items() if isinstance(value, str)}
    said["procedure"] = "\n".join(text.procedure)
    said["responsibilities"] = "\n".join(text.responsibilities)
    said["basis"] = "\n".join(map(str, text.basis))
    return said


def _pieces(before: str, after: str) -> Iterable[tuple[str, str]]:
    one, other = _SENTENCE.findall(before), _SENTENCE.findall(after)
    for act, from_one, to_one, from_other, to_other in difflib.SequenceMatcher(
        a=one, b=other, autojunk=False
    ).get_opcodes():
        if act == "equal":
            yield SAME, "".join(one[from_one:to_one])
            continue
        if to_one > from_one:
            yield GONE, "".join(one[from_one:to_one])
        if to_other > from_other:
            yield NEW, "".join(other[from_other:to_other])
