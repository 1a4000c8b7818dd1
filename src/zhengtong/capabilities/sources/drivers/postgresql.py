"""PostgreSQL as a source: Arrow by ADBC out of one snapshot, its catalogue by psycopg. The target is beside."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, LiteralString

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import psycopg
import pyarrow as pa
from adbc_driver_postgresql import StatementOptions
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import make_conninfo

from zhengtong.capabilities.sources.domain import Column, ColumnKind, Reading, SourceError, Table, arrow_type
from zhengtong.capabilities.sources.drivers.postgresql_words import (
    explain,
    identify,
    kind_of,
    read_settings,
    select_as,
    table_name,
    where,
)

# Bytes that ADBC gathers before it hands over; chunks are put together from several.
_HINT: Final = str(2 << 20)
# How long a reading by watermark waits for transactions that may still commit lower values.
_WAIT_SECONDS: Final = 10.0
_SNAPSHOT: Final = (
    "-c default_transaction_isolation=repeatable\\ read -c default_transaction_read_only=on "
    "-c timezone=UTC -c datestyle=ISO"
)
# Who writes a table holds a lock on it, and everybody may see locks.
_WRITERS: Final[LiteralString] = """
SELECT array_agg(virtualtransaction) FROM pg_locks WHERE locktype = 'relation' AND granted AND relation = %s::regclass
AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()
AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""
_OLDEST: Final[LiteralString] = """
SELECT min(xact_start)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_type = 'client backend' AND backend_xid IS NOT NULL
"""
_COLUMNS: Final[LiteralString] = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname),
       CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
       a.attnotnull, coalesce(a.attnum = ANY(i.indkey), false), coalesce(col_description(c.oid, a.attnum), ''),
       obj_description(c.oid), c.reltuples::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY a.attnum
"""


@contextmanager
def explained() -> Iterator[None]:
    """Turn whatever the two drivers raise into SourceError."""
    try:
        yield
    except (adbc.Error, psycopg.Error, pa.ArrowException, OSError) as error:
        raise explain(error) from error


class Catalogue:
    """The database's own description of its tables, over a connection of its own."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._words = read_settings(settings, secrets)
        self.schema = str(settings.get("schema") or "public")
        self._opened: psycopg.Connection[Any] | None = None
        self._types: dict[str, dict[str, str]] = {}

    def conninfo(self, options: str) -> str:
        return make_conninfo(**self._words, options=options)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        if self._opened is None or self._opened.closed:
            with explained():
                self._opened = psycopg.connect(**self._words, options="-c timezone=UTC -c datestyle=ISO")
                self._opened.autocommit = True
        return self._opened

    def ask(self, query: LiteralString | sql.Composed, *values: object) -> list[tuple[Any, ...]]:
        with explained():
            return list(self.connection.execute(query, values or None).fetchall())

    def find_table(self, name: str) -> Table | None:
        rows = self.ask(_COLUMNS, *table_name(name, self.schema))
        if not rows:
            return None
        self._types[name] = {row[0]: row[2] for row in rows}
        return Table(name, tuple(map(_describe, rows)), rows[0][7] or "", None if rows[0][8] < 0 else rows[0][8])

    def read_table(self, name: str) -> Table:
        table = self.find_table(name)
        if table is None:
            raise SourceError("table-missing", _("数据源中没有库表“%(name)s”。") % {"name": name})
        return table

    def type_of(self, table: str, column: str) -> str:
        """Return PostgreSQL's name of a column's type, of a table that was read before."""
        return self._types[table][column]

    def text(self, query: sql.Composable) -> str:
        return query.as_string(self.connection)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()


def _describe(row: tuple[Any, ...]) -> Column:
    name, native, type_name, typmod, is_required, is_key, comment = row[:7]
    kind, length, precision, scale = kind_of(type_name), None, None, None
    if type_name in ("varchar", "bpchar") and typmod > 4:
        length = typmod - 4
    if type_name == "numeric" and typmod > 4:
        precision, scale = ((typmod - 4) >> 16) & 0xFFFF, (typmod - 4) & 0x7FF
        if precision > 38 or scale > precision:
            precision = scale = None
    if type_name == "money":
        precision, scale = 19, 2
    return Column(
        name,
        kind,
        length,
        precision,
        scale,
        not is_required,
        is_key,
        type_name == "timestamptz",
        comment,
        native,
    )


class PostgresConnection:
    """Reads a database. What is counted and read is of one snapshot, from the first question to :meth:`close`."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._catalogue = Catalogue(settings, secrets)
        self._snapshot: Any = None

    def check(self) -> str:
        return f"PostgreSQL {self._catalogue.ask('SHOW server_version')[0][0].split()[0]}"

    def list_tables(self) -> list[str]:
        rows = self._catalogue.ask(
            # Tables that came with an extension hold no department's data.
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema NOT LIKE 'pg\\_t%' "
            "AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_depend d "
            "ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e' "
            "WHERE n.nspname = table_schema AND c.relname = table_name)"
        )
        own = self._catalogue.schema
        return sorted(table if schema == own else f"{schema}.{table}" for schema, table in rows)

    def read_table(self, name: str) -> Table:
        return self._catalogue.read_table(name)

    def find_watermark(self, table: str, column: str) -> str:
        """Return the greatest value of those that are there, when nobody can add a lower one any more.

        A transaction that is under way may hold a lower value, taken before, and show it later. So those that write
        the table when we have looked are waited for, whoever's they are; and a moment stays below the beginning of any
        open transaction that has written and that this account can see. Raises SourceError when they don't end.
        """
        described = {each.name: each for each in self.read_table(table).columns}
        if column not in described:
            raise SourceError(
                "column-missing",
                _("库表“%(table)s”没有增量列“%(column)s”。") % {"table": table, "column": column},
            )
        name, source = sql.Identifier(column), identify(table, self._catalogue.schema)
        bound: sql.Composable = sql.SQL("")
        if described[column].kind is ColumnKind.DATETIME:
            (oldest,) = self._catalogue.ask(_OLDEST)[0]
            if oldest:
                bound = sql.SQL(" WHERE {} < {}").format(name, sql.Literal(oldest))
        (value,) = self._catalogue.ask(sql.SQL("SELECT max({})::text FROM {}{}").format(name, source, bound))[0]
        place = self._catalogue.text(source)
        (writers,) = self._catalogue.ask(_WRITERS, place)[0]
        give_up = time.monotonic() + _WAIT_SECONDS
        while writers:
            (now,) = self._catalogue.ask(_WRITERS, place)[0]
            writers = set(writers) & set(now or ())
            if writers and time.monotonic() > give_up:
                said = _("数据源正在写入，增量的终点还不确定，稍后自动重试。")
                raise SourceError("source-writing", said, is_passing=True)
            time.sleep(0.05 if writers else 0)
        return value or ""

    def count(self, reading: Reading) -> int:
        query = sql.SQL("SELECT count(*) FROM {}{}").format(
            identify(reading.table, self._catalogue.schema), where(reading)
        )
        with explained(), self._reader().cursor() as cursor:
            cursor.execute(self._catalogue.text(query))
            return int(cursor.fetchone()[0])

    def read(self, reading: Reading) -> Iterator[pa.RecordBatch]:
        described = {each.name: each for each in self.read_table(reading.table).columns}
        if missing := [name for name in reading.columns if name not in described]:
            raise SourceError(
                "column-missing",
                _("库表“%(table)s”里没有列“%(columns)s”，可能已经改名或者删除；请更新目录。")
                % {"table": reading.table, "columns": "”“".join(missing)},
            )
        columns = [described[name] for name in reading.columns]
        query = sql.SQL("SELECT {} FROM {}{}").format(
            sql.SQL(", ").join(select_as(each, self._catalogue.type_of(reading.table, each.name)) for each in columns),
            identify(reading.table, self._catalogue.schema),
            where(reading),
        )
        yield from stream(self._reader(), self._catalogue.text(query), columns, reading.chunk_rows)

    def _reader(self) -> Any:
        if self._snapshot is None:
            with explained():
                self._snapshot = adbc.connect(self._catalogue.conninfo(_SNAPSHOT))
        return self._snapshot

    def close(self) -> None:
        close(self._snapshot)
        self._catalogue.close()


def stream(connection: Any, query: str, columns: Iterable[Column], chunk_rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query in chunks of exactly ``chunk_rows``, the last one less, as values travel."""
    wanted = list(columns)
    held: list[pa.RecordBatch] = []
    rows = 0
    with explained(), connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: _HINT})
        cursor.execute(query)
        reader = cursor.fetch_record_batch()
        for batch in reader:
            while batch.num_rows:
                part = batch.slice(0, chunk_rows - rows)
                held.append(part)
                rows += part.num_rows
                batch = batch.slice(part.num_rows)
                if rows == chunk_rows:
                    yield _put_together(held, wanted)
                    held, rows = [], 0
        if held:
            yield _put_together(held, wanted)


def _put_together(held: list[pa.RecordBatch], columns: list[Column]) -> pa.RecordBatch:
    arrays = [
        _fit(pa.chunked_array([batch.column(place) for batch in held]), column) for place, column in enumerate(columns)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=[each.name for each in columns])


def _fit(values: pa.ChunkedArray, column: Column) -> pa.Array:
    """Return the values in the type in which they travel.

    A numeric that isn't a number or has too many digits stays text, so that the rules can name its row.
    """
    whole = values.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no chunk at all
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)
    if isinstance(whole.type, pa.BaseExtensionType):
        whole = whole.storage
    wanted = arrow_type(column)
    if whole.type == wanted:
        return whole
    if column.kind is ColumnKind.DECIMAL:
        read = pl.Series(whole).str.to_decimal(scale=wanted.scale) if len(whole) else None
        if read is None:
            return pa.array([], wanted)
        if read.null_count() != whole.null_count:
            return whole.cast(pa.large_string())
        return read.to_arrow().cast(wanted)
    return whole.cast(wanted)


def close(connection: Any) -> None:
    """Close an ADBC connection, whatever became of it."""
    if connection is not None:
        with suppress(Exception):
            connection.close()


def connect(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> PostgresConnection:
    return PostgresConnection(settings, secrets)


def aim(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> Any:
    from zhengtong.capabilities.sources.drivers.postgresql_target import PostgresTarget

    return PostgresTarget(settings, secrets)
