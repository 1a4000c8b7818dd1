"""What a form calculates from its answers: always here, whatever a browser has shown meanwhile.

An answer that is missing or can't be read leaves what depends on it empty, without a complaint of its own: the answer
has one. Only where all answers are there is a result that can't be calculated (a divisor of zero) told.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.form_words import sentences_of
from zhengtong.capabilities.cases.item_definition import FieldSpec, ItemDefinition
from zhengtong.kernel.expressions import ExpressionError

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?|[+-]?\.[0-9]{1,18}")
_DATE = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?")
Trouble = tuple[str, int | None, str]


def read_number(text: Any) -> Decimal | None:
    """Return the number that ``text`` states as people write it, full-width digits too; None when it is none."""
    if isinstance(text, bool) or text is None:
        return None
    written = unicodedata.normalize("NFKC", str(text)).strip()
    if not _NUMBER.fullmatch(written):
        return None
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def read_date(text: Any) -> date | None:
    """Return the day that ``text`` states, None when there is no such day."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", str(text or "")).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Columns(Mapping[str, Any]):
    """The rows of a repeating group as an expression sees them: ``staff.wage`` is a column, ``count(staff)`` the
    number of rows."""

    rows: Sequence[Mapping[str, Any]]

    def __getitem__(self, key: str) -> list[Any]:
        return [row.get(key) for row in self.rows]

    def __iter__(self) -> Iterator[str]:
        return iter({key: None for row in self.rows for key in row})

    def __len__(self) -> int:
        return len(self.rows)


def complete(definition: ItemDefinition, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with everything that the form calculates, as it is kept."""
    return calculate(definition, form)[0]


def calculate(definition: ItemDefinition, form: Mapping[str, Any]) -> tuple[dict[str, Any], list[Trouble]]:
    """Return the answers with what is calculated, and what couldn't be: field, row (None outside of one), sentence."""
    full = dict(form)
    troubles: list[Trouble] = []
    if not definition.is_calculating:
        return full, troubles
    for group in definition.fields():
        if any(spec.formula for spec in group.fields):
            full[group.key] = _calculate_rows(group, rows_of(full.get(group.key)), troubles)
    values = {spec.key: _value(spec, full) for spec in definition.fields() if spec.formula is None}
    for spec in definition.calculated:
        # Whether an answer counts may hang on what was calculated before.
        named = {name.partition(".")[0] for name in spec.formula.names} if spec.formula else set()
        asked = {key: values.get(key) for key in named if key in definition.by_key}
        for key in asked:
            if not definition.by_key[key].is_asked(full):
                asked[key] = None
        specs = [definition.by_key[key] for key in asked]
        full[spec.key], trouble = _answer(spec, asked, specs)
        values[spec.key] = _value(spec, full)
        if trouble and spec.is_asked(full):
            troubles.append((spec.key, None, trouble))
    return full, troubles


def rows_of(value: Any) -> list[dict[str, Any]]:
    """Return the rows of a repeating group as kept; what isn't a row is none."""
    return [dict(row) for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def is_blank_row(group: FieldSpec, row: Mapping[str, Any]) -> bool:
    """Return whether nothing was typed into a row; it counts as none, whatever is calculated of nothing."""
    return all(row.get(spec.key) in (None, "", False, []) for spec in group.fields if spec.formula is None)


def _calculate_rows(group: FieldSpec, rows: list[dict[str, Any]], troubles: list[Trouble]) -> list[dict[str, Any]]:
    order = [spec for spec in group.fields if spec.formula is not None]
    for number, row in enumerate(rows):
        if is_blank_row(group, row):
            row.update({spec.key: "" for spec in order})
            continue
        values = {spec.key: _value(spec, row) for spec in group.fields if spec.formula is None and spec.is_asked(row)}
        for spec in order:
            row[spec.key], trouble = _answer(spec, values, group.fields)
            values[spec.key] = _value(spec, row)
            if trouble:
                troubles.append((group.key, number, trouble))
    return rows


def _value(spec: FieldSpec, form: Mapping[str, Any]) -> Any:
    """Return an answer as an expression takes it: a number, a day's text, a list, whether a box is ticked."""
    raw = form.get(spec.key)
    match spec.type:
        case "number":
            number = read_number(raw)
            # What can't be read is marked, so that no function of the expressions reads it after all.
            return f"?{raw}" if number is None and raw not in (None, "") else number
        case "calculated":
            number = read_number(raw)
            return raw if number is None and raw != "" else number
        case "boolean":
            return raw in (True, "on", "true")
        case "date":
            day = read_date(raw)
            return day.isoformat() if day else None
        case "repeat":
            return Columns(
                [
                    {each.key: _value(each, row) for each in spec.list_asked_in(row)}
                    for row in rows_of(raw)[: spec.max_rows]
                    if not is_blank_row(spec, row)
                ]
            )
        case "multichoice":
            return raw if isinstance(raw, list) else []
    return raw.strip() or None if isinstance(raw, str) else raw


def _answer(spec: FieldSpec, values: Mapping[str, Any], specs: Sequence[FieldSpec]) -> tuple[str, str]:
    assert spec.formula is not None
    try:
        return show_result(spec.formula.evaluate(values), spec.decimals), ""
    except ExpressionError as error:
        named = {name.partition(".")[0] for name in spec.formula.names}
        if all(_is_there(each, values.get(each.key)) for each in specs if each.key in named):
            return "", sentences_of(spec)[f"trouble_{_kind_of(str(error))}"]
        return "", ""


def _kind_of(why: str) -> str:
    """Return which of the sentences says why: what the browser finds out by itself is told by kind."""
    if _("除数是零。") in why:
        return "zero"
    return "large" if why == _("算出来的数太大。") else "kinds"


def _is_there(spec: FieldSpec, value: Any) -> bool:
    """Return whether an answer is given and of its kind, so that a formula that fails over it is to be told."""
    if isinstance(value, Columns):
        numbers = [each.key for each in spec.fields if each.type in ("number", "calculated")]
        return all(isinstance(row.get(key), Decimal | None) for row in value.rows for key in numbers)
    if spec.type == "number":
        return isinstance(value, Decimal)
    return value is not None


def show_result(value: Any, decimals: int) -> str:
    """Return what was calculated as text: a number rounded half up, without zeros that say nothing."""
    if value is None or isinstance(value, list | Mapping):
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int | Decimal):
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        text = f"{rounded:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    return str(value)[:1000]
