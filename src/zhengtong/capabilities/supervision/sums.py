"""Sums of tallies over a time and over organisations: folded and unfolded together, never a look at cases.

Every figure is of this moment. ``measures`` and ``items`` narrow what is read; nothing given is everything but
bundles (一件事): one is counted under its own item beside its parts, and would count them twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from django.db import connection

from zhengtong.capabilities.cases.public import CaseKind, ServiceItem
from zhengtong.capabilities.supervision.measures import Measure
from zhengtong.capabilities.supervision.models import Delta, HourTally, Standing, Tally
from zhengtong.kernel.reach import IdSet

Sums: TypeAlias = Mapping[tuple[int, int, str], int]
"""Amounts by organisation, item and measure."""
_WITHIN = "day BETWEEN %s AND %s"
_EACH = ("organisation_id", "item_id", "measure")


def read_sums(
    organisations: Iterable[int], first: date, last: date, measures: Iterable[str] = (), *, items: Iterable[int] = ()
) -> Sums:
    """Return what happened from ``first`` to ``last``, both included, by organisation, item and measure."""
    return _read(Tally, _EACH, _WITHIN, [first, last], organisations, measures, items)


def read_days(
    organisations: Iterable[int], first: date, last: date, measures: Iterable[str] = (), *, items: Iterable[int] = ()
) -> dict[tuple[date, str], int]:
    """Return what happened on each day from ``first`` to ``last``, by day and measure."""
    return _read(Tally, ("day", "measure"), _WITHIN, [first, last], organisations, measures, items)


def read_hours(organisations: Iterable[int], day: date, *, items: Iterable[int] = ()) -> dict[tuple[int, str], int]:
    """Return what came in and what was decided on ``day``, one of the last, by hour and measure."""
    return _read(HourTally, ("hour", "measure"), _WITHIN, [day, day], organisations, (), items)


def read_standing(organisations: Iterable[int], *, items: Iterable[int] = (), with_bundles: bool = False) -> Sums:
    """Return what stands now, by organisation, item and measure."""
    return _read(Standing, _EACH, "", [], organisations, (), items, with_bundles=with_bundles)


def read_item_totals(item: int) -> dict[str, int]:
    """Return what ever happened with ``item``, everywhere, by measure: what the public may know of it."""
    table, pending = Tally._meta.db_table, Delta._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measure, sum(amount) FROM ("
            f"SELECT measure, amount FROM {table} WHERE item_id = %s UNION ALL "
            f"SELECT measure, amount FROM {pending} WHERE item_id = %s AND day IS NOT NULL"
            ") AS counted GROUP BY measure",
            [item, item],
        )
        return {measure: int(amount) for measure, amount in cursor.fetchall()}


def list_busiest_items(first: date) -> list[int]:
    """Return the items that were applied for since ``first``, the most wanted first."""
    table, pending = Tally._meta.db_table, Delta._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT item_id FROM (SELECT item_id, amount, day, measure FROM {table} UNION ALL "
            f"SELECT item_id, amount, day, measure FROM {pending}) AS counted "
            "WHERE day >= %s AND measure = %s GROUP BY item_id HAVING sum(amount) > 0 "
            "ORDER BY sum(amount) DESC, item_id",
            [first, Measure.RECEIVED],
        )
        return [item for (item,) in cursor.fetchall()]


def read_exercise(items: Iterable[int], first: date) -> tuple[dict[str, int], dict[str, int]]:
    """Return what happened with ``items`` together, everywhere, by measure: since ``first``, and ever.

    What the public may know of a power: how often it was exercised.
    """
    wanted = list(items)
    if not wanted:
        return {}, {}
    table, pending = Tally._meta.db_table, Delta._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measure, sum(amount) FILTER (WHERE day >= %s), sum(amount) FROM ("
            f"SELECT measure, day, amount FROM {table} WHERE item_id = ANY(%s::bigint[]) UNION ALL "
            f"SELECT measure, day, amount FROM {pending} WHERE item_id = ANY(%s::bigint[]) AND day IS NOT NULL"
            ") AS counted GROUP BY measure",
            [first, wanted, wanted],
        )
        rows = cursor.fetchall()
    return {measure: int(since or 0) for measure, since, _ever in rows}, {
        measure: int(ever) for measure, _since, ever in rows
    }


def _read(
    table: type[Tally | HourTally | Standing],
    columns: tuple[str, ...],
    days: str,
    given: list[Any],
    organisations: Iterable[int],
    measures: Iterable[str],
    items: Iterable[int],
    *,
    with_bundles: bool = False,
) -> dict[tuple[Any, ...], int]:
    """Return the sums of ``table`` and of what isn't folded into it yet, by ``columns``, in one statement."""
    reach = organisations if isinstance(organisations, IdSet) else IdSet(organisations)
    conditions = ["organisation_id = ANY(%s::bigint[])"]
    params: list[Any] = [reach.literal]
    if wanted := [str(each) for each in measures]:
        conditions.append("measure = ANY(%s::text[])")
        params.append(wanted)
    if chosen := list(items):
        conditions.append("item_id = ANY(%s::bigint[])")
        params.append(chosen)
    elif not with_bundles:
        conditions.append(f"item_id <> ALL(ARRAY(SELECT id FROM {ServiceItem._meta.db_table} WHERE kind = %s))")
        params.append(CaseKind.BUNDLE.value)
    common = " AND ".join(conditions)
    keys = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {keys}, sum(amount) FROM ("
            f"SELECT {keys}, amount FROM {table._meta.db_table} WHERE {days or 'TRUE'} AND {common} UNION ALL "
            f"SELECT {keys}, amount FROM {Delta._meta.db_table} WHERE {days or 'day IS NULL'} AND {common}"
            f") AS counted GROUP BY {keys} HAVING sum(amount) <> 0",
            [*given, *params, *given, *params],
        )
        return {tuple(key): int(amount) for *key, amount in cursor.fetchall()}
