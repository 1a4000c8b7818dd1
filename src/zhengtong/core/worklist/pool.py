"""An office's pool: open items that nobody holds, read as fast by who reaches five thousand organisations as by one.

A role in a county reaches its organisations one by one, and no index orders the items of *many* organisations by
deadline. So a page is read as the first rows of each pair of organisation and permission, merged (a LATERAL join, a few
index steps a pair); whoever reaches more pairs than ``PAIRS`` walks everybody's pool in the order of its deadlines
instead, where hers come by soon. A capped count goes from pair to pair and stops at the cap; that of a wide reach looks
at the first ``WINDOW`` items of everybody's pool before, which mostly decides it.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.query import ModelIterable

from zhengtong.core.worklist.declarations import WorkKind
from zhengtong.core.worklist.models import IN_POOL, WorkItem
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor

PAIRS = 600
WINDOW = 20_000
Sql = tuple[str, list[Any]]
# How a reach is said to the database: as a filter, as the pair at hand, or not at all.
_said: ContextVar[str] = ContextVar("said", default="filter")


@dataclass(frozen=True)
class PoolReach:
    """Which work somebody may take: groups of organisations and the permissions that she has in all of them. No pair
    of organisation and permission is in two groups."""

    groups: tuple[tuple[frozenset[int], frozenset[str]], ...]

    @classmethod
    def of(cls, actor: Actor) -> "PoolReach":
        """Return the reach of ``actor`` over the permissions that work of the declared kinds asks for."""
        groups: dict[frozenset[int], set[str]] = defaultdict(set)
        for permission in {each for kind in registry.of(WorkKind) for each in kind.permissions}:
            if organisations := actor.reach(permission):
                groups[organisations].add(permission)
        return cls(tuple((organisations, frozenset(held)) for organisations, held in groups.items()))

    @cached_property
    def pairs(self) -> int:
        return sum(len(organisations) * len(permissions) for organisations, permissions in self.groups)

    def list_pairs(self) -> Sql:
        """Return the SQL of a relation ``(organisation, permission)``."""
        each = (
            "SELECT organisation, permission FROM unnest(%s::bigint[]) AS o(organisation), "
            "unnest(%s::varchar[]) AS p(permission)"
        )
        return " UNION ALL ".join([each] * len(self.groups)), self.arrays

    def match(self, organisation: str, permission: str) -> Sql:
        """Return the SQL that says whether a row is within this reach.

        A long list is a relation that isn't joined (IS TRUE keeps it from that): looked up by its hash row by row, it
        leaves the order of the rows as it is and costs no time to plan.
        """
        if self.pairs > PAIRS:
            listed = f"({organisation} IN (SELECT unnest(%s::bigint[]))) IS TRUE"
        else:
            listed = f"{organisation} = ANY(%s::bigint[])"
        each = f"({listed} AND {permission} = ANY(%s::varchar[]))"
        return "(" + " OR ".join([each] * len(self.groups)) + ")", self.arrays

    @cached_property
    def arrays(self) -> list[Any]:
        """The groups as parameters. Ids go as one text: five thousand numbers are adapted one by one otherwise."""
        return [
            value
            for organisations, permissions in self.groups
            for value in ("{" + ",".join(map(str, sorted(organisations))) + "}", sorted(permissions))
        ]


class WithinReach(Func):
    """The condition that an item is within a reach; see :func:`said_as` for what else it can be."""

    output_field = BooleanField()

    def __init__(self, reach: PoolReach) -> None:
        super().__init__(F("organisation_id"), F("permission"))
        self.reach = reach

    def as_sql(self, compiler: Any, connection: Any, **_options: Any) -> Sql:  # type: ignore[override]  # Django types it loosely
        organisation, permission = (compiler.compile(each)[0] for each in self.source_expressions)
        match _said.get():
            case "pair":
                return f"({organisation} = pair.organisation AND {permission} = pair.permission)", []
            case "anywhere":
                return "TRUE", []
        return self.reach.match(organisation, permission)


@contextmanager
def said_as(mode: str) -> Iterator[None]:
    """Let reaches be compiled as the ``pair`` at hand, or as if they were ``anywhere``."""
    token = _said.set(mode)
    try:
        yield
    finally:
        _said.reset(token)


class PoolQuerySet(QuerySet[WorkItem]):
    """Open items that nobody holds, within a reach. Pages and capped counts of it go by pair; all else is a filter."""

    reach: PoolReach
    is_by_pair = True

    @classmethod
    def within(cls, reach: PoolReach) -> "PoolQuerySet":
        made = cls(WorkItem)
        made.reach = reach
        return made.filter(IN_POOL, WithinReach(reach)) if reach.groups else made.none()

    def _clone(self) -> Self:
        made: Self = super()._clone()  # type: ignore[misc]  # not in the stubs
        made.reach = self.reach
        made.is_by_pair = self.is_by_pair
        return made

    def at_once(self) -> Self:
        """Return the same rows, to be read without going from pair to pair: where a condition with an index of its own
        leaves few of them."""
        made = self._clone()
        made.is_by_pair = False
        return made

    def count(self) -> int:
        if self._result_cache is not None or not self._is_slice():
            return super().count()
        try:
            sql, given = self.counting()
        except EmptyResultSet:
            return 0
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, given)
            return int(cursor.fetchone()[0])

    def counting(self) -> Sql:
        """Return the SQL that counts this slice. Raises EmptyResultSet."""
        by_pair, given = self._count_by_pair()
        if self.reach.pairs <= PAIRS:
            return by_pair, given
        rows = self.values("organisation_id", "permission")
        rows.query.clear_ordering(force=True)
        rows.query.add_ordering("due_at", "id")  # so that it is read from the index
        rows.query.clear_limits()
        rows.query.set_limits(high=WINDOW)
        with said_as("anywhere"):
            window, seen = rows.query.sql_with_params()
        match, arrays = self.reach.match("seen.organisation_id", "seen.permission")
        limit = self.query.high_mark
        return (
            f"SELECT CASE WHEN found.hits >= {limit} OR (SELECT count(*) FROM ({window}) AS seen) < {WINDOW} "
            f"THEN found.hits ELSE ({by_pair}) END FROM (SELECT (SELECT count(*) FROM "
            f"(SELECT 1 FROM ({window}) AS seen WHERE {match} LIMIT {limit}) AS hit) AS hits OFFSET 0) AS found",
            [*seen, *given, *seen, *arrays],
        )

    def _count_by_pair(self) -> Sql:
        ids = self.values("pk")
        ids.query.clear_ordering(force=True)
        with said_as("pair"):
            inner, given = ids.query.sql_with_params()
        pairs, arrays = self.reach.list_pairs()
        limit = self.query.high_mark
        return (
            f"SELECT count(*) FROM (SELECT 1 FROM ({pairs}) AS pair CROSS JOIN LATERAL ({inner}) AS one LIMIT {limit})"
            " AS counted",
            [*arrays, *given],
        )

    def _fetch_all(self) -> None:
        if self._result_cache is None and self._is_slice() and self._iterable_class is ModelIterable:
            self._result_cache = self._read_page()
        super()._fetch_all()

    def _is_slice(self) -> bool:
        query = self.query
        return (
            self.is_by_pair
            and query.high_mark is not None
            and query.low_mark == 0
            and not (query.distinct or query.combinator or query.annotations or query.deferred_loading[0])
            and not query.select_for_update
            and all(column in _COLUMNS for column, _is_down in self._order())
        )

    def _order(self) -> list[tuple[str, bool]]:
        """Return the columns of the order, and whether each goes down."""
        names = [each if isinstance(each, str) else "" for each in self.query.order_by]
        return [(name.removeprefix("-"), name.startswith("-")) for name in names]

    def _read_page(self) -> list[WorkItem]:
        """Read which rows are on this page, then those rows."""
        try:
            ids = self._read_ids()
        except EmptyResultSet:
            return []
        whole = WorkItem.objects.using(self.db).filter(pk__in=ids)
        whole.query.select_related = self.query.select_related
        rows = {item.pk: item for item in whole}
        return [rows[pk] for pk in ids if pk in rows]

    def _read_ids(self) -> list[int]:
        columns = [name for name, _is_down in self._order() if name != "id"]
        page = self.values_list("pk", *columns)
        if self.reach.pairs > PAIRS:
            return [row[0] for row in page]
        with said_as("pair"):
            inner, given = page.query.sql_with_params()
        pairs, arrays = self.reach.list_pairs()
        order = ", ".join(f"top.{name}{' DESC' if is_down else ''}" for name, is_down in self._order())
        names = ", ".join(["id", *columns])
        sql = f"SELECT top.id FROM ({pairs}) AS pair CROSS JOIN LATERAL ({inner}) AS top({names})"
        sql += (f" ORDER BY {order}" if order else "") + f" LIMIT {self.query.high_mark}"
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, [*arrays, *given])
            return [row[0] for row in cursor.fetchall()]


_COLUMNS = frozenset(field.attname for field in WorkItem._meta.concrete_fields)
