"""MariaDB and MySQL as a source: one consistent snapshot, read as a stream by a cursor that the server keeps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
from pymysql.cursors import SSCursor

from zhengtong.capabilities.sources.casting import batch_of, unfit, value_of
from zhengtong.capabilities.sources.domain import (
    Column,
    ColumnKind,
    Condition,
    Operator,
    Reading,
    SourceError,
    Table,
)
from zhengtong.capabilities.sources.drivers.mysql.arrays import to_arrow
from zhengtong.capabilities.sources.drivers.mysql.session import abandon, heard, open_session, place_of, quote
from zhengtong.capabilities.sources.drivers.mysql.target import MariaDBTarget
from zhengtong.capabilities.sources.drivers.mysql.types import describe
from zhengtong.capabilities.sources.failures import failure
from zhengtong.capabilities.sources.filtering import find_columns, needed

_SIGNS: Final = {
    Operator.EQUAL: "=",
    Operator.UNEQUAL: "<>",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
}
# How long writers of a table are waited for when its greatest value is asked.
_WATERMARK_SECONDS: Final = 5


def connect(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> "MariaDBConnection":
    return MariaDBConnection(open_session(settings, secrets), settings)


def aim(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> MariaDBTarget:
    return MariaDBTarget(open_session(settings, secrets), place_of(settings))


class MariaDBConnection:
    """Reads one database. ``text_columns`` of the settings (``table.column``) travel as text."""

    def __init__(self, session: Any, settings: Mapping[str, Any]) -> None:
        self._session, self._place = session, place_of(settings)
        self._texts = frozenset(str(each) for each in settings.get("text_columns") or ())
        self._is_snapshot = False

    def check(self) -> str:
        said = str(self._ask("SELECT VERSION()")[0][0])
        return f"{'MariaDB' if 'mariadb' in said.lower() else 'MySQL'} {said.partition('-')[0]}"

    def list_tables(self) -> list[str]:
        rows = self._ask(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() "
            "AND table_name NOT LIKE 'zt\\_stage\\_%%' AND table_name <> 'zhengtong_received'"
        )
        return sorted(row[0] for row in rows)

    def read_table(self, name: str) -> Table:
        return describe(self._session, self._place, name, self._texts)

    def find_watermark(self, table: str, column: str) -> str:
        """Return the greatest value that is committed, with every lower one.

        A value that another transaction still holds back would be passed over for ever: so the table is locked
        against writing for the moment of the question, which first lets writers end. Without the right to do so the
        greatest committed value has to do.
        """
        (known,) = find_columns(table, self.read_table(table).columns, [column])
        question = f"SELECT MAX({_ordered(known)}) FROM {quote(table)}"
        self._is_snapshot = False
        with heard(self._place, table=table, name=column), self._session.cursor() as cursor:
            cursor.execute(f"SET SESSION lock_wait_timeout = {_WATERMARK_SECONDS}")
            is_locked = False
            try:
                with heard(self._place, table=table):
                    cursor.execute(f"LOCK TABLES {quote(table)} READ", ())
                is_locked = True
            except SourceError as error:
                if error.code != "denied":
                    raise
            try:
                cursor.execute(question, ())
                value = cursor.fetchone()[0]
            finally:
                if is_locked:
                    cursor.execute("UNLOCK TABLES")
        return "" if value is None else str(value)

    def count(self, reading: Reading) -> int:
        where, values, _columns = self._where(reading)
        self._begin()
        return int(self._ask(f"SELECT COUNT(*) FROM {quote(reading.table)}{where}", values, reading.table)[0][0])

    def read(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        where, values, known = self._where(reading)
        columns = find_columns(reading.table, known, reading.columns)
        names = ", ".join(quote(column.name) for column in columns)
        self._begin()
        is_done = False
        make: Any = SSCursor
        cursor = make(self._session)
        try:
            with heard(self._place, table=reading.table):
                cursor.execute(f"SELECT {names} FROM {quote(reading.table)}{where}", values)
            while True:
                with heard(self._place, table=reading.table):
                    rows = cursor.fetchmany(reading.chunk_rows)
                if not rows:
                    is_done = True
                    return
                given = zip(*rows, strict=True)
                yield batch_of(
                    columns,
                    {c.name: to_arrow(each, c, reading.table) for c, each in zip(columns, given, strict=True)},
                )
        finally:
            if is_done:
                cursor.close()
            else:
                abandon(cursor)
                self._session.close()

    def close(self) -> None:
        if self._session.open:
            self._session.close()

    def _begin(self) -> None:
        """Let all that is counted and read come from one state of the database."""
        if not self._is_snapshot:
            self._ask("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            self._is_snapshot = True

    def _ask(self, statement: str, values: Sequence[Any] = (), table: str = "") -> Sequence[Any]:
        with heard(self._place, table=table), self._session.cursor() as cursor:
            cursor.execute(statement, values)
            rows: Sequence[Any] = cursor.fetchall()
            return rows

    def _where(self, reading: Reading) -> tuple[str, list[Any], tuple[Column, ...]]:
        known = self.read_table(reading.table).columns
        by_name = {each.name: each for each in find_columns(reading.table, known, needed(reading))}
        parts: list[str] = []
        values: list[Any] = []
        for condition in reading.conditions:
            part, given = _condition(condition, by_name[condition.column], reading.table)
            parts.append(part)
            values += given
        if reading.watermark:
            column = by_name[reading.watermark]
            parts.append(f"{quote(column.name)} IS NOT NULL")
            for text, sign in ((reading.after, ">"), (reading.until, "<=")):
                if text:
                    parts.append(f"{_ordered(column)} {sign} %s")
                    values.append(_value(text, column, reading.table))
        return (f" WHERE {' AND '.join(parts)}" if parts else ""), values, known


def _ordered(column: Column) -> str:
    """Return a column as it is compared: texts by their characters, whatever the table's collation takes for equal."""
    name = quote(column.name)
    if column.kind in (ColumnKind.TEXT, ColumnKind.JSON):
        return f"CONVERT({name} USING utf8mb4) COLLATE utf8mb4_bin"
    return name


def _value(text: str, column: Column, table: str) -> Any:
    try:
        value = value_of(text, column)
    except ValueError:
        raise unfit(table, column, text) from None
    # As text a moment keeps its digits; a number compared as text would be compared as a float.
    if column.kind in (ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.TIME):
        return text.replace("T", " ").removesuffix("+00:00")
    return int(value) if column.kind is ColumnKind.BOOLEAN else value


def _condition(condition: Condition, column: Column, table: str) -> tuple[str, list[Any]]:
    name = quote(column.name)
    is_text = column.kind is ColumnKind.TEXT
    match condition.operator:
        case Operator.IS_EMPTY:
            return (f"({name} IS NULL OR {name} = '')" if is_text else f"{name} IS NULL"), []
        case Operator.IS_FILLED:
            return (f"({name} IS NOT NULL AND {name} <> '')" if is_text else f"{name} IS NOT NULL"), []
    if condition.operator is Operator.ONE_OF:
        values = [_value(text, column, table) for text in condition.values]
        marks = ", ".join(["%s"] * len(values)) or "NULL"
        return f"{_ordered(column)} IN ({marks})", values
    if not condition.values:
        raise failure("settings", name=condition.column, said=condition.operator.value)
    if condition.operator is Operator.BEGINS_WITH:
        first = condition.values[0]
        return f"LEFT({_ordered(column)}, %s) = %s", [len(first), first]
    value = _value(condition.values[0], column, table)
    if is_text and condition.operator is Operator.EQUAL:
        # The first half is what an index serves, the second is exact.
        return f"({name} = %s AND {_ordered(column)} = %s)", [value, value]
    return f"{_ordered(column)} {_SIGNS[condition.operator]} %s", [value]
