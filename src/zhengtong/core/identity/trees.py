"""Subtrees resolved to ids: kept in the process for as long as no tree changed.

One row holds a stamp that triggers renew, in its own transaction, with every change of a path, a region or a
succession. What is kept under another stamp than the one that a reader sees is not used: nothing stale can be read
after a commit, in any process, and what was rolled back leaves its stamp to nobody.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection

from zhengtong.core.identity.models import Reach
from zhengtong.kernel.reach import IdSet

# An organisation that ended on merging or splitting is reached by whoever reaches its successors: its rows stay.
_ORGANISATIONS = """
WITH RECURSIVE found(id) AS (
    {chosen}
    UNION
    SELECT s.predecessor_id FROM found JOIN identity_succession s ON s.successor_id = found.id
)
SELECT array_agg(id) FROM found
"""
_CHOSEN = {
    Reach.OWN: "SELECT id FROM identity_organisation WHERE id = %s",
    Reach.SUBTREE: "SELECT id FROM identity_organisation WHERE path <@ "
    "(SELECT path FROM identity_organisation WHERE id = %s)",
    Reach.REGION: "SELECT o.id FROM identity_organisation o JOIN identity_region r ON r.id = o.region_id "
    "WHERE r.path <@ (SELECT path FROM identity_region WHERE id = %s)",
}
_REGIONS = """
WITH root AS (
    SELECT path FROM identity_region
    WHERE id IN (SELECT region_id FROM identity_organisation WHERE id = ANY(%s::bigint[]))
)
SELECT array_agg(DISTINCT r.id) FROM root JOIN identity_region r ON r.path <@ root.path
WHERE NOT EXISTS (SELECT FROM root above WHERE root.path <@ above.path AND root.path <> above.path)
"""
STAMP = "(SELECT stamp FROM identity_treestamp WHERE id = 1)"

_kept: tuple[UUID | None, dict[Any, IdSet]] = (None, {})


def get_stamp() -> UUID | None:
    """Return the stamp of the trees as this transaction sees them; None: nothing may be kept."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")
        stamp: UUID | None = cursor.fetchone()[0]
    return stamp


def list_organisation_ids(organisation_id: int, region_id: int, reach: str, stamp: UUID | None) -> IdSet:
    """Return the organisations that a role with ``reach`` covers from a post in an organisation, its region given."""
    root = region_id if reach == Reach.REGION else organisation_id
    statement = _ORGANISATIONS.format(chosen=_CHOSEN[Reach(reach)])
    return _keep(stamp, (reach, root), lambda: _ask(statement, root))


def list_region_ids(organisations: IdSet, stamp: UUID | None) -> IdSet:
    """Return the regions of ``organisations`` and all that lie in them."""
    return _keep(stamp, organisations, lambda: _ask(_REGIONS, organisations.literal))


def _keep(stamp: UUID | None, key: Any, resolve: Callable[[], IdSet]) -> IdSet:
    global _kept
    kept = _kept
    if stamp is None:
        return resolve()
    if kept[0] != stamp:
        kept = _kept = (stamp, {})
    if key not in kept[1]:
        kept[1][key] = resolve()
    return kept[1][key]


def _ask(statement: str, parameter: int | str) -> IdSet:
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter])
        return IdSet(cursor.fetchone()[0] or ())
