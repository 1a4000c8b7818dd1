"""Values out of the log, which are text, as the Arrow columns in which rows travel; and the row filter over them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import pyarrow as pa
from django.utils.translation import gettext as _

from zhengtong.capabilities.sources.public import Column, ColumnKind, Condition, Operator, SourceError, arrow_type


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _read_bytes(text: str) -> bytes:
    if not text.startswith("\\x"):
        raise ValueError(text[:10])
    return bytes.fromhex(text[2:])


def _read_flag(text: str) -> bool:
    return {"t": True, "f": False}[text]


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


_READERS: Final[Mapping[ColumnKind, Callable[[str], Any]]] = {
    ColumnKind.TEXT: str,
    ColumnKind.JSON: str,
    ColumnKind.INTEGER: int,
    ColumnKind.DECIMAL: _read_decimal,
    ColumnKind.REAL: float,
    ColumnKind.BOOLEAN: _read_flag,
    ColumnKind.DATE: date.fromisoformat,
    ColumnKind.DATETIME: _read_moment,
    ColumnKind.TIME: time.fromisoformat,
    ColumnKind.BINARY: _read_bytes,
}


def make_array(column: Column, values: Sequence[str | None]) -> pa.Array:
    """Return ``values`` as an Arrow column of the kind of ``column``.

    One that the kind can't hold (infinity, a year before Christ, too many digits) leaves the whole column as text: the
    rules then name its row.
    """
    read = _READERS[column.kind]
    try:
        return pa.array([None if value is None else read(value) for value in values], arrow_type(column))
    except (ValueError, KeyError, InvalidOperation, OverflowError, pa.ArrowException):
        return pa.array(values, pa.large_string())


def make_batch(
    columns: Sequence[Column], rows: Sequence[Sequence[str | None]], removed: Sequence[bool], mark: str
) -> pa.RecordBatch:
    """Return one batch of ``columns`` and the flag ``mark`` that says which rows are gone at the source."""
    arrays = [make_array(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    names = [column.name for column in columns]
    return pa.RecordBatch.from_arrays([*arrays, pa.array(removed, pa.bool_())], names=[*names, mark])


def satisfies(row: Mapping[str, str | None], conditions: Sequence[Condition], kinds: Mapping[str, ColumnKind]) -> bool:
    """Return whether a row meets all ``conditions``, as the source's own ``WHERE`` would say."""
    return all(_meets(row[each.column], each, kinds[each.column]) for each in conditions)


def _meets(value: str | None, condition: Condition, kind: ColumnKind) -> bool:
    values = condition.values
    match condition.operator:
        case Operator.IS_EMPTY:
            return value is None or value == ""
        case Operator.IS_FILLED:
            return value is not None and value != ""
        case Operator.UNEQUAL:
            return value is None or _read(kind, value) != _read(kind, values[0])
    if value is None:
        return False
    if condition.operator is Operator.BEGINS_WITH:
        return value.startswith(values[0])
    if condition.operator is Operator.ONE_OF:
        return _read(kind, value) in [_read(kind, each) for each in values]
    own, other = _read(kind, value), _read(kind, values[0])
    match condition.operator:
        case Operator.EQUAL:
            return bool(own == other)
        case Operator.AT_LEAST:
            return bool(own >= other)
    return bool(own <= other)


def _read(kind: ColumnKind, text: str) -> Any:
    try:
        if kind is ColumnKind.BOOLEAN:
            return text.lower() in ("t", "true", "1", "yes", "on")
        found = _READERS[kind](text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise SourceError("filter-unfit", _("行过滤条件无法与值比较，请核对合约的行过滤条件。")) from error
    # A filter is typed without a zone: it means the session's, which is UTC.
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found
