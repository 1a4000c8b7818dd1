"""Rows as the contract has them: filtered, checked by its rules, cut to its columns, masked; in that order."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyarrow as pa

from zhengtong.capabilities.catalogue.public import MaskKind
from zhengtong.capabilities.contracts.public import (
    MOST_ROWS,
    ContractContent,
    ContractField,
    FewRows,
    Masks,
    Rules,
    Unplain,
    compile_masks,
)
from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.sources.public import Column, ColumnKind, Condition, Operator, arrow_type

Row = dict[str, Any]
_NUMBERS: Final = (ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.REAL)
# Values that a caller may look a covered column up by, and no others: anything else would let her feel for them.
_WHOLE_VALUES: Final = (Operator.EQUAL, Operator.ONE_OF)
_MOST_VALUES: Final = 500


@dataclass(frozen=True, slots=True)
class Shaped:
    """``rows`` by their agreed names; ``held`` of them broke a rule and stay behind."""

    rows: list[Row]
    held: int


class Shape:
    """A contract's content, compiled once: it is frozen. Raises ValueError for a content that nobody can apply."""

    def __init__(self, content: ContractContent) -> None:
        self.content = content
        self.fields: dict[str, ContractField] = {each.column.name: each for each in content.fields}
        self.sources = tuple(dict.fromkeys(each.source for each in content.fields))
        self._by_source = {each.source: each.column for each in content.fields}
        # A query's rows are another's as well: whether a key came before says nothing here.
        self._rules = Rules(content.fields, content.key, is_unique=True)
        self._masks: Masks | None = None
        if any(each.mask != MaskKind.NONE for each in content.fields):
            self._masks = compile_masks(content)
        self._few = FewRows(content) if FewRows.fits(content) else None
        self._writers = [(each.column.name, _writer(each.column)) for each in content.fields]

    def choose(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that a caller may have of those asked for; all of none. Raises Problem."""
        for name in names:
            if name not in self.fields:
                raise Problem("column-unknown", name)
        return tuple(names) or tuple(self.fields)

    def translate(self, asked: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
        """Return a caller's conditions in the source's names. Raises Problem for what the contract doesn't allow."""
        found = []
        for each in asked:
            try:
                name, operator = str(each["column"]), Operator(each["operator"])
                values = tuple(str(value) for value in each.get("values", ()))
            except (KeyError, TypeError, ValueError, AttributeError):
                raise Problem("body-form", "where") from None
            field = self.fields.get(name)
            if field is None or field.mask == MaskKind.HIDDEN:
                raise Problem("column-unknown", name)
            if field.mask != MaskKind.NONE and operator not in _WHOLE_VALUES:
                raise Problem("column-unknown", name)
            needs_none = operator in (Operator.IS_EMPTY, Operator.IS_FILLED)
            if len(values) > _MOST_VALUES or (not values and not needs_none):
                raise Problem("body-form", name)
            if field.column.kind in _NUMBERS and any(_number(value) is None for value in values):
                raise Problem("body-form", name)
            found.append(Condition(field.source, operator, values))
        return tuple(found)

    def shape(self, rows: Sequence[Mapping[str, Any]], *, wanted: Sequence[str] = (), is_filtered: bool) -> Shaped:
        """Return rows as agreed. ``is_filtered``: the source has applied the contract's filter already.

        Raises Problem ``provider-answer`` when the rows haven't the columns that were agreed.
        """
        if not rows:
            return Shaped([], 0)
        kept = list(rows) if is_filtered else [row for row in rows if self._passes(row)]
        for name in self.sources:
            if not any(name in row for row in rows):
                raise Problem("provider-answer", name)
        if self._few is not None and not wanted and len(kept) <= MOST_ROWS:
            with suppress(Unplain):
                passed, held = self._few.shape(kept)
                return Shaped([self._write(row) for row in passed], held)
        arrays = [_to_array([row.get(name) for row in kept], self._by_source[name]) for name in self.sources]
        return self.shape_batch(pa.RecordBatch.from_arrays(arrays, names=list(self.sources)), wanted=wanted)

    def shape_batch(self, batch: pa.RecordBatch, *, wanted: Sequence[str] = ()) -> Shaped:
        """Return a batch, its columns named as in the source and filtered there, as agreed."""
        checked = self._rules.check(batch)
        passed = checked.batch if self._masks is None else self._masks.apply(checked.batch)
        chosen = set(wanted) or self.fields.keys()
        columns = [
            (name, write, passed.column(at).to_pylist())
            for at, (name, write) in enumerate(self._writers)
            if name in chosen
        ]
        rows = [
            {name: None if (value := values[at]) is None else write(value) for name, write, values in columns}
            for at in range(passed.num_rows)
        ]
        return Shaped(rows, checked.held_rows)

    def _write(self, row: Row) -> Row:
        return {name: None if (value := row[name]) is None else write(value) for name, write in self._writers}

    def _passes(self, row: Mapping[str, Any]) -> bool:
        return all(_holds(row, each, self._by_source.get(each.column)) for each in self.content.conditions)


def _to_array(values: Sequence[Any], column: Column) -> pa.Array:
    """Values of JSON that are of the agreed kind already travel as that: reading them from text again is dear."""
    known = {type(value) for value in values} - {type(None)}
    wanted = arrow_type(column)
    if column.kind is ColumnKind.INTEGER and known <= {int}:
        with suppress(OverflowError, pa.ArrowInvalid):
            return pa.array(values, wanted)
    if column.kind is ColumnKind.DECIMAL and known <= {int, Decimal}:
        with suppress(pa.ArrowInvalid, pa.ArrowTypeError):
            return pa.array([None if value is None else Decimal(value) for value in values], wanted)
    if column.kind is ColumnKind.BOOLEAN and known <= {bool}:
        return pa.array(values, wanted)
    return pa.array([_to_text(value, column.name) for value in values], pa.large_string())


def _to_text(value: Any, name: str) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return str(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
    raise Problem("provider-answer", name)


def _writer(column: Column) -> Callable[[Any], Any]:
    match column.kind:
        case ColumnKind.DECIMAL:
            return str
        case ColumnKind.DATE | ColumnKind.DATETIME | ColumnKind.TIME:
            return _write_moment
        case ColumnKind.BINARY:
            return lambda value: base64.b64encode(value).decode()
        case ColumnKind.JSON:
            return json.loads
    return lambda value: value


def _write_moment(value: date | datetime | time) -> str:
    return value.isoformat()


def _number(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _holds(row: Mapping[str, Any], condition: Condition, column: Column | None) -> bool:
    """Whether a row of a provider that can't filter passes. A column that the row lacks passes nothing."""
    value, text = row.get(condition.column), _to_text(row.get(condition.column), condition.column)
    match condition.operator:
        case Operator.IS_EMPTY:
            return condition.column in row and text in (None, "")
        case Operator.IS_FILLED:
            return text not in (None, "")
    if text is None or not condition.values:
        return False
    if condition.operator is Operator.BEGINS_WITH:
        return text.startswith(condition.values[0])
    is_number = column.kind in _NUMBERS if column else isinstance(value, int | float | Decimal)
    if is_number:
        number, bounds = _number(text), [_number(each) for each in condition.values]
        if number is None or None in bounds:
            return False
        return _compare(number, condition.operator, bounds)
    return _compare(text, condition.operator, list(condition.values))


def _compare(value: Any, operator: Operator, bounds: Sequence[Any]) -> bool:
    match operator:
        case Operator.EQUAL | Operator.ONE_OF:
            return value in bounds if operator is Operator.ONE_OF else bool(value == bounds[0])
        case Operator.UNEQUAL:
            return bool(value != bounds[0])
        case Operator.AT_LEAST:
            return bool(value >= bounds[0])
        case Operator.AT_MOST:
            return bool(value <= bounds[0])
    return False
