"""The encrypted columns of all tables, as stores whose rows are sealed anew in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from zhengtong.core.crypto import domain, envelope
from zhengtong.core.crypto.declarations import Batch, SealedStore
from zhengtong.core.crypto.fields import EncryptedJSONField, EncryptedTextField
from zhengtong.core.crypto.models import DataKeyUse

BATCH_ROWS = 1000

# Tables whose rows the database refuses to change let pass a change of nothing but sealed columns while this is on.
FLAG = "zhengtong.resealing"


@dataclass(frozen=True)
class SealedTable:
    """A table and its encrypted columns."""

    label: str
    table: str
    pk: "models.Field[Any, Any]"
    columns: tuple[str, ...]

    def reseal(self, position: str, number: int) -> Batch:
        """Bring the sealed values of the next rows under the data key ``number``, in one transaction.

        A value that somebody else changed meanwhile is left as it is: a later turn looks again.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(self._look(position), {"after": position, "head": domain.head_of(number)})
            rows = cursor.fetchall()
            stale = [row for row in rows if any(value is not None for value in row[1:])]
            changed = unreadable = 0
            if stale:
                fresh = [[_again(value) for value in row[1:]] for row in stale]
                unreadable = sum(value is _UNREADABLE for row in fresh for value in row)
                lists: list[Any] = [[row[0] for row in stale]]
                for place in range(len(self.columns)):
                    lists.append([row[place + 1] for row in stale])
                    lists.append([None if row[place] is _UNREADABLE else row[place] for row in fresh])
                cursor.execute("SELECT set_config(%s, 'on', true)", [FLAG])
                cursor.execute(self._put(), lists)
                changed = cursor.rowcount
                cursor.execute("SELECT set_config(%s, '', true)", [FLAG])
        ended = len(rows) < BATCH_ROWS
        return Batch(None if ended else str(rows[-1][0]), len(rows), changed, unreadable)

    def _look(self, position: str) -> sql.Composed:
        pk = sql.Identifier(str(self.pk.column))
        kind = sql.SQL(_type_of(self.pk))
        picked = sql.SQL(", ").join(
            sql.SQL("CASE WHEN octet_length({0}) > 0 AND substring({0} FROM 1 FOR 3) <> %(head)s THEN {0} END").format(
                sql.Identifier(column)
            )
            for column in self.columns
        )
        after = sql.SQL("WHERE {0} > %(after)s::{1}").format(pk, kind) if position else sql.SQL("")
        return sql.SQL("SELECT {pk}, {picked} FROM {table} {after} ORDER BY {pk} LIMIT {limit}").format(
            pk=pk, picked=picked, table=sql.Identifier(self.table), after=after, limit=sql.Literal(BATCH_ROWS)
        )

    def _put(self) -> sql.Composed:
        """The stale values that opened are replaced, where they still stand as they were read."""
        names = [(sql.Identifier(c), sql.Identifier(f"old_{n}"), sql.Identifier(f"new_{n}")) for n, c in self._numbered]
        return sql.SQL(
            "UPDATE {table} AS t SET {sets} FROM unnest(%s::{kind}[], {arrays}) AS v (pk, {given}) "
            "WHERE t.{pk} = v.pk AND {same} AND ({any})"
        ).format(
            table=sql.Identifier(self.table),
            sets=sql.SQL(", ").join(sql.SQL("{0} = COALESCE(v.{1}, t.{0})").format(c, new) for c, _old, new in names),
            kind=sql.SQL(_type_of(self.pk)),
            arrays=sql.SQL(", ").join([sql.SQL("%s::bytea[]")] * (2 * len(names))),
            given=sql.SQL(", ").join(name for _c, old, new in names for name in (old, new)),
            pk=sql.Identifier(str(self.pk.column)),
            same=sql.SQL(" AND ").join(
                sql.SQL("(v.{1} IS NULL OR t.{0} = v.{1})").format(c, old) for c, old, _new in names
            ),
            any=sql.SQL(" OR ").join(sql.SQL("v.{} IS NOT NULL").format(new) for _c, _old, new in names),
        )

    @property
    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.columns))


_UNREADABLE = object()


def _again(value: Any) -> Any:
    if value is None:
        return None
    try:
        return envelope.seal(envelope.unseal(bytes(value)))
    except domain.Unreadable:
        return _UNREADABLE


def _type_of(field: "models.Field[Any, Any]") -> str:
    # A key that is a foreign key has the type of what it points to.
    return field.rel_db_type(connection) or "text"


def list_tables() -> Iterator[SealedTable]:
    """Yield every table of this installation that has encrypted columns."""
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        sealed = [
            str(field.column)
            for field in options.local_concrete_fields
            if isinstance(field, EncryptedTextField | EncryptedJSONField)
        ]
        if sealed and options.managed and not options.proxy and options.pk is not None:
            yield SealedTable(options.label_lower, options.db_table, options.pk, tuple(sealed))


def list_column_stores() -> list[SealedStore]:
    """Return the tables as stores."""
    return [SealedStore(each.label, DataKeyUse.FIELDS, partial(each.reseal)) for each in list_tables()]
