"""Triggers that note every change of a searchable table, put there from the registry after each ``migrate``.

Not by migrations of the declaring modules: a declaration is then all that a module says, one that is gone leaves no
trigger behind, and what the tables do is what the code declares. A statement's trigger sees all its rows at once, so
``COPY``, bulk updates and cascades cost one insert; what is rolled back was never noted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from zhengtong.core.search.declarations import Searchable
from zhengtong.core.search.models import Entry, IndexedKind, PendingChange
from zhengtong.kernel.modules import registry

PREFIX: Final = "search_note_"
# The transition table of each event; of an update both, since the column that names the row may change itself.
_SEEN: Final = {
    "insert": "REFERENCING NEW TABLE AS fresh",
    "update": "REFERENCING OLD TABLE AS stale NEW TABLE AS fresh",
    "delete": "REFERENCING OLD TABLE AS stale",
    "truncate": "",
}
_TABLES: Final = {"insert": ("fresh",), "update": ("stale", "fresh"), "delete": ("stale",), "truncate": ()}


@dataclass(frozen=True, slots=True)
class Watch:
    """A table in which the rows of some kinds are named: pairs of a kind and the column with its id."""

    table: str
    named: tuple[tuple[str, str], ...]

    def bodies(self) -> Iterator[tuple[str, str]]:
        """Yield each event with the function's statements, written out so that nothing is planned twice."""
        for event, tables in _TABLES.items():
            yield event, " ".join(self._note(kind, column, tables) for kind, column in self.named)

    def _note(self, kind: str, column: str, tables: tuple[str, ...]) -> str:
        into = f"INSERT INTO {PendingChange._meta.db_table} (kind, object_id)"
        if not tables:
            return f"{into} VALUES ('{kind}', NULL);"
        rows = " UNION ".join(f'SELECT "{column}" AS id FROM {table}' for table in tables)
        return f"{into} SELECT '{kind}', id FROM ({rows}) changed WHERE id IS NOT NULL;"


def list_watches() -> list[Watch]:
    """Return what to watch: the table of each kind, and those that its text is made of."""
    named: dict[str, list[tuple[str, str]]] = {}
    for declared in registry.of(Searchable):
        own = declared.model._meta
        named.setdefault(own.db_table, []).append((declared.kind, str(own.pk.column)))
        for feed in declared.feeds:
            named.setdefault(feed.model._meta.db_table, []).append((declared.kind, feed.column))
    return [Watch(table, tuple(sorted(pairs))) for table, pairs in sorted(named.items())]


def install_after_migrating(using: str = "default", **options: Any) -> None:
    install(connections[using])


def install(connection: BaseDatabaseWrapper) -> None:
    """Bring triggers and kinds in line with the registry; a kind that is new or declared otherwise is rebuilt.

    Writes only what differs. Tables that a partial ``migrate`` hasn't made yet are left for the next one.
    """
    tables = set(connection.introspection.table_names())
    if Entry._meta.db_table not in tables:
        return
    watches = [watch for watch in list_watches() if watch.table in tables]
    wanted = {
        (watch.table, f"{PREFIX}{watch.table}_{event}"[:63]): (event, f"BEGIN {body} RETURN NULL; END")
        for watch in watches
        for event, body in watch.bodies()
    }
    with transaction.atomic(using=connection.alias):
        present = _list_present(connection)
        with connection.cursor() as cursor:
            for key in present.keys() - wanted.keys():
                cursor.execute(f'DROP TRIGGER "{key[1]}" ON "{key[0]}"')
                cursor.execute(f'DROP FUNCTION "{key[1]}"()')
            for (table, name), (event, body) in wanted.items():
                if present.get((table, name)) == body:
                    continue
                cursor.execute(f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $${body}$$')
                if (table, name) not in present:
                    cursor.execute(
                        f'CREATE TRIGGER "{name}" AFTER {event} ON "{table}" {_SEEN[event]} '
                        f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()'
                    )
        _match_kinds({each.table for each in watches})


def _list_present(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE c.relnamespace = current_schema()::regnamespace "
            "AND starts_with(t.tgname, %s)",
            [PREFIX],
        )
        return {(table, name): source for table, name, source in cursor.fetchall()}


def _match_kinds(tables: set[str]) -> None:
    declared = {each.kind: each for each in registry.of(Searchable) if each.model._meta.db_table in tables}
    known = dict(IndexedKind.objects.values_list("kind", "fingerprint"))
    if gone := known.keys() - declared.keys():
        IndexedKind.objects.filter(kind__in=gone).delete()
        PendingChange.objects.filter(kind__in=gone).delete()
        Entry.objects.filter(kind__in=gone).delete()
    for kind, each in declared.items():
        if known.get(kind) != each.fingerprint:
            IndexedKind.objects.update_or_create(
                kind=kind, defaults={"fingerprint": each.fingerprint, "rebuilt_upto": 0}
            )
