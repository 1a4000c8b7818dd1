"""Types of MariaDB and MySQL as kinds of columns, and the other way round."""

import re
from collections.abc import Mapping
from typing import Any, Final

from zhengtong.capabilities.sources.domain import Column, ColumnKind, Table
from zhengtong.capabilities.sources.drivers.mysql.session import heard, quote
from zhengtong.capabilities.sources.failures import failure

_INTEGERS: Final = frozenset(("tinyint", "smallint", "mediumint", "int", "bigint", "year"))
_BINARIES: Final = frozenset(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"))
_SHAPES: Final = frozenset(
    (
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
    )
)
# Arrow's decimals have 38 digits, the server's 65; more travel as text.
_MOST_DIGITS: Final = 38
# A row's columns have 65,535 bytes together; what is longer lies elsewhere.
_LONGEST_VARCHAR: Final = 1000
_KEY_CHARACTERS: Final = 255


def kind_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return kind, length, precision and scale of a row of ``information_schema.columns``."""
    kind, written = row["data_type"].lower(), row["column_type"].lower()
    if kind == "tinyint" and written.startswith("tinyint(1)"):
        return {"kind": ColumnKind.BOOLEAN}
    if kind == "bigint" and "unsigned" in written:
        return {"kind": ColumnKind.DECIMAL, "precision": 20, "scale": 0}
    if kind in _INTEGERS:
        return {"kind": ColumnKind.INTEGER}
    if kind == "decimal":
        precision, scale = int(row["numeric_precision"]), int(row["numeric_scale"])
        if precision > _MOST_DIGITS:
            return {"kind": ColumnKind.TEXT}
        return {"kind": ColumnKind.DECIMAL, "precision": precision, "scale": scale}
    if kind in ("float", "double"):
        return {"kind": ColumnKind.REAL}
    if kind == "bit":
        return {"kind": ColumnKind.BOOLEAN} if written == "bit(1)" else {"kind": ColumnKind.BINARY}
    if kind in ("date", "time"):
        return {"kind": ColumnKind(kind)}
    if kind in ("datetime", "timestamp"):
        return {"kind": ColumnKind.DATETIME, "has_zone": kind == "timestamp"}
    if kind in _SHAPES:
        return {"kind": ColumnKind.BINARY}
    if kind in _BINARIES:
        return {"kind": ColumnKind.BINARY, "length": int(row["character_maximum_length"])}
    if kind == "json":
        return {"kind": ColumnKind.JSON}
    length = row["character_maximum_length"]
    # A longtext's limit is no limit that anybody meant.
    known = int(length) if length is not None and re.match(r"(var)?char", kind) else None
    return {"kind": ColumnKind.TEXT, "length": known}


_COLUMNS: Final = """
SELECT c.column_name, c.data_type, c.column_type, c.character_maximum_length, c.numeric_precision, c.numeric_scale,
  c.is_nullable, c.column_comment, k.column_name
FROM information_schema.columns c
LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema AND k.table_name = c.table_name
  AND k.column_name = c.column_name AND k.constraint_name = 'PRIMARY'
WHERE c.table_schema = DATABASE() AND c.table_name = %s ORDER BY c.ordinal_position
"""
_NAMES: Final = (
    "column_name", "data_type", "column_type", "character_maximum_length", "numeric_precision", "numeric_scale",
    "is_nullable", "column_comment", "key",
)  # fmt: skip


def describe(session: Any, place: str, name: str, texts: frozenset[str] = frozenset()) -> Table:
    """Return a table as it is now; columns in ``texts`` (``table.column``) travel as text. Raises SourceError."""
    with heard(place, table=name), session.cursor() as cursor:
        cursor.execute(_COLUMNS, [name])
        rows = [dict(zip(_NAMES, row, strict=True)) for row in cursor.fetchall()]
        if not rows:
            raise failure("table-missing", name=name)
        cursor.execute(
            "SELECT table_comment, table_rows, table_type FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_name = %s",
            [name],
        )
        comment, estimate, _type = cursor.fetchone() or ("", None, "")
    columns = []
    for row in rows:
        known = kind_of(row)
        if f"{name}.{row['column_name']}" in texts:
            known = {"kind": ColumnKind.TEXT}
        columns.append(
            Column(
                row["column_name"],
                is_nullable=row["is_nullable"] == "YES",
                is_key=row["key"] is not None,
                comment=row["column_comment"] or "",
                native=row["column_type"],
                **known,
            )
        )
    return Table(name, tuple(columns), comment or "", None if estimate is None else int(estimate))


def type_for(column: Column, *, is_key: bool) -> str:
    """Return the type that a new table gets for a column. Moments are kept in UTC: TIMESTAMP ends in 2038."""
    match column.kind:
        case ColumnKind.TEXT:
            if is_key:
                return f"VARCHAR({min(column.length or _KEY_CHARACTERS, 768)}) COLLATE utf8mb4_bin"
            if column.length and column.length <= _LONGEST_VARCHAR:
                return f"VARCHAR({column.length}) COLLATE utf8mb4_bin"
            return "LONGTEXT COLLATE utf8mb4_bin"
        case ColumnKind.JSON:
            return "LONGTEXT COLLATE utf8mb4_bin"
        case ColumnKind.INTEGER:
            return "BIGINT"
        case ColumnKind.DECIMAL:
            return f"DECIMAL({column.precision or 38},{(column.scale or 0) if column.precision else 10})"
        case ColumnKind.REAL:
            return "DOUBLE"
        case ColumnKind.BOOLEAN:
            return "TINYINT(1)"
        case ColumnKind.DATE:
            return "DATE"
        case ColumnKind.DATETIME:
            return "DATETIME(6)"
        case ColumnKind.TIME:
            return "TIME(6)"
        case ColumnKind.BINARY:
            return "VARBINARY(255)" if is_key else "LONGBLOB"


# Which kinds of a target's column take a kind without changing the value.
_TAKES: Final[Mapping[ColumnKind, frozenset[ColumnKind]]] = {
    ColumnKind.TEXT: frozenset((ColumnKind.TEXT, ColumnKind.JSON)),
    ColumnKind.JSON: frozenset((ColumnKind.TEXT, ColumnKind.JSON)),
    ColumnKind.BOOLEAN: frozenset((ColumnKind.BOOLEAN, ColumnKind.INTEGER)),
    ColumnKind.INTEGER: frozenset((ColumnKind.INTEGER, ColumnKind.DECIMAL)),
}


def check_fits(table: str, sent: Column, there: Column) -> None:
    """Raise SourceError ``column-other`` or ``column-narrow`` when ``there`` can't take what ``sent`` may hold."""
    if there.kind not in _TAKES.get(sent.kind, {sent.kind}):
        raise failure("column-other", table=table, name=sent.name)
    if sent.length and there.length and there.length < sent.length:
        raise failure("column-narrow", table=table, name=sent.name)
    if sent.kind is ColumnKind.DECIMAL and sent.precision and there.precision:
        whole, there_whole = sent.precision - (sent.scale or 0), there.precision - (there.scale or 0)
        if there_whole < whole or (there.scale or 0) < (sent.scale or 0):
            raise failure("column-narrow", table=table, name=sent.name)


def create_statement(name: str, columns: tuple[Column, ...], key: tuple[str, ...]) -> str:
    """Return the statement that makes a target's table."""
    parts = [
        f"{quote(column.name)} {type_for(column, is_key=column.name in key)}"
        f"{' NOT NULL' if column.name in key else ' NULL'}"
        for column in columns
    ]
    if key:
        parts.append(f"PRIMARY KEY ({', '.join(map(quote, key))})")
    return f"CREATE TABLE {quote(name)} ({', '.join(parts)}) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"
