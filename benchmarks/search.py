"""``search``: what a person waits for when she searches a million short and thirty thousand long texts.

Measured is ``search`` itself, with permissions, levels, totals of each kind and snippets: for a stranger, an office, a
county and a city. The reference is the least that could be done instead: the same condition sent to the same indexes,
the newest twenty ids. SEARCH_SHORT and SEARCH_LONG make it smaller.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

from django.db import connection
from psycopg import Connection

from benchmarks.figure import Figure, compare, say
from benchmarks.replay import open_bare
from benchmarks.search_corpus import (
    FREQUENT,
    LONG,
    LONG_KIND,
    ORGANISATIONS,
    SCHEMA,
    SHORT,
    SHORT_KIND,
    make_document,
    prepare_corpus,
)
from zhengtong.core.identity.models import Organisation
from zhengtong.core.search import text
from zhengtong.core.search.candidates import CAP
from zhengtong.core.search.declarations import Searchable, SearchAudience
from zhengtong.core.search.matching import match
from zhengtong.core.search.query import parse
from zhengtong.core.search.selectors import search
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind, Grant
from zhengtong.kernel.reach import IdSet

ROUNDS = 3
EACH = 40
VIEW = "benchmarks.view"
STAFF = frozenset({SearchAudience.STAFF})


@dataclass(frozen=True)
class SearchFigure(Figure):
    """``value`` is the median of all queries. Recalls are the found share of the texts that have the string."""

    p95: float
    reference_p95: float
    phrase_recall: float
    word_recall: float


def _declare() -> None:
    kinds = (
        Searchable(kind, kind, Organisation, name=str, audiences=STAFF, permission=VIEW)
        for kind in (SHORT_KIND, LONG_KIND)
    )
    registry.register(Module(code="benchmarks", title="benchmarks", declares=tuple(kinds)))


def _staff(count: int) -> Actor:
    grant = Grant("searcher", frozenset({VIEW}), IdSet(range(1, count + 1)))
    return Actor(kind=ActorKind.STAFF, grants=(grant,))


def _pieces(source: random.Random, count: int, shortest: int, longest: int) -> list[str]:
    """Return strings as they stand in some texts, across the words that these were made of."""
    found: list[str] = []
    while len(found) < count:
        kind, size = source.choice(((SHORT_KIND, SHORT), (LONG_KIND, LONG)))
        document = make_document(kind, source.randrange(size))
        runs = [run for run in text.list_runs(f"{document.title}，{document.body}") if len(run) > longest]
        if runs:
            run = source.choice(runs)
            start = source.randrange(len(run) - longest)
            found.append(run[start : start + source.randint(shortest, longest)])
    return found


def _words(source: random.Random, count: int) -> list[str]:
    """Return words of texts, frequent ones as often as they stand there."""
    found: list[str] = []
    while len(found) < count:
        document = make_document(SHORT_KIND, source.randrange(SHORT))
        found += source.sample([word for word in text.cut(document.body) if text.is_han(word) and len(word) > 1], 1)
    return found


def make_queries() -> list[str]:
    """Return what people type: words, several of them, strings with and without quotes, pinyin, numbers."""
    source = random.Random(3)
    titles = [make_document(SHORT_KIND, source.randrange(SHORT)).title for _ in range(EACH)]
    spoken = [max(text.sounds_of(text.list_runs(title)), key=len) for title in titles]
    queries = _words(source, EACH)
    queries += [f"{one} {other}" for one, other in zip(_words(source, EACH), _words(source, EACH), strict=True)]
    queries += _pieces(source, EACH, 4, 8)
    queries += [f'"{piece}"' for piece in _pieces(source, EACH, 3, 8)]
    queries += [each[: source.randint(4, 12)] for each in spoken]
    queries += [make_document(SHORT_KIND, source.randrange(SHORT)).reference for _ in range(EACH)]
    queries += [FREQUENT, f"{FREQUENT}经营", "企业", "有限公司", "的"]
    return queries


def _milliseconds(began: float) -> float:
    return (perf_counter() - began) * 1000


def _search_all(actors: Sequence[Actor], queries: Sequence[str]) -> list[float]:
    taken = []
    for number, query in enumerate(queries):
        began = perf_counter()
        search(actors[number % len(actors)], query, audience=SearchAudience.STAFF)
        taken.append(_milliseconds(began))
    return taken


def _ask_all(bare: "Connection[tuple[object, ...]]", actors: Sequence[Actor], queries: Sequence[str]) -> list[float]:
    taken = []
    for number, query in enumerate(queries):
        matching = match(parse(query), in_names=False)
        reach = actors[number % len(actors)].reach(VIEW)
        sql = (
            f"SELECT id FROM search_entry WHERE ({matching.sql}) AND organisation_id = ANY(%s::bigint[]) "
            "ORDER BY newest_at DESC, id DESC LIMIT 20"
        )
        began = perf_counter()
        bare.execute(sql, (*matching.parameters, list(reach))).fetchall()
        taken.append(_milliseconds(began))
    return taken


def _recall(strings: list[str]) -> float:
    """Return which share of the texts that have the strings are found; what more have than are listed is left out."""
    strings = sorted(set(strings))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 2")
        cursor.execute(
            "SELECT wanted, kind, array_agg(object_id) FROM search_entry, unnest(%s::text[]) wanted "
            "WHERE strpos(names, wanted) > 0 OR strpos(body, wanted) > 0 GROUP BY wanted, kind",
            [strings],
        )
        having: dict[str, set[tuple[str, int]]] = {}
        for wanted, kind, ids in cursor.fetchall():
            if len(ids) <= CAP:
                having.setdefault(wanted, set()).update((kind, each) for each in ids)
    found = expected = 0
    for wanted, rows in having.items():
        hits = search(SYSTEM, wanted, audience=SearchAudience.STAFF, limit=2 * CAP + 2).hits
        found += len(rows & {(hit.kind, hit.object_id) for hit in hits})
        expected += len(rows)
    say(f"  {len(having)} strings in {expected:,} texts, {found:,} found")
    return found / expected


def run() -> Figure:
    prepare_corpus()
    _declare()
    queries = make_queries()
    actors = [_staff(ORGANISATIONS), _staff(100), _staff(1), SYSTEM]
    taken: list[float] = []
    beside: list[float] = []
    asking = [each if each.grants else _staff(ORGANISATIONS) for each in actors]
    bare = open_bare()
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path = {SCHEMA}, public")
        bare.execute(f"SET search_path = {SCHEMA}, public")
        bare.execute("SET jit = off")

        def searching() -> float:
            values = _search_all(actors, queries)
            taken.extend(values)
            return median(values)

        def asking_the_index() -> float:
            values = _ask_all(bare, asking, queries)
            beside.extend(values)
            return median(values)

        figure = compare(
            "search",
            searching,
            asking_the_index,
            unit="ms",
            described="the same condition on the same indexes, the newest twenty ids by psycopg",
            lower_is_better=True,
            rounds=ROUNDS,
        )
        source = random.Random(5)
        phrase_recall = _recall(_pieces(source, 60, 2, 8))
        word_recall = _recall(_words(source, 60))
    finally:
        bare.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path")
    return SearchFigure(
        **vars(figure),
        p95=round(quantiles(taken[len(queries) :], n=20)[-1], 1),
        reference_p95=round(quantiles(beside[len(queries) :], n=20)[-1], 1),
        phrase_recall=round(phrase_recall, 4),
        word_recall=round(word_recall, 4),
    )
