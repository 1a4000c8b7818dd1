"""What PostgreSQL says, in our words: its types as column kinds, its faults as SourceError, names and values quoted."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg import sql

from zhengtong.capabilities.sources.domain import Column, ColumnKind, Condition, Operator, Reading, SourceError

KINDS: Final[Mapping[str, ColumnKind]] = {
    "bool": ColumnKind.BOOLEAN,
    "int2": ColumnKind.INTEGER,
    "int4": ColumnKind.INTEGER,
    "int8": ColumnKind.INTEGER,
    "oid": ColumnKind.INTEGER,
    "numeric": ColumnKind.DECIMAL,
    "money": ColumnKind.DECIMAL,
    "float4": ColumnKind.REAL,
    "float8": ColumnKind.REAL,
    "date": ColumnKind.DATE,
    "timestamp": ColumnKind.DATETIME,
    "timestamptz": ColumnKind.DATETIME,
    "time": ColumnKind.TIME,
    "bytea": ColumnKind.BINARY,
    "json": ColumnKind.JSON,
    "jsonb": ColumnKind.JSON,
}
# What ADBC would give in another form: money as cents, an object's number as negative, the rest as opaque bytes.
READ_AS: Final[Mapping[str, str]] = {"money": "numeric", "oid": "bigint", "json": "text", "jsonb": "text"}
_PLAIN: Final = frozenset(KINDS) - frozenset(READ_AS) | {"text", "varchar", "bpchar"}
_COLUMN_TYPES: Final[Mapping[ColumnKind, str]] = {
    ColumnKind.TEXT: "text",
    ColumnKind.INTEGER: "bigint",
    ColumnKind.DECIMAL: "numeric",
    ColumnKind.REAL: "double precision",
    ColumnKind.BOOLEAN: "boolean",
    ColumnKind.DATE: "date",
    ColumnKind.DATETIME: "timestamp",
    ColumnKind.TIME: "time",
    ColumnKind.BINARY: "bytea",
    ColumnKind.JSON: "jsonb",
}
# Of a connection that was refused libpq tells the words, and no code.
_REFUSED: Final = re.compile(r'authentication failed|role ".*" does not exist|no password supplied|pg_hba')
_CUT: Final = re.compile(
    r"server closed|terminat|could not connect|connection (to server|refused|reset|not open)|no connection|lost sync|"
    r"SSL SYSCALL|timeout expired|the connection is closed|starting up|shutting down|PQgetCopyData|consuming input|EOF",
    re.I,
)


def kind_of(type_name: str) -> ColumnKind:
    """Return the kind of a type of PostgreSQL; what has none of its own is read as its text."""
    return KINDS.get(type_name, ColumnKind.TEXT)


def select_as(column: Column, type_name: str) -> sql.Composable:
    """Return the expression that reads a column in a form that ADBC understands."""
    name = sql.Identifier(column.name)
    if type_name in _PLAIN:
        return name
    return sql.SQL("{}::{} AS {}").format(name, sql.SQL(READ_AS.get(type_name, "text")), name)


def staging_type(column: Column) -> sql.SQL:
    """Return the type of a staging column: what ADBC writes in binary, without a limit of its own."""
    if column.kind is ColumnKind.JSON:
        return sql.SQL("text")
    if column.kind is ColumnKind.DATETIME and column.has_zone:
        return sql.SQL("timestamptz")
    return sql.SQL(_COLUMN_TYPES[column.kind])


def target_type(column: Column) -> sql.SQL:
    """Return the type of a column of a target table that we make."""
    if column.kind is ColumnKind.TEXT and column.length:
        return sql.SQL(f"varchar({int(column.length)})")
    if column.kind is ColumnKind.DECIMAL and column.precision:
        return sql.SQL(f"numeric({int(column.precision)},{int(column.scale or 0)})")
    if column.kind is ColumnKind.JSON:
        return sql.SQL("jsonb")
    return staging_type(column)


def table_name(name: str, schema: str) -> tuple[str, str]:
    """Return schema and table of ``schema.table`` or ``table``."""
    head, dot, tail = name.partition(".")
    return (head, tail) if dot else (schema, name)


def identify(name: str, schema: str) -> sql.Identifier:
    return sql.Identifier(*table_name(name, schema))


def where(reading: Reading) -> sql.Composable:
    """Return the ``WHERE`` clause of a reading; values are literals, whose type is that of their column."""
    parts = [_write_condition(each) for each in reading.conditions]
    if reading.watermark:
        column = sql.Identifier(reading.watermark)
        if reading.after:
            parts.append(sql.SQL("{} > {}").format(column, sql.Literal(reading.after)))
        if reading.until:
            parts.append(sql.SQL("{} <= {}").format(column, sql.Literal(reading.until)))
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(parts) if parts else sql.SQL("")


def _write_condition(condition: Condition) -> sql.Composable:
    column, values = sql.Identifier(condition.column), condition.values
    match condition.operator:
        case Operator.IS_EMPTY:
            return sql.SQL("({0} IS NULL OR {0}::text = '')").format(column)
        case Operator.IS_FILLED:
            return sql.SQL("({0} IS NOT NULL AND {0}::text <> '')").format(column)
        case Operator.ONE_OF:
            if not values:
                return sql.SQL("false")
            return sql.SQL("{} IN ({})").format(column, sql.SQL(", ").join(map(sql.Literal, values)))
        case Operator.BEGINS_WITH:
            return sql.SQL("starts_with({}::text, {})").format(column, sql.Literal(values[0]))
        case Operator.UNEQUAL:
            return sql.SQL("{} IS DISTINCT FROM {}").format(column, sql.Literal(values[0]))
        case _:
            return sql.SQL("{} {} {}").format(column, sql.SQL(str(condition.operator.value)), sql.Literal(values[0]))


def explain(error: Exception) -> SourceError:
    """Return a fault of libpq, psycopg or ADBC as a SourceError in words; those that pass by themselves are marked."""
    if isinstance(error, SourceError):
        return error
    code = getattr(error, "sqlstate", None) or ""
    said = _first_line(error)
    if code in ("28P01", "28000") or _REFUSED.search(said):
        return SourceError("credentials", _("数据库拒绝了登记的用户名或者口令，请核对后重新登记。"))
    if code == "3D000" or re.search(r'database ".*" does not exist', said):
        return SourceError("no-database", _("服务器上没有登记的数据库：%(said)s") % {"said": said})
    if code in ("53100", "54000"):
        return SourceError("target-full", _("数据库的空间已满，没有写入任何数据。腾出空间后重新执行。"))
    if code in ("42P01", "3F000"):
        return SourceError("table-missing", _("找不到库表：%(said)s") % {"said": said})
    if code == "42703":
        return SourceError("column-missing", _("库表的列与登记的不一致：%(said)s") % {"said": said})
    if code in ("42501", "25006"):
        return SourceError("not-allowed", _("数据库账号没有这项权限：%(said)s") % {"said": said})
    if code == "23505":
        return SourceError("key-doubled", _("主键重复，没有合并任何数据：%(said)s") % {"said": said})
    if code.startswith("23"):
        return SourceError("constraint", _("目标库表的约束不接受这批数据：%(said)s") % {"said": said})
    if code.startswith("22"):
        return SourceError("value-unfit", _("数据库不接受其中的值：%(said)s") % {"said": said})
    if code in ("40001", "40P01", "55P03"):
        return SourceError("busy", _("库表正被其他操作占用，稍后自动重试。"), is_passing=True)
    if code == "57014":
        return SourceError("slow", _("数据库超过时限没有应答，稍后自动重试。"), is_passing=True)
    if code[:2] in ("08", "53", "57", "58") or (not code and _CUT.search(str(error))):
        return SourceError("cut-off", _("与数据库的连接中断，稍后自动重试：%(said)s") % {"said": said}, is_passing=True)
    return SourceError("database", _("数据库报告错误：%(said)s") % {"said": said})


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    found = re.search(r"(?:ERROR|FATAL):\s*(.+)", text)
    lines = (found[1] if found else text).splitlines() or [type(error).__name__]
    return re.sub(r"\s*SQLSTATE: \w+$", "", lines[0])[:200]


def read_settings(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Return what libpq is told; a connection that is silent for half a minute is given up."""
    words: dict[str, Any] = {
        "host": settings.get("host", ""),
        "port": settings.get("port") or 5432,
        "dbname": settings.get("database", ""),
        "user": settings.get("user", ""),
        "password": secrets.get("password", ""),
        "sslmode": settings.get("sslmode", ""),
        "sslrootcert": settings.get("sslrootcert", ""),
        "connect_timeout": 10,
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "application_name": settings.get("application_name") or "zhengtong",
        "client_encoding": "UTF8",
    }
    return {key: value for key, value in words.items() if value != ""}
