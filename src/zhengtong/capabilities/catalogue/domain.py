"""What an entry says as a plain value, how two versions differ and what that means, what an entry still lacks.

The rules of compatibility are this house's, from the side of whoever already receives the data: *breaking* is what may
stop or falsify what was agreed, *compatible* what doesn't, *same* what only words an entry otherwise.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    SAME = "same"
    COMPATIBLE = "compatible"
    BREAKING = "breaking"


_ORDER = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class FieldText:
    """One information item. What the names mean is said at ``catalogue.models.Field``."""

    code: str
    name: str
    column: str
    kind: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    has_zone: bool = False
    dictionary: str = ""
    grade: int = 1
    personal: str = "none"
    is_key: bool = False
    is_nullable: bool = True
    rule: Mapping[str, Any] = field(default_factory=dict)
    mask: str = "none"
    note: str = ""
    is_proposed: bool = False


@dataclass(frozen=True, slots=True)
class VersionText:
    """What a version says. ``classification`` is the node's code, ``related`` codes of entries, one space between."""

    name: str
    abstract: str
    classification: str
    data_format: str
    share_type: str
    share_condition: str
    share_way: str
    withheld_basis: str
    open_type: str
    open_condition: str
    update_cycle: str
    related: str = ""
    fields: tuple[FieldText, ...] = ()

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "VersionText":
        """Raises KeyError or TypeError when it isn't one."""
        return cls(**{**stored, "fields": tuple(FieldText(**each) for each in stored["fields"])})

    def digest(self) -> str:
        """Return SHA-256 of the canonical JSON, without what is only of the compiling."""
        said = self.plain()
        for each in said["fields"]:
            del each["is_proposed"]
        return hashlib.sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()


HEAD_NAMES = tuple(each.name for each in fields(VersionText) if each.name != "fields")
FIELD_NAMES = tuple(each.name for each in fields(FieldText))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``field`` is an item's code, "" of the head; ``change`` what changed: an attribute or a word."""

    field: str
    change: str
    before: Any
    after: Any
    verdict: str


# How much is let out, most first: later ones are tighter.
_SHARE = ("unconditional", "conditional", "withheld")
_OPEN = ("open", "conditional", "closed")
_PERSONAL = ("none", "personal", "sensitive")
# How often data comes, most often first. What comes irregularly promises nothing.
_CYCLES = ("live", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular")
_RANKED: Mapping[str, Sequence[str]] = {"share_type": _SHARE, "open_type": _OPEN, "update_cycle": _CYCLES}
_WORDS = ("name", "abstract", "classification", "withheld_basis", "related")


def worst(verdicts: Iterable[str]) -> Verdict:
    return max((Verdict(each) for each in verdicts), key=_ORDER.index, default=Verdict.SAME)


def verdict_of(changes: Iterable[Change]) -> Verdict:
    """Return what the changes mean together: as much as the worst of them."""
    return worst(each.verdict for each in changes)


def compare(before: VersionText, after: VersionText) -> list[Change]:
    """Return how ``after`` differs: the head's changes first, then those of items, in the order of ``after``."""
    found = [
        Change("", name, old, new, _judge_head(name, old, new))
        for name in HEAD_NAMES
        if (old := getattr(before, name)) != (new := getattr(after, name))
    ]
    was = {each.code: each for each in before.fields}
    now = {each.code: each for each in after.fields}
    gone = {each.column: each for each in before.fields if each.code not in now and each.column}
    for each in after.fields:
        if each.code in was:
            found += _compare_field(was[each.code], each)
        elif each.column in gone:
            old = gone.pop(each.column)
            found.append(Change(old.code, "renamed", old.code, each.code, Verdict.BREAKING))
            found += [change for change in _compare_field(old, each) if change.verdict != Verdict.SAME]
        else:
            # Whoever receives the agreed columns isn't reached by another one, unless rows are found by it.
            verdict = Verdict.BREAKING if each.is_key else Verdict.COMPATIBLE
            found.append(Change(each.code, "added", None, each.name, verdict))
    renamed = {change.field for change in found if change.change == "renamed"}
    found += [
        Change(each.code, "removed", each.name, None, Verdict.BREAKING)
        for each in before.fields
        if each.code not in now and each.code not in renamed
    ]
    return found


def _judge_head(name: str, old: Any, new: Any) -> Verdict:
    if name in _WORDS:
        return Verdict.SAME
    if name in _RANKED:
        ranks = _RANKED[name]
        return Verdict.BREAKING if ranks.index(new) > ranks.index(old) else Verdict.COMPATIBLE
    return Verdict.COMPATIBLE


def _compare_field(old: FieldText, new: FieldText) -> list[Change]:
    found = []
    for name in FIELD_NAMES:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name in ("code", "is_proposed"):
            continue
        found.append(Change(new.code, name, before, after, _judge_field(name, old, new)))
    return found


def _judge_field(name: str, old: FieldText, new: FieldText) -> Verdict:
    match name:
        case "name" | "note":
            return Verdict.SAME
        case "length":
            return Verdict.COMPATIBLE if _is_wider(old.length, new.length) else Verdict.BREAKING
        case "precision" | "scale":
            return Verdict.COMPATIBLE if _holds(old, new) else Verdict.BREAKING
        case "personal":
            # The ground on which it was granted is another one when it turns out to be personal.
            raised = _PERSONAL.index(new.personal) > _PERSONAL.index(old.personal)
            return Verdict.BREAKING if raised else Verdict.COMPATIBLE
        case "grade":
            return Verdict.BREAKING if new.grade > old.grade else Verdict.COMPATIBLE
        case "mask" | "rule":
            # A contract has frozen its own.
            return Verdict.COMPATIBLE
        case _:
            # Its column, kind, time zone, dictionary, being a key, and either turn of being empty: a target that
            # takes no empty value fails at the first one; a source that must fill it refuses rows that came before.
            return Verdict.BREAKING


def _is_wider(old: int | None, new: int | None) -> bool:
    return new is None or (old is not None and new >= old)


def _holds(old: FieldText, new: FieldText) -> bool:
    """Return whether every decimal of the old precision and scale fits the new ones."""
    if new.precision is None:
        return True
    if old.precision is None:
        return False
    was, now = old.scale or 0, new.scale or 0
    return now >= was and new.precision - now >= old.precision - was


@dataclass(frozen=True, slots=True)
class Gap:
    """Why an entry can't be submitted: ``code`` of a sentence, the item's code or the head's attribute."""

    code: str
    field: str = ""
    name: str = ""
    is_item: bool = False


def list_gaps(text: VersionText, *, watermarks: Sequence[str] = ()) -> list[Gap]:
    """Return what an entry lacks to be submitted, in the page's order.

    国发〔2016〕51号 第九条: 不予共享 names its legal basis, 有条件共享 its conditions. 个人信息保护法 第二十五条:
    what is personal isn't published, so an open entry covers it. ``watermarks`` are the mounts' growing columns: an
    increment finds its rows by a key.
    """
    found = [Gap(f"no-{name}", name) for name in ("name", "abstract") if not getattr(text, name).strip()]
    if text.share_type == "withheld":
        if not text.withheld_basis.strip():
            found.append(Gap("no-basis", "withheld_basis"))
        if text.open_type != "closed":
            found.append(Gap("withheld-but-open", "open_type"))
    if text.share_type == "conditional" and not text.share_condition.strip():
        found.append(Gap("no-condition", "share_condition"))
    if text.open_type == "conditional" and not text.open_condition.strip():
        found.append(Gap("no-open-condition", "open_condition"))
    if not text.fields:
        found.append(Gap("no-fields"))
    for each in text.fields:
        if each.is_key and each.is_nullable:
            found.append(Gap("empty-key", each.code, each.name, True))
        if text.open_type != "closed" and each.personal != "none" and each.mask == "none":
            found.append(Gap("open-personal", each.code, each.name, True))
        if each.is_proposed:
            found.append(Gap("unconfirmed", each.code, each.name, True))
    if text.fields and any(watermarks) and not any(each.is_key for each in text.fields):
        found.append(Gap("no-key"))
    return found


_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


def is_item_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def doubled(codes: Iterable[str]) -> list[str]:
    """Return the codes that come twice; upper and lower case are one."""
    seen: set[str] = set()
    found = []
    for code in codes:
        if code.lower() in seen:
            found.append(code)
        seen.add(code.lower())
    return list(dict.fromkeys(found))


def make_item_code(column: str, taken: Iterable[str], position: int) -> str:
    """Return a code for a column: its own name where that is one, letters of it otherwise."""
    code = re.sub(r"[^A-Za-z0-9_]+", "_", column).strip("_")[:56]
    code = code if code and not code[0].isdigit() else f"f{position}_{code}".strip("_")
    used = {each.lower() for each in taken}
    number, chosen = 2, code
    while chosen.lower() in used:
        chosen, number = f"{code}_{number}", number + 1
    return chosen
