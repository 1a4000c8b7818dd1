"""The replication slot of a contract at its source: made, looked at, peeked into, advanced, dropped.

Everything goes by SQL functions, no replication protocol: the source's account needs the attribute REPLICATION and must
own the table, or a database administrator makes the publication. Positions are numbers.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from django.utils.translation import gettext as _
from psycopg import errors, sql

from zhengtong.capabilities.exchange.capture.pgoutput import (
    Message,
    RelationColumn,
    Unreadable,
    read_message,
    read_position,
    write_position,
)
from zhengtong.capabilities.sources.public import (
    Source,
    SourceError,
    SourceKind,
    explain_postgresql,
    read_postgresql_settings,
    split_postgresql_table,
)

PLUGIN: Final = "pgoutput"
# Text of values in one form whatever the server's own is.
_OPTIONS: Final = (
    "-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1 -c intervalstyle=iso_8601"
)
_COLUMNS: Final[LiteralString] = """
SELECT a.attname, a.atttypid::bigint, a.atttypmod, coalesce(a.attnum = ANY(i.indkey), false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = %s AND c.relname = %s ORDER BY a.attnum
"""
_SLOT: Final[LiteralString] = """
SELECT confirmed_flush_lsn::text, restart_lsn::text, coalesce(wal_status, ''), safe_wal_size,
       pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint
FROM pg_replication_slots WHERE slot_name = %s AND database = current_database()
"""


@dataclass(frozen=True, slots=True)
class SlotState:
    """``confirmed``: up to where the server may forget. ``left_bytes`` until it breaks the slot, None: no limit."""

    confirmed: int
    is_lost: bool
    lag_bytes: int
    kept_bytes: int
    left_bytes: int | None


class Log:
    """An open connection to the source whose log is read, and what is asked of it. Raises SourceError."""

    def __init__(self, source: Source) -> None:
        if source.kind != SourceKind.POSTGRESQL:
            raise SourceError("cannot", _("只有 PostgreSQL 数据源支持变更捕获。"))
        self._words = read_postgresql_settings(source.settings, source.secrets)
        self._schema = str(source.settings.get("schema") or "public")
        with _explained():
            self._connection = psycopg.connect(**self._words, options=_OPTIONS, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def _ask(self, query: LiteralString | sql.Composed, *values: object) -> list[tuple[Any, ...]]:
        with _explained():
            return self._connection.execute(query, values or None).fetchall()

    def find_slot(self, slot: str) -> SlotState | None:
        rows = self._ask(_SLOT, slot)
        if not rows:
            return None
        confirmed, _restart, status, left, lag, kept = rows[0]
        return SlotState(read_position(confirmed) if confirmed else 0, status == "lost", lag or 0, kept or 0, left)

    def make_slot(self, slot: str, publication: str, table: str) -> int:
        """Make publication and slot unless they are there; return the position from which the slot has every change."""
        self._require_logical()
        self._make_publication(publication, table)
        if (found := self.find_slot(slot)) is not None:
            return found.confirmed
        try:
            rows = self._connection.execute(
                "SELECT lsn::text FROM pg_create_logical_replication_slot(%s, %s)", (slot, PLUGIN)
            ).fetchall()
        except errors.InsufficientPrivilege as error:
            raise SourceError(
                "no-replication",
                _(
                    "数据源账号“%(user)s”没有复制权限，不能捕获变更。"
                    "请数据库管理员执行：ALTER ROLE %(user)s REPLICATION;"
                )
                % {"user": self._words.get("user") or self._connection.info.user},
            ) from error
        except errors.ConfigurationLimitExceeded as error:
            raise SourceError(
                "no-slot-left",
                _("数据源的复制槽用完了，请数据库管理员调大 max_replication_slots，或者删除不用的复制槽。"),
            ) from error
        except psycopg.Error as error:
            raise explain_postgresql(error) from error
        return read_position(rows[0][0])

    def _require_logical(self) -> None:
        (level,) = self._ask("SHOW wal_level")[0]
        if level != "logical":
            raise SourceError(
                "wal-level",
                _("数据源没有打开逻辑解码（wal_level 是 %(level)s）。请数据库管理员设为 logical 并重启。")
                % {"level": level},
            )

    def _make_publication(self, publication: str, table: str) -> None:
        if self._ask("SELECT 1 FROM pg_publication WHERE pubname = %s", publication):
            return
        statement = sql.SQL("CREATE PUBLICATION {} FOR TABLE {} WITH (publish_via_partition_root = true)").format(
            sql.Identifier(publication), sql.Identifier(*split_postgresql_table(table, self._schema))
        )
        try:
            self._connection.execute(statement)
        except errors.InsufficientPrivilege as error:
            raise SourceError(
                "no-publication",
                _("数据源账号不是库表的所有者，不能建立发布。请数据库管理员执行：%(statement)s;")
                % {"statement": statement.as_string(self._connection)},
            ) from error
        except psycopg.Error as error:
            raise explain_postgresql(error) from error

    def read_columns(self, table: str) -> list[RelationColumn]:
        """Return the columns of a table as they are now."""
        rows = self._ask(_COLUMNS, *split_postgresql_table(table, self._schema))
        return [RelationColumn(*row) for row in rows]

    def find_end(self) -> int:
        """Return the position up to which the log is on disk: all that was committed before this question."""
        (text,) = self._ask("SELECT pg_current_wal_flush_lsn()::text")[0]
        return read_position(text)

    def peek(self, slot: str, publication: str, until: int, most: int | None) -> Iterator[Message]:
        """Yield the slot's messages of whole transactions up to ``until``, and leave them there.

        About ``most`` messages, never less than a transaction. The server decodes into a file of its own, from which
        they are fetched in portions.
        """
        query = sql.SQL(
            "SELECT data FROM pg_logical_slot_peek_binary_changes({}, {}, {}, "
            "'proto_version', '1', 'publication_names', {})"
        ).format(*map(sql.Literal, (slot, write_position(until), most, f'"{publication}"')))
        with _explained(), self._connection.transaction(), self._connection.cursor(name="peek") as cursor:
            cursor.itersize = 5000
            cursor.execute(query)
            for (data,) in cursor:
                try:
                    yield read_message(bytes(data))
                except Unreadable as error:
                    raise SourceError(
                        "log-unreadable", _("数据源的变更日志无法识别：%(why)s") % {"why": error}
                    ) from error

    def read_rows(
        self, table: str, columns: Sequence[str], key: Sequence[str], keys: Sequence[Sequence[str]]
    ) -> dict[tuple[str, ...], tuple[str | None, ...]]:
        """Return ``columns`` of the rows with ``keys`` as they are now, as text."""
        names = [sql.SQL("{}::text").format(sql.Identifier(name)) for name in (*key, *columns)]
        query = sql.SQL("SELECT {} FROM {} WHERE ({}) IN (SELECT {})").format(
            sql.SQL(", ").join(names),
            sql.Identifier(*split_postgresql_table(table, self._schema)),
            sql.SQL(", ").join(names[: len(key)]),
            sql.SQL(", ").join([sql.SQL("unnest(%s::text[])")] * len(key)),
        )
        rows = self._ask(query, *(list(each) for each in zip(*keys, strict=True)))
        return {tuple(row[: len(key)]): tuple(row[len(key) :]) for row in rows}

    def advance(self, slot: str, position: int) -> None:
        """Let the server forget what is before ``position``; does nothing to a slot that is further already."""
        found = self.find_slot(slot)
        if found is None or found.confirmed >= position:
            return
        self._ask(
            "SELECT end_lsn::text FROM pg_replication_slot_advance(%s, %s::pg_lsn)", slot, write_position(position)
        )

    def drop(self, slot: str, publication: str) -> None:
        """Drop the slot and, where it is ours to drop, the publication; nothing happens to what isn't there."""
        if self.find_slot(slot) is not None:
            self._ask("SELECT pg_drop_replication_slot(%s)::text", slot)
        try:
            self._connection.execute(sql.SQL("DROP PUBLICATION IF EXISTS {}").format(sql.Identifier(publication)))
        except errors.InsufficientPrivilege:
            return  # the administrator's own, it costs nothing
        except psycopg.Error as error:
            raise explain_postgresql(error) from error


@contextmanager
def open_log(source: Source) -> Iterator[Log]:
    """Connect to the log of ``source``. Raises SourceError."""
    log = Log(source)
    try:
        yield log
    finally:
        log.close()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except errors.ObjectInUse as error:
        raise SourceError("slot-busy", _("复制槽正被另一个连接使用，稍后自动重试。"), is_passing=True) from error
    except errors.ObjectNotInPrerequisiteState as error:
        raise SourceError("slot-lost", _("数据源已经丢弃了复制槽需要的日志，变更不完整。请重新全量。")) from error
    except psycopg.Error as error:
        raise explain_postgresql(error) from error
