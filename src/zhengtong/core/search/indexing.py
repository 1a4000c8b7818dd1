"""Writing the index: rows made searchable at once, after a change, or all of a kind again.

What is pending is taken away in the transaction that indexes it, so a killed worker loses nothing and a second run
finds nothing to do. One worker at a time works on a kind: it holds the kind's lock from before it reads the rows until
its commit, so what was read first can't be written last. A service's own :func:`refresh` takes no lock; the trigger
noted its change too, and the next drain puts right what the two may have crossed.
"""

import hashlib
from collections.abc import Generator, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from zhengtong.core.search import text
from zhengtong.core.search.declarations import Searchable
from zhengtong.core.search.models import Entry, IndexedKind, PendingChange
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry

BATCH: Final = 500
_COLUMNS: Final = (
    "kind", "object_id", "organisation_id", "owner_id", "entity_id", "mark", "circle", "readers", "newest_at",
    "reference", "slug", "title", "names", "body", "digest",
)  # fmt: skip
_WRITE: Final = (
    f"INSERT INTO {Entry._meta.db_table} ({', '.join(_COLUMNS)}, terms, grams) "
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}, array_to_tsvector(%s), array_to_tsvector(%s)) "
    "ON CONFLICT (kind, object_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in (*_COLUMNS[2:], "terms", "grams"))
)
_UNKNOWN_MARK: Final = 32_767
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def refresh(kind: str, ids: Iterable[int]) -> None:
    """Index rows of ``kind`` in the caller's transaction; those that aren't there or aren't to be found are removed."""
    _index(registry.get(Searchable, kind), sorted(set(ids)))


def _index(declared: Searchable, ids: list[int]) -> None:
    known = dict(Entry.objects.filter(kind=declared.kind, object_id__in=ids).values_list("object_id", "digest"))
    found = set()
    written = []
    for row in declared.list_rows().filter(pk__in=ids):
        found.add(row.pk)
        values = _read(declared, row)
        if bytes(known.get(row.pk, b"")) != values[-1]:
            terms, grams = text.index_words(values[-3], text.fold(values[-2]))
            written.append((*values, sorted(terms), sorted(grams)))
    if written:
        with connection.cursor() as cursor:
            cursor.executemany(_WRITE, written)
    if gone := known.keys() - found:
        Entry.objects.filter(kind=declared.kind, object_id__in=gone).delete()


def _read(declared: Searchable, row: Any) -> tuple[Any, ...]:
    """Return the values of ``_COLUMNS``; the last is the digest of the others: what is the same isn't written."""
    rule = declared.protection
    title = text.clean(str(declared.name(row)))[: text.LONGEST_NAME]
    names = [title, *(text.clean(str(word))[: text.LONGEST_NAME] for word in declared.words(row))]
    values = (
        declared.kind,
        row.pk,
        _value(row, rule.organisation if rule else ""),
        _value(row, rule.owner if rule else ""),
        _value(row, rule.entity if rule else ""),
        _mark(row, rule.mark if rule else ""),
        _value(row, rule.circle if rule else ""),
        _value(row, rule.readers if rule else ""),
        _moment(_value(row, declared.newest)),
        text.normalise_reference(str(_value(row, declared.reference) or "")),
        str(_value(row, declared.slug) or "")[:160],
        title,
        text.fold("\n".join(dict.fromkeys(name for name in names if name))),
        text.clean(str(declared.text(row)))[: text.LONGEST_BODY],
    )
    return (*values, hashlib.blake2b(repr(values).encode(), digest_size=16).digest())


def _value(row: Any, path: str) -> Any:
    """Follow ``path`` (``post__organisation_id``) from ``row``."""
    for name in path.split("__") if path else ():
        row = getattr(row, name, None)
    return row if path else None


def _mark(row: Any, path: str) -> int:
    """Return the row's mark; a row that should have one and doesn't is nobody's."""
    mark = _value(row, path) if path else Mark.PUBLIC
    return _UNKNOWN_MARK if mark is None else int(mark)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return timezone.make_aware(datetime(value.year, value.month, value.day))
    return _LONG_AGO


# What waits ----------------------------------------------------------------------------------------------


def drain() -> int:
    """Index what is pending, batch by batch, until nothing is left that another worker isn't at; return how much."""
    done = 0
    for declared in registry.of(Searchable):
        while taken := _drain_batch(declared):
            done += taken
    return done


@transaction.atomic
def _drain_batch(declared: Searchable) -> int:
    """Index up to ``BATCH`` noted changes of a kind; return how many: 0 also when another worker is at it."""
    if not _lock(declared.kind, waits=False):
        return 0
    with connection.cursor() as cursor:
        table = PendingChange._meta.db_table
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE kind = %s ORDER BY id LIMIT %s "
            "FOR UPDATE SKIP LOCKED) RETURNING object_id",
            [declared.kind, BATCH],
        )
        taken = [object_id for (object_id,) in cursor.fetchall()]
    if None in taken:  # the table was emptied: what was put in since is pending itself, or came in just before
        IndexedKind.objects.filter(kind=declared.kind).update(rebuilt_upto=0)
    ids = sorted({object_id for object_id in taken if object_id is not None})
    if ids:
        _index(declared, ids)
    return len(taken)


# All of it -----------------------------------------------------------------------------------------------


def start_rebuilding(kinds: Iterable[str]) -> None:
    """Mark kinds to be rebuilt from their first row."""
    IndexedKind.objects.filter(kind__in=list(kinds)).update(rebuilt_upto=0)


def list_unfinished() -> list[str]:
    """Return the kinds whose rebuilding waits or was broken off; not those of modules that are gone."""
    declared = [each.kind for each in registry.of(Searchable)]
    unfinished = IndexedKind.objects.filter(kind__in=declared, rebuilt_upto__isnull=False)
    return list(unfinished.order_by("kind").values_list("kind", flat=True))


def rebuild(kind: str) -> Generator[int, None, None]:
    """Go on rebuilding ``kind`` where it stopped; yield after each committed batch how many rows it had.

    Ids are walked in order: what lies in the index between two of them and isn't a row any more is removed.
    """
    declared = registry.get(Searchable, kind)
    while (done := _rebuild_batch(declared)) is not None:
        yield done


@transaction.atomic
def _rebuild_batch(declared: Searchable) -> int | None:
    _lock(declared.kind, waits=True)
    state = IndexedKind.objects.filter(kind=declared.kind, rebuilt_upto__isnull=False).first()
    if state is None or state.rebuilt_upto is None:
        return None
    after = state.rebuilt_upto
    ids = list(declared.list_rows().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
    is_last = len(ids) < BATCH
    stale = Entry.objects.filter(kind=declared.kind, object_id__gt=after).exclude(object_id__in=ids)
    (stale if is_last else stale.filter(object_id__lt=ids[-1])).delete()
    if ids:
        _index(declared, ids)
    state.rebuilt_upto = None if is_last else ids[-1]
    state.rebuilt_at = timezone.now() if is_last else state.rebuilt_at
    state.save(update_fields=["rebuilt_upto", "rebuilt_at"])
    return len(ids)


def _lock(kind: str, *, waits: bool) -> bool:
    """Take the kind's lock until the transaction ends; without waiting, return whether it was free."""
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search {kind}"])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"search {kind}"])
        return bool(cursor.fetchone()[0])
