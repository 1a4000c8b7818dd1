"""Text becomes a column of its kind, or an error: nothing is rounded, repaired or guessed.

What a wrong value means (quarantine, correction) is decided by rules elsewhere; a source that can't be trusted to
keep to its types gives its columns as text.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from zhengtong.capabilities.sources.domain import Column, ColumnKind, arrow_type
from zhengtong.capabilities.sources.failures import failure

_TRUE, _FALSE = frozenset(("true", "1", "是", "t", "y")), frozenset(("false", "0", "否", "f", "n"))
# Exactly these: Arrow's own parser would turn 3.30102E+17 into 330102000000000000.
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HEX = re.compile(r"(\\x)?([0-9A-Fa-f]{2})*", re.ASCII)


def _matched(pattern: "re.Pattern[str]", text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _boolean(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE and word not in _FALSE:
        raise ValueError(text)
    return word in _TRUE


def _moment(text: str, has_zone: bool) -> datetime:
    value = datetime.fromisoformat(text)
    if has_zone != (value.tzinfo is not None):
        if has_zone or value.utcoffset():
            raise ValueError(text)
        value = value.replace(tzinfo=None)
    return value


def value_of(text: str, column: Column) -> Any:
    """Return the value that ``text`` is in ``column``. Raises ValueError."""
    match column.kind:
        case ColumnKind.TEXT | ColumnKind.JSON:
            return text
        case ColumnKind.INTEGER:
            return int(_matched(_INTEGER, text))
        case ColumnKind.DECIMAL:
            return Decimal(_matched(_DECIMAL, text))
        case ColumnKind.REAL:
            return float(_matched(_REAL, text))
        case ColumnKind.BOOLEAN:
            return _boolean(text)
        case ColumnKind.DATE:
            return date.fromisoformat(_matched(_DATE, text))
        case ColumnKind.DATETIME:
            return _moment(text, column.has_zone)
        case ColumnKind.TIME:
            return time.fromisoformat(text)
        case ColumnKind.BINARY:
            return bytes.fromhex(_matched(_HEX, text).removeprefix("\\x"))


def text_of(value: Any) -> str:
    """Return a value as a source's own text: what :func:`value_of` reads back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return str(value)


def column_of(texts: Sequence[str | None], column: Column, table: str) -> "pa.Array[Any]":
    """Return texts as an Arrow column; an empty text is no value where the kind isn't text.

    Raises SourceError ``value-unfit`` with the first text that isn't one of the kind.
    """
    kind = arrow_type(column)
    if column.kind in (ColumnKind.TEXT, ColumnKind.JSON):
        return pa.array(texts, kind)
    values: list[Any] = []
    for text in texts:
        try:
            is_empty = text is None or (not text.strip() and column.kind is not ColumnKind.BINARY)
            values.append(None if text is None or is_empty else value_of(text, column))
        except ValueError:
            raise unfit(table, column, text) from None
    return array_of(values, column, table)


def array_of(values: Sequence[Any], column: Column, table: str) -> "pa.Array[Any]":
    """Return Python values as the Arrow column. Raises SourceError ``value-unfit``: too many digits, too large."""
    try:
        return pa.array(values, arrow_type(column))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError) as error:
        raise failure("value-unfit", table=table, name=column.name, said=error) from None


def unfit(table: str, column: Column, text: object) -> Exception:
    return failure("value-unfit", table=table, name=column.name, said=f"{str(text)[:60]!r} ≠ {column.kind.value}")


def batch_of(columns: Sequence[Column], arrays: Mapping[str, "pa.Array[Any]"]) -> pa.RecordBatch:
    """Return columns as one batch in their order."""
    schema = pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])
    return pa.RecordBatch.from_arrays([arrays[column.name] for column in columns], schema=schema)


def cast_batch(batch: pa.RecordBatch, columns: Sequence[Column], table: str) -> pa.RecordBatch:
    """Return the ``columns`` of a batch as the kinds they are declared to be. Raises SourceError."""
    arrays: dict[str, pa.Array[Any]] = {}
    for column in columns:
        position = batch.schema.get_field_index(column.name)
        if position < 0:
            raise failure("column-missing", table=table, name=column.name)
        array, wanted = batch.column(position), arrow_type(column)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if array.type != wanted:
            if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
                array = column_of(array.to_pylist(), column, table)
            else:
                try:
                    array = array.cast(wanted)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                    raise failure("value-unfit", table=table, name=column.name, said=error) from None
        arrays[column.name] = array
    return batch_of(columns, arrays)
