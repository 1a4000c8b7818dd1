"""Making published entries searchable: one row an entry, of the version in force, anew when another is.

A published version is never written again, so an entry is to be made anew exactly when another version came into force,
when it was retired, or when it got another provider, code or mark: that is one comparison, and no trigger is needed.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from zhengtong.capabilities.catalogue.models import Document, Resource, ResourceState, ShareType
from zhengtong.core.search.public import clean, fold, index_words
from zhengtong.kernel.marks import Mark

BATCH: Final = 500
TALLY_KEY: Final = "catalogue.tally"
SHOWN: Final = (ResourceState.PUBLISHED, ResourceState.CHANGING)
_COLUMNS: Final = (
    "resource_id", "version_id", "code", "title", "provider_id", "class_code", "share_type", "open_type",
    "update_cycle", "data_format", "mark", "published_on", "items", "names", "body",
)  # fmt: skip
TABLE: Final = Document._meta.db_table
_WRITE: Final = (
    f"INSERT INTO {TABLE} ({', '.join(_COLUMNS)}, terms, grams) "
    f"VALUES ({', '.join(['%s'] * len(_COLUMNS))}, array_to_tsvector(%s), array_to_tsvector(%s)) "
    "ON CONFLICT (resource_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in (*_COLUMNS[1:], "terms", "grams"))
)
# A row that is there and shouldn't be, or should be and isn't as it should be.
_STALE: Final = (
    "SELECT resource.id FROM {resource} resource LEFT JOIN {document} document ON document.resource_id = resource.id "
    "WHERE CASE WHEN resource.state = ANY(%s) AND resource.current_id IS NOT NULL "
    "THEN document.version_id IS DISTINCT FROM resource.current_id OR document.code <> resource.code "
    "OR document.provider_id <> resource.provider_id ELSE document.resource_id IS NOT NULL END "
    "ORDER BY resource.id LIMIT %s"
)


def mark_of(resource: Resource) -> Mark:
    """Return who may know of an entry: 不予共享 is for those who handle it, whatever else it says."""
    own = getattr(resource, "mark", Mark.PUBLIC)
    least = Mark.INTERNAL if resource.share_type == ShareType.WITHHELD else Mark.PUBLIC
    return Mark(max(own, least))


def write_documents(ids: Iterable[int]) -> int:
    """Make these entries anew in the caller's transaction, remove those not published; return how many stand."""
    wanted = sorted(set(ids))
    rows = (
        Resource.objects.filter(pk__in=wanted, state__in=SHOWN, current__isnull=False)
        .select_related("current__classification", "classification")
        .prefetch_related("current__fields")
    )
    written = [_read(row) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE, written)
    standing = {values[0] for values in written}
    Document.objects.filter(pk__in=[each for each in wanted if each not in standing]).delete()
    cache.delete(TALLY_KEY)
    return len(written)


def _read(resource: Resource) -> tuple[Any, ...]:
    version = resource.current
    assert version is not None
    fields = list(version.fields.all())
    title = clean(version.name)
    names = fold(f"{title}\n{resource.code}")
    said = "、".join(field.name for field in fields)
    body = clean(f"{version.abstract}\n信息项：{said}。" if fields else version.abstract)
    terms, grams = index_words(names, fold(f"{body} {' '.join(field.code for field in fields)}"))
    published = resource.published_on or timezone.localdate(version.published_at or version.started_at)
    return (
        resource.pk, version.pk, resource.code, title, resource.provider_id, version.classification.code,
        version.share_type, version.open_type, version.update_cycle, version.data_format.strip(), mark_of(resource),
        published, len(fields), names, body, sorted(terms), sorted(grams),
    )  # fmt: skip


def list_stale(limit: int = BATCH) -> list[int]:
    """Return entries that aren't searched as they stand."""
    sql = _STALE.format(resource=Resource._meta.db_table, document=TABLE)
    with connection.cursor() as cursor:
        cursor.execute(sql, [[str(state) for state in SHOWN], limit])
        return [each for (each,) in cursor.fetchall()]


def catch_up() -> int:
    """Make anew what isn't searched as it stands, batch by batch; return how many. Run again it finds none."""
    done = 0
    while ids := list_stale():
        with transaction.atomic():
            write_documents(ids)
        done += len(ids)
    return done
