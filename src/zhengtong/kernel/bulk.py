"""Putting very many rows into tables at once: by COPY, into tables without their indexes, which are then made anew.

For loads into tables that nobody works with meanwhile, in one transaction: the tables are locked, and afterwards they
are what they were, with the rows in them or, after a failure, without. Rules that are checked row by row (CHECK, NOT
NULL) and primary keys stay in force; what was dropped is checked over all rows when it is made again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

# Sorting a million keys for an index; for this transaction only.
_MEMORY = "256MB"
_KEYS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid), c.contype
FROM pg_constraint c
WHERE c.conrelid = ANY(%s::regclass[]) AND c.contype IN ('f', 'u', 'x')
    AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid AND c.contype <> 'f')
ORDER BY c.contype = 'f', c.oid
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY i.indexrelid
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text, quote_ident(tgname)
FROM pg_trigger WHERE tgrelid = ANY(%s::regclass[]) AND NOT tgisinternal AND tgenabled = 'O' ORDER BY oid
"""


@contextmanager
def bare_tables(*models: type[Model], remaking: AbstractContextManager[object] | None = None) -> Iterator[None]:
    """Let the tables of ``models`` be without indexes, foreign keys and triggers while the block fills them.

    ``remaking`` is entered while they are made again, which may take as long as the filling.
    Triggers don't fire for what the block writes: whoever fills a table does itself what they would have done.
    """
    tables = [connection.ops.quote_name(model._meta.db_table) for model in models]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{_MEMORY}'")
        # Whatever the transaction has still to check would keep the tables from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        kept = []
        for question in (_KEYS, _INDEXES, _TRIGGERS):
            cursor.execute(question, [tables])
            kept.append(cursor.fetchall())
        keys, indexes, triggers = kept
        _run(cursor, [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in triggers])
        _run(cursor, [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, *_ in reversed(keys)])
        _run(cursor, [f"DROP INDEX {name}" for name, _ in indexes])
        yield
        with remaking or nullcontext():
            _run(cursor, [definition for _, definition in indexes])
            count_rows(*models)  # before they are joined to check the foreign keys
            _run(cursor, [f"ALTER TABLE {table} ADD CONSTRAINT {name} {what}" for table, name, what, _ in keys])
            _run(cursor, [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in triggers])
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _run(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)


def copy_lines(table: str, columns: Sequence[str], lines: bytes) -> None:
    """COPY ``lines``, any number of rows in PostgreSQL's text format, into ``columns`` of ``table``."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    into = f"{connection.ops.quote_name(table)} ({names})"
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        copy.write(lines)


def count_rows(*models: type[Model]) -> None:
    """Let the planner know what the tables of ``models`` hold since rows were copied into them."""
    with connection.cursor() as cursor:
        _run(cursor, [f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}" for model in models])


def next_id(model: type[Model]) -> int:
    """Return the first id after all that the table of ``model`` has."""
    table, key = (connection.ops.quote_name(name) for name in (model._meta.db_table, str(model._meta.pk.column)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max({key}), 0) + 1 FROM {table}")
        return int(cursor.fetchone()[0])


def give_ids_after(*models: type[Model]) -> None:
    """Let the tables of ``models`` go on numbering their rows after the ids that were written with them."""
    with connection.cursor() as cursor:
        for model in models:
            names = [model._meta.db_table, str(model._meta.pk.column)]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [*names, next_id(model)])


def write_text(value: object) -> str:
    """Return ``value`` as one field of PostgreSQL's text format."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    text = str(value)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t").replace("\r", r"\r")
    return text
