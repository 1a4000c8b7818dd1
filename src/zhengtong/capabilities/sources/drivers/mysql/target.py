"""MariaDB and MySQL as a target: rows are staged in a table of the session, merged in one transaction with its mark.

The staging table is temporary: nobody else can reach it, and it goes with the session, however that ends. So a worker
that was killed leaves nothing behind, and one that was only thought dead merges its own rows or none.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, Final

import pyarrow as pa
import pymysql
from pymysql.cursors import SSCursor

from zhengtong.capabilities.sources.casting import batch_of, cast_batch
from zhengtong.capabilities.sources.domain import (
    CHUNK_ROWS,
    Column,
    ColumnKind,
    Landing,
    Merged,
    SourceError,
    Table,
    TooManyDeleted,
)
from zhengtong.capabilities.sources.drivers.mysql.arrays import to_arrow
from zhengtong.capabilities.sources.drivers.mysql.literals import write_rows
from zhengtong.capabilities.sources.drivers.mysql.session import abandon, heard, quote
from zhengtong.capabilities.sources.drivers.mysql.types import check_fits, create_statement, describe
from zhengtong.capabilities.sources.failures import failure

MARKS: Final = "zhengtong_received"
_MAKE_MARKS: Final = f"""
CREATE TABLE IF NOT EXISTS {MARKS} (
  run VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL, target VARCHAR(128) NOT NULL, inserted BIGINT NOT NULL, updated BIGINT NOT NULL,
  deleted BIGINT NOT NULL, unchanged BIGINT NOT NULL, digest CHAR(64) NOT NULL
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
"""
# Marks deletions in the staging table, whatever the batch calls its column.
_REMOVED: Final = "zt_removed"


class MariaDBTarget:
    """Writes tables of one database."""

    def __init__(self, session: Any, place: str) -> None:
        self._session, self._place = session, place

    def prepare(self, landing: Landing) -> None:
        if not landing.key:
            raise failure("settings", name="key", said="—")
        self._do(_MAKE_MARKS)
        try:
            there = describe(self._session, self._place, landing.table)
        except SourceError as error:
            if error.code != "table-missing":
                raise
            self._do(create_statement(landing.table, landing.columns, landing.key))
            there = describe(self._session, self._place, landing.table)
        self._check(landing, there)
        self.drop_staging(landing)
        names = ", ".join(quote(column.name) for column in landing.columns)
        stage = quote(_stage(landing))
        # The same types and collations: what the target takes for one key is one key here.
        self._do(f"CREATE TEMPORARY TABLE {stage} ENGINE=InnoDB AS SELECT {names} FROM {quote(landing.table)} LIMIT 0")
        self._do(
            f"ALTER TABLE {stage} ADD COLUMN {_REMOVED} TINYINT(1) NOT NULL DEFAULT 0, {self._key(landing, there)}"
        )

    def _check(self, landing: Landing, there: Table) -> None:
        known = {column.name: column for column in there.columns}
        for column in landing.columns:
            if column.name not in known:
                raise failure("column-missing", table=landing.table, name=column.name)
            check_fits(landing.table, column, known[column.name])

    @staticmethod
    def _key(landing: Landing, there: Table) -> str:
        known = {column.name: column for column in there.columns}
        if any(_is_long(known[name]) for name in landing.key):
            # Such a column can't be a key as a whole.
            parts = (f"{quote(n)}(191)" if _is_long(known[n]) else quote(n) for n in landing.key)
            return f"ADD INDEX ({', '.join(parts)})"
        return f"ADD PRIMARY KEY ({', '.join(map(quote, landing.key))})"

    def stage(self, landing: Landing, batches: Iterable[pa.RecordBatch]) -> int:
        columns = landing.columns
        if landing.removed:
            columns = (*columns, Column(landing.removed, ColumnKind.BOOLEAN))
        names = [column.name for column in landing.columns] + ([_REMOVED] if landing.removed else [])
        # Executed without arguments, so that a % in a value is one.
        head = f"INSERT INTO {quote(_stage(landing))} ({', '.join(map(quote, names))}) VALUES " % ()
        staged = 0
        for batch in batches:
            given = cast_batch(batch, columns, landing.table)
            with heard(self._place, table=landing.table), self._session.cursor() as cursor:
                cursor.execute("START TRANSACTION")
                for rows in write_rows(given, columns, landing.table):
                    cursor.execute(f"{head}{rows}")
                self._session.commit()
            staged += given.num_rows
        return staged

    def merge(self, landing: Landing) -> Merged:
        return self.merge_confirmed(landing, lambda _rows: None)

    def merge_confirmed(self, landing: Landing, confirm: Callable[[Iterator[pa.RecordBatch]], None]) -> Merged:
        """Merge as :meth:`merge` does; before the commit ``confirm`` is shown the target's rows with the staged keys.

        What it raises takes the merge back.
        """
        try:
            with heard(self._place, table=landing.table), self._session.cursor() as cursor:
                merged = self._merge(cursor, landing)
            if not merged.was_done:
                with closing(self.read_landed(landing)) as rows:
                    confirm(rows)
                with heard(self._place, table=landing.table):
                    self._session.commit()
            return merged
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        """Take back what isn't committed; a session that can't even do that is closed, and the server does it."""
        if not self._session.open:
            return
        try:
            self._session.rollback()
        except (pymysql.err.Error, OSError):
            self.close()

    def _merge(self, cursor: Any, landing: Landing) -> Merged:
        table, stage = quote(landing.table), quote(_stage(landing))
        joined = " AND ".join(f"t.{quote(name)} = s.{quote(name)}" for name in landing.key)
        first = quote(landing.key[0])
        cursor.execute("START TRANSACTION")
        # First the mark: whoever merges the same run meanwhile waits here, and then finds it.
        known = cursor.execute(
            f"INSERT IGNORE INTO {MARKS} (run, at, target, inserted, updated, deleted, unchanged, digest) "
            "VALUES (%s, UTC_TIMESTAMP(6), %s, 0, 0, 0, 0, '')",
            [_run(landing), landing.table],
        )
        if not known:
            cursor.execute(
                f"SELECT inserted, updated, deleted, unchanged FROM {MARKS} WHERE run = %s LOCK IN SHARE MODE",
                [_run(landing)],
            )
            inserted, updated, deleted, unchanged = map(int, cursor.fetchone())
            return Merged(inserted, updated, deleted, unchanged, was_done=True)
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM({_REMOVED}), 0) FROM {stage}", ())
        staged, gone = (int(each) for each in cursor.fetchone())
        absent = f"{table} t LEFT JOIN {stage} s ON {joined} WHERE s.{first} IS NULL"
        if landing.is_whole:
            self._check_deletions(cursor, landing, absent)
        deleted = 0
        if landing.is_whole:
            deleted += cursor.execute(f"DELETE t FROM {absent}", ())
        if gone:
            deleted += cursor.execute(f"DELETE t FROM {table} t JOIN {stage} s ON {joined} WHERE s.{_REMOVED}", ())
        updated = self._update(cursor, landing, joined)
        names = [quote(column.name) for column in landing.columns]
        inserted = cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(f's.{name}' for name in names)} "
            f"FROM {stage} s LEFT JOIN {table} t ON {joined} WHERE t.{first} IS NULL AND NOT s.{_REMOVED}",
            (),
        )
        done = Merged(inserted, updated, deleted, staged - gone - inserted - updated)
        counts = [done.inserted, done.updated, done.deleted, done.unchanged]
        digest = hashlib.sha256(json.dumps([_run(landing), landing.table, *counts]).encode()).hexdigest()
        cursor.execute(
            f"UPDATE {MARKS} SET inserted = %s, updated = %s, deleted = %s, unchanged = %s, digest = %s WHERE run = %s",
            [*counts, digest, _run(landing)],
        )
        return done

    def _check_deletions(self, cursor: Any, landing: Landing, absent: str) -> None:
        cursor.execute(f"SELECT COUNT(*) FROM {quote(landing.table)} LOCK IN SHARE MODE", ())
        has = int(cursor.fetchone()[0])
        cursor.execute(f"SELECT COUNT(*) FROM {absent}", ())
        would_delete = int(cursor.fetchone()[0])
        if would_delete > has * landing.most_deleted:
            said = failure("too-many-deleted", table=landing.table, would_delete=would_delete, has=has)
            raise TooManyDeleted(said.message, would_delete=would_delete, has=has)

    @staticmethod
    def _update(cursor: Any, landing: Landing, joined: str) -> int:
        """Write the rows that differ; their number. Texts are compared by their bytes, NULL with NULL is the same."""
        names = [column.name for column in landing.columns]
        texts = {c.name for c in landing.columns if c.kind in (ColumnKind.TEXT, ColumnKind.JSON)}
        same = " AND ".join(
            f"BINARY t.{quote(name)} <=> BINARY s.{quote(name)}"
            if name in texts
            else f"t.{quote(name)} <=> s.{quote(name)}"
            for name in names
        )
        changes = ", ".join(f"t.{quote(name)} = s.{quote(name)}" for name in names)
        return int(
            cursor.execute(
                f"UPDATE {quote(landing.table)} t JOIN {quote(_stage(landing))} s ON {joined} SET {changes} "
                f"WHERE NOT s.{_REMOVED} AND NOT ({same})",
                (),
            )
        )

    def is_merged(self, landing: Landing) -> bool:
        with heard(self._place), self._session.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s", [MARKS]
            )
            if cursor.fetchone() is None:
                return False
            return bool(cursor.execute(f"SELECT 1 FROM {MARKS} WHERE run = %s", [_run(landing)]))

    def read_landed(self, landing: Landing) -> Generator[pa.RecordBatch]:
        """Yield the target's rows with the staged keys. Within a merge they are those that are committed: what is read
        is locked, and not what was there when the transaction began."""
        joined = " AND ".join(f"t.{quote(name)} = s.{quote(name)}" for name in landing.key)
        kinds = {column.name: column.kind for column in landing.columns}
        order = ", ".join(
            f"CAST(t.{quote(name)} AS BINARY)" if kinds[name] is ColumnKind.TEXT else f"t.{quote(name)}"
            for name in landing.key
        )
        names = ", ".join(f"t.{quote(column.name)}" for column in landing.columns)
        make: Any = SSCursor
        cursor, is_done = make(self._session), False
        try:
            with heard(self._place, table=landing.table):
                cursor.execute(
                    f"SELECT {names} FROM {quote(landing.table)} t JOIN {quote(_stage(landing))} s ON {joined} "
                    f"WHERE NOT s.{_REMOVED} ORDER BY {order} LOCK IN SHARE MODE",
                    (),
                )
            while True:
                with heard(self._place, table=landing.table):
                    rows = cursor.fetchmany(CHUNK_ROWS)
                if not rows:
                    is_done = True
                    return
                given = zip(*rows, strict=True)
                arrays = {c.name: to_arrow(v, c, landing.table) for c, v in zip(landing.columns, given, strict=True)}
                yield batch_of(landing.columns, arrays)
        finally:
            if is_done:
                cursor.close()
            else:
                abandon(cursor)
                self.close()

    def drop_staging(self, landing: Landing) -> None:
        self._do(f"DROP TABLE IF EXISTS {quote(_stage(landing))}")

    def close(self) -> None:
        if self._session.open:
            self._session.close()

    def _do(self, statement: str) -> None:
        with heard(self._place), self._session.cursor() as cursor:
            cursor.execute(statement, ())


def _run(landing: Landing) -> str:
    """Return the run's name as the mark's key: as it is when it fits, or else the end of it as a digest."""
    if landing.run.isascii() and len(landing.run) <= 200:
        return landing.run
    return "sha256:" + hashlib.sha256(landing.run.encode()).hexdigest()


def _stage(landing: Landing) -> str:
    return "zt_stage_" + hashlib.sha256(f"{landing.table}\0{landing.run}".encode()).hexdigest()[:24]


def _is_long(column: Column) -> bool:
    return "text" in column.native.lower() or "blob" in column.native.lower()
