"""What is read and written anywhere: columns of ten kinds, tables of them, and what a reading asks for.

The kinds are those that every source and target knows; a driver says how it names them. Values travel as Arrow columns
of :func:`arrow_type`, so that a decimal stays a decimal and text is never guessed to be a number.
"""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa


class ColumnKind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    REAL = "real"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    BINARY = "binary"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``length`` is in characters (bytes for binary), ``precision`` and ``scale`` are a decimal's digits.

    ``native`` is the source's own name of the type, for people. ``has_zone``: a moment rather than a wall clock's time.
    """

    name: str
    kind: ColumnKind
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    is_nullable: bool = True
    is_key: bool = False
    has_zone: bool = False
    comment: str = ""
    native: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, a file or an interface's list. ``rows`` is the source's own estimate; None when it has none."""

    name: str
    columns: tuple[Column, ...]
    comment: str = ""
    rows: int | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_key)


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    ONE_OF = "in"
    BEGINS_WITH = "begins"
    IS_EMPTY = "empty"
    IS_FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a row filter; the conditions of a filter hold together. ``values`` are written as text."""

    column: str
    operator: Operator
    values: tuple[str, ...] = ()


CHUNK_ROWS = 25_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked of a source: ``columns`` of ``table`` where all of ``conditions`` hold.

    With ``watermark`` (a column) only rows with ``after`` < value ≤ ``until``; both are the source's own text of the
    value, "" for an open end. Batches have ``chunk_rows`` rows at most.
    """

    table: str
    columns: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    watermark: str = ""
    after: str = ""
    until: str = ""
    chunk_rows: int = CHUNK_ROWS


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did to the target. ``was_done``: an earlier attempt of the same run had done it already."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    was_done: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """Where rows land: ``columns`` of ``table``, found again by ``key``.

    ``run`` names the attempt's window for ever: a second merge of the same ``run`` does nothing. With ``is_whole``
    the batch is the whole (rows of the target that it lacks are deleted, unless more than ``most_deleted`` of 1.0 of
    them would be: then :class:`TooManyDeleted`). ``removed`` names a boolean column that isn't landed: its rows are
    deletions.
    """

    table: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    run: str
    is_whole: bool = False
    most_deleted: float = 1.0
    removed: str = ""


class SourceError(Exception):
    """A source or target can't do what is asked. ``code`` is stable, ``message`` says what happened and what to do."""

    def __init__(self, code: str, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        # Worth another try by itself: the source is down, slow, or was cut off.
        self.is_passing = is_passing


class TooManyDeleted(SourceError):
    """A whole batch would delete more of the target than it may; nothing was changed."""

    def __init__(self, message: str, *, would_delete: int, has: int) -> None:
        super().__init__("too-many-deleted", message)
        self.would_delete, self.has = would_delete, has


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type in which values of ``column`` travel."""
    match column.kind:
        case ColumnKind.TEXT | ColumnKind.JSON:
            return pa.large_string()
        case ColumnKind.INTEGER:
            return pa.int64()
        case ColumnKind.DECIMAL:
            # What a numeric without limits holds in practice; more digits are refused, not rounded.
            return pa.decimal128(column.precision or 38, column.scale if column.precision else 10)
        case ColumnKind.REAL:
            return pa.float64()
        case ColumnKind.BOOLEAN:
            return pa.bool_()
        case ColumnKind.DATE:
            return pa.date32()
        case ColumnKind.DATETIME:
            return pa.timestamp("us", tz="UTC" if column.has_zone else None)
        case ColumnKind.TIME:
            return pa.time64("us")
        case ColumnKind.BINARY:
            return pa.large_binary()
