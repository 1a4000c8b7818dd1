"""What every installation starts with, put back at the end of a test whose transactions were real.

Django would leave such a test's database empty, and every test after it would have to load the rows anew, which takes
seconds; they are kept in a schema of their own instead, and copied back in a fraction of one.
"""

from dataclasses import dataclass
from functools import cache

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

SCHEMA = "starting_point"
_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled = 'O' AND tgrelid = ANY(%s::regclass[]) ORDER BY oid
"""
_COLUMNS = """
SELECT attrelid::regclass::text, string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' GROUP BY attrelid
"""


@dataclass(frozen=True)
class _Tables:
    """The tables of all models; of those with rows at the start, their columns; and the triggers of all."""

    names: list[str]
    columns: dict[str, str]
    triggers: list[tuple[str, str]]


def keep() -> None:
    """Copy the rows that are there now: the state that ``put_back`` goes back to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in _with_rows(cursor, _tables().names):
            cursor.execute(f"CREATE TABLE {SCHEMA}.{table} AS TABLE {table}")
    _tables.cache_clear()


@cache
def _tables() -> _Tables:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(connection.ops.quote_name(name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
        kept = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        cursor.execute(_COLUMNS, [kept])
        columns = dict(cursor.fetchall())
        cursor.execute(_TRIGGERS, [tables])
        return _Tables(tables, columns, cursor.fetchall())


def _with_rows(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    asked = ", ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
    cursor.execute(f"SELECT {asked}")
    return [table for table, has_rows in zip(tables, cursor.fetchone(), strict=True) if has_rows]


def put_back() -> None:
    """Let every table hold what it held when ``keep`` was called; no trigger notices."""
    known = _tables()
    with transaction.atomic(), connection.cursor() as cursor:
        for table, trigger in known.triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        if filled := _with_rows(cursor, known.names):
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
        for table, columns in known.columns.items():
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {SCHEMA}.{table}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, trigger in known.triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
