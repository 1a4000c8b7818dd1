"""Row filters and watermarks for sources that can't filter by themselves: files and interfaces."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from zhengtong.capabilities.sources.casting import text_of, unfit, value_of
from zhengtong.capabilities.sources.domain import Column, ColumnKind, Condition, Operator, Reading, arrow_type
from zhengtong.capabilities.sources.drivers.untyped import compute
from zhengtong.capabilities.sources.failures import failure


def find_columns(table: str, columns: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns called ``names``. Raises SourceError ``column-missing``."""
    known = {column.name: column for column in columns}
    for name in names:
        if name not in known:
            raise failure("column-missing", table=table, name=name)
    return tuple(known[name] for name in names)


def needed(reading: Reading) -> tuple[str, ...]:
    """Return the columns that a reading touches: those asked for, then those that only filter."""
    names = [*reading.columns, *(condition.column for condition in reading.conditions)]
    if reading.watermark:
        names.append(reading.watermark)
    return tuple(dict.fromkeys(names))


def filter_batch(batch: pa.RecordBatch, reading: Reading, columns: Sequence[Column]) -> pa.RecordBatch:
    """Return the rows of ``batch`` for which all conditions hold. Raises SourceError for a value of another kind."""
    conditions = list(reading.conditions)
    known = {column.name: column for column in columns}
    mask: Any = None
    if reading.watermark:
        column = known[reading.watermark]
        # Without a value a row has no place in the order; it would be read by no window.
        mask = compute.is_valid(batch[reading.watermark])
        if reading.after:
            mask = _both(mask, compute.greater(batch[column.name], _scalar(reading.after, column, reading.table)))
        if reading.until:
            conditions.append(Condition(column.name, Operator.AT_MOST, (reading.until,)))
    for condition in conditions:
        mask = _both(mask, _holds(batch[condition.column], condition, known[condition.column], reading.table))
    return batch if mask is None else batch.filter(mask)


def _both(first: Any, second: Any) -> Any:
    return second if first is None else compute.and_kleene(first, second)


def _scalar(text: str, column: Column, table: str) -> Any:
    try:
        return pa.scalar(value_of(text, column), arrow_type(column))
    except (ValueError, pa.ArrowInvalid):
        raise unfit(table, column, text) from None


def _holds(array: Any, condition: Condition, column: Column, table: str) -> Any:
    match condition.operator:
        case Operator.IS_EMPTY | Operator.IS_FILLED:
            empty = compute.is_null(array)
            if column.kind is ColumnKind.TEXT:
                empty = compute.or_kleene(empty, compute.fill_null(compute.equal(array, ""), True))
            return empty if condition.operator is Operator.IS_EMPTY else compute.invert(empty)
        case Operator.ONE_OF:
            values = [_scalar(text, column, table) for text in condition.values]
            return compute.is_in(array, value_set=pa.array([each.as_py() for each in values], arrow_type(column)))
    if not condition.values:
        raise failure("settings", name=condition.column, said=condition.operator.value)
    first = condition.values[0]
    match condition.operator:
        case Operator.BEGINS_WITH:
            texts = array if column.kind is ColumnKind.TEXT else array.cast(pa.large_string())
            return compute.starts_with(texts, first)
        case Operator.EQUAL:
            return compute.equal(array, _scalar(first, column, table))
        case Operator.UNEQUAL:
            return compute.not_equal(array, _scalar(first, column, table))
        case Operator.AT_LEAST:
            return compute.greater_equal(array, _scalar(first, column, table))
        case _:
            return compute.less_equal(array, _scalar(first, column, table))


def greatest(array: Any, before: Any) -> Any:
    """Return the greater of ``before`` and the greatest value of a column; None of no values."""
    values = compute.drop_null(array)
    if len(values) == 0:
        return before
    # max isn't made for every kind, the order of a sort is.
    last = values[compute.array_sort_indices(values, order="descending")[0].as_py()].as_py()
    return last if before is None or last > before else before


def say_watermark(value: Any) -> str:
    return "" if value is None else text_of(value)
