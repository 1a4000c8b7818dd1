"""The server's texts as Arrow columns, whole columns at a time."""

from collections.abc import Sequence
from datetime import time
from typing import Any

import pyarrow as pa

from zhengtong.capabilities.sources.casting import unfit
from zhengtong.capabilities.sources.domain import Column, ColumnKind, arrow_type


def to_arrow(values: Sequence[Any], column: Column, table: str) -> "pa.Array[Any]":
    """Return a column of the server's own texts. Raises SourceError ``value-unfit``: 0000-00-00, 25:00:00."""
    kind = arrow_type(column)
    match column.kind:
        case ColumnKind.TEXT | ColumnKind.JSON | ColumnKind.BINARY:
            return pa.array(values, kind)
        case ColumnKind.BOOLEAN:
            return pa.array([None if v is None else v not in ("0", b"\0") for v in values], kind)
        case ColumnKind.TIME:
            try:
                return pa.array([None if v is None else time.fromisoformat(v) for v in values], kind)
            except ValueError:
                raise _first_unfit(values, column, table) from None
    plain = pa.timestamp("us") if column.kind is ColumnKind.DATETIME else kind
    try:
        cast = pa.array(values, pa.large_string()).cast(plain)
    except pa.ArrowInvalid:
        raise _first_unfit(values, column, table) from None
    # The session's clock is UTC, so what it says of a moment is UTC.
    return cast if plain == kind else cast.cast(kind)


def _first_unfit(values: Sequence[Any], column: Column, table: str) -> Exception:
    for value in values:
        if value is None:
            continue
        try:
            if column.kind is ColumnKind.TIME:
                time.fromisoformat(value)
            else:
                pa.array([value], pa.large_string()).cast(
                    arrow_type(column) if not column.has_zone else pa.timestamp("us")
                )
        except (ValueError, pa.ArrowInvalid):
            return unfit(table, column, value)
    return unfit(table, column, "—")
