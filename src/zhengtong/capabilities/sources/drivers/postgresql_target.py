"""PostgreSQL as a target: binary COPY into a staging table of the session, and a merge that is one transaction.

The staging table is temporary: it isn't logged, nobody else can reach it, and it goes with the session, however that
ends. So a worker that was killed leaves nothing behind, and one that was only thought dead merges its own rows or none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final, LiteralString

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from django.utils.translation import gettext as _
from psycopg import sql

from zhengtong.capabilities.sources.domain import (
    CHUNK_ROWS,
    Column,
    ColumnKind,
    Landing,
    Merged,
    SourceError,
    Table,
    TooManyDeleted,
    arrow_type,
)
from zhengtong.capabilities.sources.drivers.feeding import feed
from zhengtong.capabilities.sources.drivers.postgresql import Catalogue, close, explained, stream
from zhengtong.capabilities.sources.drivers.postgresql_words import identify, staging_type, table_name, target_type

RECEIVED: Final = "zhengtong_received"
_SESSION: Final = "-c timezone=UTC -c datestyle=ISO -c temp_buffers=64MB -c lock_timeout=60s"
_LINKED: Final = sql.SQL(" AND ")
_COMMA: Final = sql.SQL(", ")
# Below this many rows the planner's own guess is good enough.
_MANY: Final = 2_000


class PostgresTarget:
    """Writes a database. A connection that broke is of no use any more: the attempt ends, another opens its own."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._catalogue = Catalogue(settings, secrets)
        with explained():
            self._connection: Any = adbc.connect(self._catalogue.conninfo(_SESSION), autocommit=True)
        self._tables: dict[str, Table] = {}

    # --- before the merge ---------------------------------------------------------------------------------------------

    def prepare(self, landing: Landing) -> None:
        schema, _name = table_name(landing.table, self._catalogue.schema)
        self._run(
            "CREATE TABLE IF NOT EXISTS {} (run text PRIMARY KEY, table_name text NOT NULL, inserted bigint NOT NULL, "
            "updated bigint NOT NULL, deleted bigint NOT NULL, unchanged bigint NOT NULL, "
            "received_at timestamptz NOT NULL DEFAULT now())",
            sql.Identifier(schema, RECEIVED),
            passing=("42P07", "23505"),
        )
        table = self._catalogue.find_table(landing.table)
        if table is None:
            self._create(landing)
            table = self._catalogue.read_table(landing.table)
        _compare(landing, table)
        self._tables[landing.table] = table
        columns = [sql.SQL("{} {}").format(sql.Identifier(each.name), staging_type(each)) for each in landing.columns]
        if landing.removed:
            columns.append(sql.SQL("{} boolean").format(sql.Identifier(landing.removed)))
        stage = self._stage(landing)
        self._run("DROP TABLE IF EXISTS {}", stage)
        self._run("CREATE TEMP TABLE {} ({})", stage, _COMMA.join(columns))

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        schema = pa.schema([(each.name, arrow_type(each)) for each in landing.columns])
        if landing.removed:
            schema = schema.append(pa.field(landing.removed, pa.bool_()))
        rows = 0

        def fit() -> Iterator[pa.RecordBatch]:
            nonlocal rows
            for batch in batches:
                rows += batch.num_rows
                yield batch.cast(schema) if batch.schema != schema else batch

        def ingest(fitting: Iterator[pa.RecordBatch]) -> None:
            reader = pa.RecordBatchReader.from_batches(schema, fitting)
            with explained(), self._connection.cursor() as cursor:
                cursor.adbc_ingest(_stage_name(landing), reader, mode="append", temporary=True)

        feed(ingest, fit())
        return rows

    # --- the merge ----------------------------------------------------------------------------------------------------

    def merge(self, landing: Landing) -> Merged:
        return self.merge_confirmed(landing, lambda _rows: None)

    def merge_confirmed(self, landing: Landing, confirm: Callable[[Iterator[pa.RecordBatch]], None]) -> Merged:
        """Merge as :meth:`merge` does; before the commit ``confirm`` is shown the target's rows with the staged keys.

        What it raises takes the merge back.
        """
        # ADBC's own handle: by the one above it a connection that commits by itself neither commits nor rolls back.
        handle = self._connection.adbc_connection
        with explained():
            handle.set_autocommit(False)
        try:
            merged = self._merge(landing)
            if merged.was_done:
                return merged
            confirm(self.read_landed(landing))
            with explained():
                handle.commit()
            return merged
        except BaseException:
            self._roll_back()
            raise
        finally:
            # Ends the transaction that ADBC has opened after the last one.
            with suppress(Exception):
                handle.rollback()
                handle.set_autocommit(True)

    def _roll_back(self) -> None:
        """Take everything back; a connection that can't even do that is closed, and the server does it."""
        try:
            self._connection.adbc_connection.rollback()
        except Exception:
            close(self._connection)

    def _merge(self, landing: Landing) -> Merged:
        mark, target, stage = self._mark(landing), self._target(landing), self._stage(landing)
        named = {"mark": mark, "run": sql.Literal(landing.run), "table": sql.Literal(landing.table)}
        # A second merge of the run waits here for the first one's end.
        is_first = self._run(
            "INSERT INTO {mark} (run, table_name, inserted, updated, deleted, unchanged) "
            "VALUES ({run}, {table}, 0, 0, 0, 0) ON CONFLICT (run) DO NOTHING",
            **named,
        )
        if not is_first:
            found = self._ask("SELECT inserted, updated, deleted, unchanged FROM {mark} WHERE run = {run}", **named)
            inserted, updated, deleted, unchanged = found[0]
            return Merged(inserted, updated, deleted, unchanged, was_done=True)
        # Counts are exact and the rows shown before the commit are those committed: readers go on, writers wait.
        self._run("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", target)
        staged = self._ask("SELECT count(*) FROM {}", stage)[0][0]
        if staged > _MANY:
            self._run("ANALYZE {}", stage)
        self._run("SET LOCAL work_mem = '128MB'")
        if not landing.is_whole:
            # The pages of the rows that came are fetched to be written anyway; reading the whole table comes on top.
            self._run("SET LOCAL random_page_cost = 1.1")
        is_empty = not self._ask("SELECT EXISTS (SELECT FROM {})", target)[0][0]
        if is_empty and not landing.removed:
            merged = Merged(inserted=self._insert_all(landing))
        else:
            merged = self._change(landing, staged, is_empty)
        self._run(
            "UPDATE {mark} SET inserted = {a}, updated = {b}, deleted = {c}, unchanged = {d} WHERE run = {run}",
            **named,
            a=sql.Literal(merged.inserted),
            b=sql.Literal(merged.updated),
            c=sql.Literal(merged.deleted),
            d=sql.Literal(merged.unchanged),
        )
        return merged

    def _insert_all(self, landing: Landing) -> int:
        return self._run(
            "INSERT INTO {target} ({names}) SELECT {values} FROM {stage} s",
            target=self._target(landing),
            names=_names(landing.columns),
            values=_COMMA.join(self._value(landing, each) for each in landing.columns),
            stage=self._stage(landing),
        )

    def _change(self, landing: Landing, staged: int, is_empty: bool) -> Merged:
        """Find every difference by one join, then write only those."""
        key = [each for each in landing.columns if each.name in landing.key]
        others = [each for each in landing.columns if each.name not in landing.key]
        removed = sql.SQL("s.{}").format(sql.Identifier(landing.removed)) if landing.removed else sql.SQL("false")
        parts: dict[str, Any] = {
            "target": self._target(landing),
            "stage": self._stage(landing),
            "names": _names(landing.columns),
            "values": _COMMA.join(self._value(landing, each) for each in landing.columns),
            "keys": _LINKED.join(
                sql.SQL("{} = t.{}").format(self._value(landing, each), sql.Identifier(each.name)) for each in key
            ),
            "differ": sql.SQL(" OR ").join(self._differs(landing, each) for each in others) or sql.SQL("false"),
            "removed": removed,
            "join": sql.SQL("FULL" if landing.is_whole else "LEFT"),
            "sets": _COMMA.join(
                sql.SQL("{} = {}").format(sql.Identifier(each.name), self._value(landing, each)) for each in others
            ),
        }
        self._run(
            "CREATE TEMP TABLE zhengtong_changes ON COMMIT DROP AS "
            "SELECT s.ctid AS s, t.ctid AS t, coalesce({removed}, false) AS removed "
            "FROM {stage} s {join} JOIN {target} t ON {keys} "
            "WHERE s.ctid IS NULL OR CASE WHEN {removed} THEN t.ctid IS NOT NULL ELSE t.ctid IS NULL OR {differ} END",
            **parts,
        )
        inserts, updates, deletes, gone = self._ask(
            "SELECT count(*) FILTER (WHERE t IS NULL), count(*) FILTER (WHERE s IS NOT NULL AND t IS NOT NULL AND NOT "
            "removed), count(*) FILTER (WHERE s IS NULL OR removed), count(*) FILTER (WHERE s IS NULL) "
            "FROM zhengtong_changes"
        )[0]
        if gone:
            has = self._ask("SELECT count(*) FROM {target}", **parts)[0][0]
            if gone > landing.most_deleted * has:
                raise TooManyDeleted(
                    _("这批数据会删除目标库表 %(has)d 行中的 %(gone)d 行，超过合约约定的比例，没有改动目标。")
                    % {"has": has, "gone": gone},
                    would_delete=gone,
                    has=has,
                )
        if inserts + updates + deletes > _MANY:
            self._run("ANALYZE zhengtong_changes")
        deleted = updated = inserted = 0
        if deletes:
            deleted = self._run(
                "DELETE FROM {target} t USING zhengtong_changes c WHERE t.ctid = c.t AND (c.s IS NULL OR c.removed)",
                **parts,
            )
        if updates:
            updated = self._run(
                "UPDATE {target} t SET {sets} FROM zhengtong_changes c, {stage} s "
                "WHERE t.ctid = c.t AND s.ctid = c.s AND NOT c.removed",
                **parts,
            )
        if inserts:
            inserted = self._run(
                "INSERT INTO {target} ({names}) SELECT {values} FROM {stage} s JOIN zhengtong_changes c "
                "ON s.ctid = c.s WHERE c.t IS NULL",
                **parts,
            )
        if (inserted, updated, deleted) != (inserts, updates, deletes):
            raise SourceError("key-doubled", _("暂存的数据里主键重复，没有改动目标。"))
        asked = (
            self._ask("SELECT count(*) FILTER (WHERE {removed}) FROM {stage} s", **parts)[0][0]
            if (landing.removed)
            else 0
        )
        return Merged(inserted, updated, deleted, staged - asked - inserted - updated)

    # --- after it -----------------------------------------------------------------------------------------------------

    def is_merged(self, landing: Landing) -> bool:
        known = self._ask("SELECT to_regclass({})::text", sql.Literal(self._catalogue.text(self._mark(landing))))
        if known[0][0] is None:
            return False
        return bool(
            self._ask("SELECT EXISTS (SELECT FROM {} WHERE run = {})", self._mark(landing), sql.Literal(landing.run))[
                0
            ][0]
        )

    def read_landed(self, landing: Landing) -> Iterator[pa.RecordBatch]:
        stage, target = self._stage(landing), self._target(landing)
        here = sql.SQL(" WHERE NOT s.{}").format(sql.Identifier(landing.removed)) if landing.removed else sql.SQL("")
        staged = self._ask("SELECT count(*) FROM {} s{}", stage, here)[0][0]
        # One more than were staged is enough to know: a large table isn't counted for a few rows.
        most = sql.Literal(staged + 1)
        has = self._ask("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) t", target, most)[0][0]
        from_where = sql.SQL("{} t").format(target)
        # When there are as many rows as were staged and no other keys, they are the ones: what differs shows anyway.
        if staged != has:
            key = [each for each in landing.columns if each.name in landing.key]
            from_where = sql.SQL("{} t JOIN {} s ON {}{}").format(
                target,
                stage,
                _LINKED.join(
                    sql.SQL("{} = t.{}").format(self._value(landing, each), sql.Identifier(each.name)) for each in key
                ),
                here,
            )
        query = sql.SQL("SELECT {} FROM {}").format(
            _COMMA.join(self._as_travels(landing, each) for each in landing.columns), from_where
        )
        yield from stream(self._connection, self._catalogue.text(query), landing.columns, CHUNK_ROWS)

    def drop_staging(self, landing: Landing) -> None:
        self._run("DROP TABLE IF EXISTS {}", self._stage(landing))

    def close(self) -> None:
        close(self._connection)
        self._catalogue.close()

    # --- words --------------------------------------------------------------------------------------------------------

    def _create(self, landing: Landing) -> None:
        columns = [
            sql.SQL("{} {}{}").format(
                sql.Identifier(each.name),
                target_type(each),
                sql.SQL("") if each.is_nullable and each.name not in landing.key else sql.SQL(" NOT NULL"),
            )
            for each in landing.columns
        ]
        if landing.key:
            columns.append(sql.SQL("PRIMARY KEY ({})").format(_COMMA.join(map(sql.Identifier, landing.key))))
        self._run("CREATE TABLE {} ({})", self._target(landing), _COMMA.join(columns))

    def _target(self, landing: Landing) -> sql.Identifier:
        return identify(landing.table, self._catalogue.schema)

    def _stage(self, landing: Landing) -> sql.Identifier:
        return sql.Identifier("pg_temp", _stage_name(landing))

    def _mark(self, landing: Landing) -> sql.Identifier:
        return sql.Identifier(table_name(landing.table, self._catalogue.schema)[0], RECEIVED)

    def _type(self, landing: Landing, column: Column) -> str:
        return next(each.native for each in self._tables[landing.table].columns if each.name == column.name)

    def _value(self, landing: Landing, column: Column) -> sql.Composable:
        """Return a staged value as the target's own type."""
        name, native = sql.Identifier(column.name), self._type(landing, column)
        if native == self._catalogue.text(staging_type(column)):
            return sql.SQL("s.{}").format(name)
        return sql.SQL("s.{}::{}").format(name, sql.SQL(native))

    def _differs(self, landing: Landing, column: Column) -> sql.Composable:
        form = (
            "t.{name}::text IS DISTINCT FROM {value}::text"
            if self._type(landing, column) == "json"
            else ("t.{name} IS DISTINCT FROM {value}")
        )
        return sql.SQL(form).format(name=sql.Identifier(column.name), value=self._value(landing, column))

    def _as_travels(self, landing: Landing, column: Column) -> sql.Composable:
        name, type_name = sql.Identifier(column.name), self._catalogue.type_of(landing.table, column.name)
        cast = {ColumnKind.TEXT: "text", ColumnKind.JSON: "text"}.get(column.kind)
        if type_name == "money":
            cast = "numeric"
        if cast is None or type_name in ("text", "varchar"):
            return sql.SQL("t.{}").format(name)
        return sql.SQL("t.{}::{}").format(name, sql.SQL(cast))

    def _run(self, statement: LiteralString, *places: sql.Composable, passing: Any = (), **parts: Any) -> int:
        """Run a statement; return how many rows it changed."""
        query = self._catalogue.text(sql.SQL(statement).format(*places, **parts))
        with explained(), self._connection.cursor() as cursor:
            try:
                cursor.execute(query)
            except adbc.Error as error:
                if error.sqlstate not in passing:
                    raise
            return int(cursor.rowcount)

    def _ask(self, statement: LiteralString, *places: sql.Composable, **parts: Any) -> list[tuple[Any, ...]]:
        query = self._catalogue.text(sql.SQL(statement).format(*places, **parts))
        with explained(), self._connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


def _stage_name(landing: Landing) -> str:
    return f"zhengtong_stage_{sha256(landing.run.encode()).hexdigest()[:24]}"


def _names(columns: Iterable[Column]) -> sql.Composable:
    return _COMMA.join(sql.Identifier(each.name) for each in columns)


def _compare(landing: Landing, table: Table) -> None:
    """Raise SourceError when the table can't take the rows as they are."""
    has = {each.name: each for each in table.columns}
    for each in landing.columns:
        there = has.get(each.name)
        about = {"table": landing.table, "column": each.name}
        if there is None:
            raise SourceError(
                "column-missing", _("目标库表“%(table)s”没有列“%(column)s”，请增加这一列后重新执行。") % about
            )
        if there.kind is not each.kind and not _suits(each.kind, there):
            raise SourceError(
                "column-other",
                _("目标库表“%(table)s”的列“%(column)s”是 %(native)s，装不下约定的类型，请修改后重新执行。")
                % (about | {"native": there.native}),
            )
        if _is_narrow(each, there):
            raise SourceError(
                "column-narrow",
                _("目标库表“%(table)s”的列“%(column)s”是 %(native)s，比约定的短，请放宽后重新执行。")
                % (about | {"native": there.native}),
            )


def _suits(kind: ColumnKind, there: Column) -> bool:
    return (kind, there.kind) in {
        (ColumnKind.JSON, ColumnKind.TEXT),
        (ColumnKind.INTEGER, ColumnKind.DECIMAL),
    }


def _is_narrow(column: Column, there: Column) -> bool:
    if column.kind is ColumnKind.TEXT:
        return there.length is not None and (column.length is None or column.length > there.length)
    if column.kind is ColumnKind.DECIMAL and there.precision is not None:
        if column.precision is None:
            return True
        scale, has = column.scale or 0, there.scale or 0
        return scale > has or column.precision - scale > there.precision - has
    return False
