"""Importing the tree of regions: all of it in one transaction, by COPY and one merge."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.administrators import MANAGE_ORGANISATIONS
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.regions import Division
from zhengtong.kernel.policy import Actor, require

_TABLE = """
CREATE TEMPORARY TABLE read_region (
    code varchar(12), name varchar(60), level varchar(10), parent varchar(12), path ltree
) ON COMMIT DROP
"""
# A region that is there keeps its id; a new one gets its own before the merge, so that its children can name it.
_NUMBER = """
CREATE TEMPORARY TABLE imported_region ON COMMIT DROP AS
SELECT i.*, coalesce(r.id, nextval(pg_get_serial_sequence('identity_region', 'id'))) AS id
FROM read_region i LEFT JOIN identity_region r ON r.code = i.code
ORDER BY i.path
"""
_MERGE = """
INSERT INTO identity_region AS r (id, code, name, level, parent_id, path)
SELECT i.id, i.code, i.name, i.level, above.id, i.path
FROM imported_region i LEFT JOIN imported_region above ON above.code = i.parent
LEFT JOIN identity_region same ON same.id = i.id
    AND (same.name, same.level, same.path) = (i.name, i.level, i.path) AND same.parent_id IS NOT DISTINCT FROM above.id
WHERE same.id IS NULL
ON CONFLICT (code) DO UPDATE
    SET name = excluded.name, level = excluded.level, parent_id = excluded.parent_id, path = excluded.path
RETURNING xmax = 0
"""
# Codes beginning with 9 are no province's (GB/T 2260): regions of the demo and of an installation's own.
_VANISHED = """
SELECT r.code, r.name FROM identity_region r
WHERE r.code < '9' AND NOT EXISTS (SELECT FROM imported_region i WHERE i.code = r.code)
ORDER BY r.code
"""


@dataclass(frozen=True, slots=True)
class ImportedRegions:
    """What an import did. ``vanished`` are regions that are no longer in the files, as code and name: they are kept."""

    total: int
    added: int
    changed: int
    vanished: list[tuple[str, str]]


@transaction.atomic
def import_regions(
    *, actor: Actor, divisions: Iterable[Division], tell: Callable[[str, int], None] = lambda stage, rows: None
) -> ImportedRegions:
    """Bring the regions up to ``divisions``: new ones are added, changed names follow, what vanished is kept.

    All or nothing; one journal record. ``tell`` is told each stage with its rows. Raises Refused and Denied, and what
    reading ``divisions`` raises.
    """
    require(actor, MANAGE_ORGANISATIONS)
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        total = 0
        with cursor.copy("COPY read_region (code, name, level, parent, path) FROM STDIN") as copy:
            for each in divisions:
                copy.write_row((each.code, each.name, each.level, each.parent or None, each.path))
                total += 1
                if total % 50_000 == 0:
                    tell("read", total)
        if not total:
            raise Refused("empty", _("文件里没有行政区划"))
        tell("read", total)
        cursor.execute("ANALYZE read_region")
        cursor.execute(_NUMBER)
        cursor.execute("ANALYZE imported_region")
        tell("merge", total)
        cursor.execute(f"WITH done(is_new) AS ({_MERGE}) SELECT count(*) FILTER (WHERE is_new), count(*) FROM done")
        added, written = cursor.fetchone()
        cursor.execute(_VANISHED)
        vanished = cursor.fetchall()
        cursor.execute("DROP TABLE read_region, imported_region")  # another import may follow in the same transaction
    result = ImportedRegions(total=total, added=added, changed=written - added, vanished=vanished)
    after = {**asdict(result), "vanished": len(vanished)}
    record(actor, "identity.regions_imported", ("identity.region", ""), after=after)
    return result
