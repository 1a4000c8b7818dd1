"""Finding published entries by words and facets, with how many there are of each value of each facet.

Words are found as ``core.search`` finds them: as they stand, by jieba's words, by pinyin; synonyms count as typed.
Entries whose name has the words come first, the newest of each first. Numbers are exact up to :data:`CAP`; of more it
is told that there are more. Of the whole catalogue they are always exact, and at most a minute old.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final

from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from zhengtong.capabilities.catalogue.indexing import TABLE, TALLY_KEY
from zhengtong.capabilities.catalogue.models import Classification, OpenType, ShareType, Synonym, UpdateCycle
from zhengtong.core.identity.public import Organisation
from zhengtong.core.search.public import (
    Condition,
    Fragment,
    Part,
    Query,
    cut_snippet,
    either,
    every,
    list_needles,
    list_ways,
    mark_words,
    parse,
)
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import Text
from zhengtong.kernel.policy import Actor, ActorKind

CAP: Final = 5_000
PAGE: Final = 20
# Values of a facet that are shown; the rest is one more click away.
MOST_VALUES: Final = 12
_PATIENCE_MS: Final = 3_000
_TALLY_SECONDS: Final = 60
FACETS: Final[Mapping[str, str]] = {
    "provider": "provider_id",
    "classification": "class_code",
    "share": "share_type",
    "open": "open_type",
    "cycle": "update_cycle",
    "format": "data_format",
}
Tally = dict[str, Counter[Any]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. "" and None don't narrow; ``classification`` is a node's code, with all that is below it."""

    words: str = ""
    provider: int | None = None
    classification: str = ""
    share: str = ""
    open: str = ""
    cycle: str = ""
    format: str = ""
    after: str = ""

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self) if each.name != "after")


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that was found. ``title`` and ``snippet`` are pieces to be escaped, those that match marked."""

    resource_id: int
    code: str
    title: tuple[Fragment, ...]
    snippet: tuple[Fragment, ...]
    provider: str
    share_type: ShareType
    open_type: OpenType
    update_cycle: UpdateCycle
    data_format: str
    published_on: date
    items: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet; ``is_capped``: there are at least so many."""

    value: str
    title: Text
    count: int
    is_chosen: bool = False


@dataclass(frozen=True)
class Results:
    """``after`` asks for the next page, "" at the end. ``is_too_broad``: it took too long and was ended."""

    rows: list[Found] = field(default_factory=list)
    total: int = 0
    is_capped: bool = False
    facets: dict[str, list[Value]] = field(default_factory=dict)
    after: str = ""
    is_too_broad: bool = False


def clearance_of(actor: Actor) -> Mark:
    """Return the highest mark whose entries ``actor`` finds here; who isn't staff finds what is public."""
    if actor.kind is ActorKind.SYSTEM:
        return Mark.TOP_SECRET
    return Mark(actor.clearance) if actor.kind is ActorKind.STAFF else Mark.PUBLIC


def search_resources(actor: Actor, wanted: Wanted, *, size: int = PAGE, with_facets: bool = True) -> Results:
    """Return a page of what ``actor`` finds, the best first, and the facets of all of it."""
    clearance = clearance_of(actor)
    query = parse(wanted.words)
    if wanted.words.strip() and not query:
        return Results()
    filters = _list_filters(wanted, clearance)
    variants = _Variants()
    try:
        with _bounded():
            tally = _tally(query, filters, variants, wanted, clearance) if with_facets else {}
            rows, after = _list_page(query, filters, variants, wanted.after, size)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return Results(is_too_broad=True)
        raise
    total = sum(tally["share"].values()) if tally else len(rows)
    return Results(
        rows=_show(rows, query),
        total=min(total, CAP) if wanted.is_narrowed else total,
        is_capped=wanted.is_narrowed and total > CAP,
        facets=_name_facets(tally, wanted) if tally else {},
        after=after,
    )


def list_ids(actor: Actor, wanted: Wanted) -> list[int]:
    """Return all entries that a search finds, in the order of their codes."""
    query = parse(wanted.words)
    if wanted.words.strip() and not query:
        return []
    conditions = _list_filters(wanted, clearance_of(actor))
    if query:
        conditions.append(_match(query, _Variants(), in_names=False))
    where = every(conditions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT resource_id FROM {TABLE} WHERE {where.sql} ORDER BY code", where.parameters)
        return [each for (each,) in cursor.fetchall()]


@contextmanager
def _bounded() -> Iterator[None]:
    """Run queries that may not last; compiling them (JIT) would take longer than they do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL jit = off; SET LOCAL work_mem = '32MB'; SET LOCAL statement_timeout = {_PATIENCE_MS}"
        )
        yield
        cursor.execute("SET LOCAL jit = DEFAULT; SET LOCAL work_mem = DEFAULT; SET LOCAL statement_timeout = DEFAULT")


def _list_filters(wanted: Wanted, clearance: Mark) -> list[Condition]:
    found = [Condition("mark <= %s", (int(clearance),))]
    for name, column in FACETS.items():
        value = getattr(wanted, name)
        if not value:
            continue
        if name == "classification":
            found.append(Condition(f"{column} = ANY(%s)", (_list_codes_below(value),)))
        else:
            found.append(Condition(f"{column} = %s", (value,)))
    return found


def _list_codes_below(code: str) -> list[str]:
    """Return the codes of a node and of all that is below it; they begin with its own, which those beside may too."""
    below = {code}
    parents = dict(Classification.objects.order_by("code").values_list("code", "parent__code"))
    for each, parent in parents.items():
        if parent in below:
            below.add(each)
    return sorted(below)


class _Variants:
    """A part of a query, and what the table of synonyms says for it. The table is read when the first part is asked."""

    def __init__(self) -> None:
        self._groups: list[list[str]] | None = None

    def of(self, part: Part) -> list[Part]:
        if part.is_quoted:
            return [part]
        if self._groups is None:
            self._groups = [words.split("、") for words in Synonym.objects.values_list("words", flat=True)]
        others = [word for group in self._groups if part.phrase in group for word in group]
        more = [each for word in others if word != part.phrase for each in parse(word).parts]
        return [part, *more]


def _match(query: Query, variants: _Variants, *, in_names: bool) -> Condition:
    """Return what a hit has: every part, or a synonym of it. Only what is in quotes is looked at in the text again."""
    return every(
        either(
            way.condition if each.is_quoted else way.indexed
            for each in variants.of(part)
            for way in list_ways(each, in_names=in_names)
        )
        for part in query.parts
    )


def _tally(query: Query, filters: list[Condition], variants: _Variants, wanted: Wanted, clearance: Mark) -> Tally:
    if wanted.is_narrowed:
        conditions = [*filters, *([_match(query, variants, in_names=False)] if query else [])]
        return _count(every(conditions), limit=CAP + 1)
    key = f"{clearance:d}"
    kept: dict[str, Tally] = cache.get(TALLY_KEY) or {}
    if key not in kept:
        kept[key] = _count(every(filters), limit=None)
        cache.set(TALLY_KEY, kept, _TALLY_SECONDS)
    return kept[key]


def _count(where: Condition, *, limit: int | None) -> Tally:
    columns = list(FACETS.values())
    sets = ", ".join(f"({column})" for column in columns)
    sql = (
        f"WITH hits AS MATERIALIZED (SELECT {', '.join(columns)} FROM {TABLE} WHERE {where.sql}"
        f"{f' LIMIT {limit}' if limit else ''}) "
        f"SELECT grouping({', '.join(columns)}), {', '.join(columns)}, count(*) FROM hits "
        f"GROUP BY GROUPING SETS ({sets})"
    )
    tally: Tally = {name: Counter() for name in FACETS}
    # ``grouping`` has a bit for each column that a row isn't grouped by, the first column's highest.
    whole = (1 << len(columns)) - 1
    places = {whole ^ (1 << (len(columns) - 1 - at)): (at, name) for at, name in enumerate(FACETS)}
    with connection.cursor() as cursor:
        cursor.execute(sql, where.parameters)
        for bits, *values, count in cursor.fetchall():
            at, name = places[bits]
            tally[name][values[at]] = count
    return tally


_SHOWN: Final = (
    "resource_id, code, title, body, provider_id, share_type, open_type, update_cycle, data_format, published_on, items"
)
_NEWEST: Final = "published_on DESC, resource_id DESC"


def _list_page(
    query: Query, filters: list[Condition], variants: _Variants, after: str, size: int
) -> tuple[list[tuple[Any, ...]], str]:
    """Return the rows after a cursor and the next cursor: those with the words in their names, then the others."""
    rank, day, last = _read_cursor(after)
    ranks: list[list[Condition]] = [filters]
    if query:
        named = _match(query, variants, in_names=True)
        anywhere = _match(query, variants, in_names=False)
        others = Condition(f"NOT coalesce({named.sql}, false)", named.parameters)
        ranks = [[*filters, named], [*filters, anywhere, others]]
    rows: list[tuple[Any, ...]] = []
    for at, conditions in enumerate(ranks):
        if at < rank:
            continue
        narrowed = conditions
        if at == rank and day is not None:
            narrowed = [*conditions, Condition("(published_on, resource_id) < (%s, %s)", (day, last))]
        where = every(narrowed)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {at}, {_SHOWN} FROM {TABLE} WHERE {where.sql} ORDER BY {_NEWEST} LIMIT {size + 1 - len(rows)}",
                where.parameters,
            )
            rows += cursor.fetchall()
        if len(rows) > size:
            break
    if len(rows) <= size:
        return rows, ""
    rows = rows[:size]
    return rows, f"{rows[-1][0]}.{rows[-1][10]:%Y%m%d}.{rows[-1][1]}"


def _read_cursor(after: str) -> tuple[int, date | None, int]:
    """Return rank, day and id; the beginning for what nobody gave out."""
    parts = after.split(".")
    try:
        rank, day, last = int(parts[0]), date.fromisoformat(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return 0, None, 0
    return (rank, day, last) if rank in (0, 1) and 0 < last < 2**62 else (0, None, 0)


def _show(rows: list[tuple[Any, ...]], query: Query) -> list[Found]:
    needles = list_needles(query)
    providers = dict(Organisation.objects.filter(pk__in={row[5] for row in rows}).values_list("pk", "name"))
    return [
        Found(
            resource_id=resource_id,
            code=code,
            title=mark_words(title, needles),
            snippet=cut_snippet(body, needles),
            provider=providers.get(provider, ""),
            share_type=ShareType(share),
            open_type=OpenType(is_open),
            update_cycle=UpdateCycle(cycle),
            data_format=data_format,
            published_on=day,
            items=items,
        )
        for _, resource_id, code, title, body, provider, share, is_open, cycle, data_format, day, items in rows
    ]


# What the values are called -------------------------------------------------------------------------------


def _name_facets(tally: Tally, wanted: Wanted) -> dict[str, list[Value]]:
    return {
        "provider": _name_providers(tally["provider"], wanted),
        "classification": _name_classes(tally["classification"], wanted),
        "share": _name_choices(tally["share"], dict(ShareType.choices), wanted.share),
        "open": _name_choices(tally["open"], dict(OpenType.choices), wanted.open),
        "cycle": _name_choices(tally["cycle"], dict(UpdateCycle.choices), wanted.cycle),
        "format": [
            Value(str(value), value, count, value == wanted.format)
            for value, count in tally["format"].most_common()
            if value
        ][:MOST_VALUES],
    }


def _name_choices(counts: Counter[Any], choices: Mapping[Any, Text], chosen: str) -> list[Value]:
    return [
        Value(str(value), title, counts[value], value == chosen)
        for value, title in choices.items()
        if counts[value] or value == chosen
    ]


def _name_providers(counts: Counter[Any], wanted: Wanted) -> list[Value]:
    ids = [each for each, _ in counts.most_common(MOST_VALUES)]
    if wanted.provider and wanted.provider not in ids:
        ids.insert(0, wanted.provider)
    names = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [Value(str(each), names[each], counts[each], each == wanted.provider) for each in ids if each in names]


def _name_classes(counts: Counter[Any], wanted: Wanted) -> list[Value]:
    """Return the way down to the chosen node, then the nodes below it, each with all that is below."""
    nodes = {node.code: node for node in Classification.objects.all()}
    parents = {node.pk: node for node in nodes.values()}
    sums: Counter[str] = Counter()
    for code, count in counts.items():
        node = nodes.get(code)
        while node is not None:
            sums[node.code] += count
            node = parents.get(node.parent_id) if node.parent_id else None
    chosen = nodes.get(wanted.classification)
    above: list[Value] = []
    node = chosen
    while node is not None:
        above.insert(0, Value(node.code, node.name, sums[node.code], is_chosen=True))
        node = parents.get(node.parent_id) if node.parent_id else None
    below = [
        Value(node.code, node.name, sums[node.code])
        for node in sorted(nodes.values(), key=lambda each: each.code)
        if node.parent_id == (chosen.pk if chosen else None) and sums[node.code]
    ]
    return [*above, *below]
