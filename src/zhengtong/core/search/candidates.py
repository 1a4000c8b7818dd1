"""Finding the newest hits of a condition, at a cost that doesn't grow with how often its words occur.

The index gives all that match, however many: of a word that stands in a fifth of a million rows these are 200,000 rows
to be read for the few that are shown. Where the rarest lexeme is rare, the index is asked. Else each kind is walked
from its newest row on: what stands in a fifth of the rows has its few hundred hits there at once, and that there are
more is all that is told. The first rows also show how often it occurs; when walking on would take longer than asking
the index, the index is asked, and then it has little to give. PostgreSQL's own estimate can't decide this: the pairs of
characters that make a word always stand together, and it takes them for strangers.
"""

import json
from collections.abc import Sequence
from math import ceil
from typing import Any, Final, NamedTuple

from django.db import connection

from zhengtong.core.search.declarations import Searchable
from zhengtong.core.search.matching import Condition, every, list_ways, match, preselect
from zhengtong.core.search.models import Entry
from zhengtong.core.search.query import Query
from zhengtong.core.search.scope import combine

# Hits of a kind that are ranked and counted: "200+" is told of more.
CAP: Final = 200
# So many rows the index gives before a walk is worth a try.
FEW: Final = 4_000
# Rows of the first look, and of a second one where rows are short.
FIRST_LOOK: Final = 100
SECOND_LOOK: Final = 2_000
# What a look may cost, in rows of no length; the pairs of a long text take as long to read as many short rows.
_BUDGET: Final = 30_000
_BYTES_A_ROW: Final = 1_500
# The index is asked for so many at most. Only words that were frequent once, and are no more, have more than these.
_MOST_FETCHED: Final = 20_000
TABLE: Final = Entry._meta.db_table

Visible = list[tuple[Searchable, Condition]]


class Candidate(NamedTuple):
    """An entry that matches. ``newest_at`` is a moment in seconds."""

    id: int
    kind: str
    newest_at: float


_COLUMNS: Final = "id, kind, extract(epoch FROM newest_at)::float8"
# One row at least comes back: the left side says how many were looked at. Rows are read until there are hits enough.
_LOOK: Final = (
    "WITH hits AS MATERIALIZED (SELECT {columns} FROM ("
    "SELECT * FROM {table} WHERE kind = %s ORDER BY newest_at DESC, id DESC LIMIT %s"
    ") newest WHERE {where} LIMIT {limit}) "
    "SELECT looked.*, hits.* FROM (SELECT "
    "(SELECT count(*) FROM (SELECT FROM {table} WHERE kind = %s ORDER BY newest_at DESC, id DESC LIMIT %s) newest), "
    "(SELECT coalesce(avg(pg_column_size(grams)), 0)::int FROM ("
    "SELECT grams FROM {table} WHERE kind = %s ORDER BY newest_at DESC, id DESC LIMIT {first}) newest)"
    ") looked LEFT JOIN hits ON true"
)
_ASK: Final = (
    "WITH found AS MATERIALIZED (SELECT id, kind, newest_at FROM {table} WHERE {where} LIMIT {most}), ranked AS ("
    "SELECT *, row_number() OVER (PARTITION BY kind ORDER BY newest_at DESC, id DESC) AS place FROM found) "
    "SELECT {columns} FROM ranked WHERE place <= {limit}"
)
# Texts are looked at from the newest on, until there are hits enough: reading them is what costs.
_ASK_AND_LOOK: Final = (
    "WITH found AS MATERIALIZED (SELECT id, kind, newest_at FROM {table} WHERE {where}) "
    "SELECT hit.* FROM (SELECT DISTINCT kind FROM found) each CROSS JOIN LATERAL (SELECT {columns} FROM ("
    "SELECT * FROM found WHERE found.kind = each.kind ORDER BY newest_at DESC, id DESC OFFSET 0) listed "
    "WHERE EXISTS (SELECT FROM {table} entry WHERE entry.id = listed.id AND ({matching}) OFFSET 0) LIMIT {limit}) hit"
)


def list_newest(query: Query, visible: Visible, *, in_names: bool) -> list[Candidate]:
    """Return of each visible kind the newest entries that match, at most ``CAP`` and one more."""
    matching = match(query, in_names=in_names)
    preselected = preselect(query, in_names=in_names)
    if _most_rows(query, in_names=in_names) <= FEW:
        return _ask(matching, preselected, visible)
    found: list[Candidate] = []
    rare: Visible = []
    for declared, condition in visible:
        walked = _walk(declared.kind, every([matching, condition]))
        if walked is None:
            rare.append((declared, condition))
        else:
            found += walked
    return found + _ask(matching, preselected, rare) if rare else found


def _most_rows(query: Query, *, in_names: bool) -> int:
    """Return more or less how many rows the index can find at most, as PostgreSQL's statistics of lexemes have it."""
    ways = [list_ways(part, in_names=in_names) for part in query.parts]
    lexemes = list(dict.fromkeys(each for of_part in ways for way in of_part for each in way.lexemes))
    counted = " UNION ALL ".join(f"SELECT 1 FROM {TABLE} WHERE {column} @@ %s::tsquery" for column, _ in lexemes)
    answer = _fetch(f"EXPLAIN (FORMAT JSON) {counted}", [value for _, value in lexemes])[0][0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    while len(lexemes) > 1 and plan["Node Type"] != "Append":  # several workers read a large index: gathered above it
        plan = plan["Plans"][0]
    plans = plan["Plans"] if len(lexemes) > 1 else [plan]
    rows = dict(zip(lexemes, (int(each["Plan Rows"]) for each in plans), strict=True))
    counted_rows = [sum(min(rows[each] for each in way.lexemes) for way in of_part) for of_part in ways]
    return min(counted_rows)


def _walk(kind: str, where: Condition) -> list[Candidate] | None:
    """Return the newest hits of a kind, None when it takes the index to find them."""
    rows = FIRST_LOOK
    while True:
        hits, looked_at, bytes_a_row = _look(kind, rows, where)
        if len(hits) > CAP or looked_at < rows:
            return hits
        most = _BUDGET // (1 + bytes_a_row // _BYTES_A_ROW)
        factor = ceil(1.3 * (CAP + 1) / len(hits)) if hits else most
        if rows * factor <= most:
            rows *= factor
        elif rows == FIRST_LOOK and most >= 4 * SECOND_LOOK:
            rows = SECOND_LOOK
        else:
            return None


def _look(kind: str, rows: int, where: Condition) -> tuple[list[Candidate], int, int]:
    """Return the hits among the newest ``rows`` of a kind, how many rows there were, and the size of their pairs."""
    sql = _LOOK.format(table=TABLE, where=where.sql, columns=_COLUMNS, limit=CAP + 1, first=FIRST_LOOK)
    found = _fetch(sql, (kind, rows, *where.parameters, kind, rows, kind))
    return [Candidate(*row[2:]) for row in found if row[2] is not None], found[0][0], found[0][1]


def _ask(matching: Condition, preselected: Condition | None, visible: Visible) -> list[Candidate]:
    if preselected is None:
        where = every([matching, combine(visible)])
        sql = _ASK.format(table=TABLE, where=where.sql, columns=_COLUMNS, limit=CAP + 1, most=_MOST_FETCHED)
        return [Candidate(*row) for row in _fetch(sql, where.parameters)]
    where = every([preselected, combine(visible)])
    sql = _ASK_AND_LOOK.format(table=TABLE, where=where.sql, columns=_COLUMNS, limit=CAP + 1, matching=matching.sql)
    return [Candidate(*row) for row in _fetch(sql, (*where.parameters, *matching.parameters))]


def _fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
