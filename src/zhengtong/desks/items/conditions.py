"""Conditions built from dropdowns: lines of field, comparison and value, of which all or any must hold."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import ItemDraft, get_rulebook, list_form

MOST_LINES = 12
CHOICES, NUMBERS = ("choice", "multichoice", "dictionary"), ("number", "calculated")
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Asked:
    """A question or a field that a condition may look at."""

    key: str
    label: str
    type: str
    options: tuple[str, ...]

    @property
    def comparisons(self) -> list[tuple[str, str]]:
        if self.type in NUMBERS:
            found = [("at_least", _("至少")), ("below", _("小于"))]
            return [*found, ("threshold", _("达到法定界限"))]
        return [("is", _("是其中之一")), ("is_not", _("不是其中任何一个"))]


@dataclass
class Line:
    """One comparison. ``values`` of a choice, ``amount`` of a number, ``threshold`` the code of a dated rule."""

    field: str = ""
    comparison: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    amount: str = ""
    threshold: str = ""


def list_asked(draft: ItemDraft, part: str) -> list[Asked]:
    """Return what a condition of ``part`` may look at: for the items of a bundle only its questions."""
    text = draft.definition
    form = {"form": [] if part == "items" else text.get("form") or [], "questions": text.get("questions")}
    return [
        Asked(each["key"], each.get("label", each["key"]), each.get("type", ""), tuple(each.get("options", ())))
        for section in list_form(form)
        for each in section.get("fields", ())
        if each.get("type") in (*CHOICES, *NUMBERS, "text")
    ]


def list_thresholds() -> list[tuple[str, str]]:
    """Return the dated thresholds in force, each with its amount and source."""
    today = timezone.localdate()
    rows = [row for row in get_rulebook().thresholds if row.is_effective(today)]
    return [(row.code, f"{row.title}：{row.amount:g}{row.unit}（{row.law} {row.article}）") for row in rows]


def read_lines(raw: Any) -> tuple[str, list[Line]] | None:
    """Return how the lines are joined, and the lines; None of a condition that is more than one list of them."""
    if not raw:
        return "all", []
    for join in ("all", "any"):
        if join in raw:
            lines = [_read_line(each) for each in raw[join]]
            return None if None in lines else (join, [line for line in lines if line is not None])
    line = _read_line(raw)
    return None if line is None else ("all", [line])


def _read_line(raw: Any) -> Line | None:
    match raw:
        case {"not": {"field": str(key), "values": [*values]}}:
            return Line(key, "is_not", [str(each) for each in values])
        case {"not": {"field": str(key), "at_least": amount}}:
            return Line(key, "below", amount=f"{amount:g}")
        case {"field": str(key), "values": [*values]}:
            return Line(key, "is", [str(each) for each in values])
        case {"field": str(key), "threshold": str(code)} | {"field": str(key), "rule": str(code)}:
            return Line(key, "threshold", threshold=code)
        case {"field": str(key), "at_least": amount}:
            return Line(key, "at_least", amount=f"{amount:g}")
    return None


def read_posted(posted: QueryDict) -> tuple[str, list[Line]]:
    """Return the lines as they were chosen on the page."""
    typed = posted.get("lines", "0")
    count = min(int(typed), MOST_LINES) if typed.isdecimal() and len(typed) < 4 else 0
    lines = [
        Line(
            posted.get(f"f{n}", "")[:60],
            posted.get(f"o{n}", "")[:20],
            [value[:_LONGEST_VALUE] for value in posted.getlist(f"v{n}") if value.strip()][:50],
            posted.get(f"a{n}", "").strip()[:20],
            posted.get(f"t{n}", "")[:60],
        )
        for n in range(count)
    ]
    return ("any" if posted.get("join") == "any" else "all"), lines


def write_condition(
    join: str, lines: Iterable[Line], asked: Mapping[str, Asked]
) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the condition that the lines state (None of no lines), and what is wrong about them, in words."""
    found: list[dict[str, Any]] = []
    wrong: list[str] = []
    codes = {code for code, _title in list_thresholds()}
    for number, line in enumerate(lines, 1):
        question = asked.get(line.field)
        if question is None:
            wrong.append(_("第 %(n)d 行没有选择问题或者字段") % {"n": number})
            continue
        stated = _write_line(line, question, codes)
        if stated is None:
            wrong.append(_("第 %(n)d 行没有填完整") % {"n": number})
        else:
            found.append(stated)
    if not found:
        return None, wrong
    return (found[0] if len(found) == 1 else {join: found}), wrong


def _write_line(line: Line, question: Asked, codes: set[str]) -> dict[str, Any] | None:
    if question.type in NUMBERS:
        if line.comparison == "threshold":
            return {"field": question.key, "threshold": line.threshold} if line.threshold in codes else None
        try:
            amount = float(line.amount)
        except ValueError:
            return None
        if not abs(amount) < 1e12:
            return None
        plain: float | int = int(amount) if amount == int(amount) else amount
        stated = {"field": question.key, "at_least": plain}
        return {"not": stated} if line.comparison == "below" else stated
    values = [each for each in line.values if each in question.options] if question.options else line.values
    if not values:
        return None
    return {"not": {"field": question.key, "values": values}} if line.comparison == "is_not" else {
        "field": question.key, "values": values
    }  # fmt: skip
