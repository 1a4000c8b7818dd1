"""Searching, as one actor: what she may see, the best first, with what else it is told in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.db import OperationalError, connection, transaction
from django.urls import NoReverseMatch, reverse
from psycopg.errors import QueryCanceled

from zhengtong.core.search.candidates import CAP, TABLE, Candidate, Visible, list_newest
from zhengtong.core.search.declarations import ResultPage, Searchable, SearchAudience
from zhengtong.core.search.matching import Condition, every, hold_string, match
from zhengtong.core.search.models import Entry
from zhengtong.core.search.query import Query, parse
from zhengtong.core.search.scope import combine, list_visible
from zhengtong.core.search.snippets import Fragment, cut_snippet, list_needles, mark
from zhengtong.kernel.modules import Text, registry
from zhengtong.kernel.policy import Actor

PAGE: Final = 20
SUGGESTED: Final = 8
# Longer than any honest search takes; one that would goes on at the cost of all who wait behind it.
_PATIENCE_MS: Final = 3_000
_EXACT, _BEGINNING, _NAME, _TEXT = range(4)


@dataclass(frozen=True, slots=True)
class Hit:
    """One found row. ``title`` and ``snippet`` are fragments to be escaped; ``url`` is "" where no page shows it."""

    kind: str
    kind_title: Text
    object_id: int
    reference: str
    title: tuple[Fragment, ...]
    snippet: tuple[Fragment, ...]
    url: str

    @property
    def name(self) -> str:
        return "".join(fragment.text for fragment in self.title)


@dataclass(frozen=True, slots=True)
class KindTotal:
    """How many hits a kind has; with ``is_capped`` there are more than ``count``."""

    kind: str
    title: Text
    count: int
    is_capped: bool


@dataclass(frozen=True)
class Found:
    """The answer. ``after`` asks for the next hits, 0 at the end; ``is_too_broad``: it took too long, and was ended."""

    query: Query
    hits: list[Hit] = field(default_factory=list)
    totals: list[KindTotal] = field(default_factory=list)
    after: int = 0
    is_too_broad: bool = False


@contextmanager
def _bounded() -> Iterator[None]:
    """Run queries that may not last; compiling them (JIT) would take longer than they do.

    With less memory than this, what the index found of a frequent word isn't kept row by row, and every text of a page
    of the table is looked at.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SET LOCAL jit = off; SET LOCAL work_mem = '32MB'; SET LOCAL statement_timeout = {_PATIENCE_MS}"
        )
        yield
        cursor.execute("SET LOCAL jit = DEFAULT; SET LOCAL work_mem = DEFAULT; SET LOCAL statement_timeout = DEFAULT")


def search(
    actor: Actor,
    typed: str,
    *,
    audience: SearchAudience,
    kinds: Iterable[str] | None = None,
    limit: int = PAGE,
    after: int = 0,
) -> Found:
    """Return what ``actor`` may find: exact number, beginning of a number, name, text; the newest of each first.

    ``kinds`` narrows the hits; the totals are always those of all the kinds that she may find. Of a kind ``CAP`` hits
    are ranked: who has more is told so and says more.
    """
    query = parse(typed)
    visible = list_visible(actor, audience)
    if not query or not visible:
        return Found(query)
    chosen = {each.kind for each, _ in visible} if kinds is None else set(kinds)
    try:
        with _bounded():
            ranked = _rank(query, visible)
            wanted = [each for each in ranked if each.kind in chosen]
            hits = _show([each.id for each in wanted[after : after + limit]], query, actor)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return Found(query, is_too_broad=True)
        raise
    counts: dict[str, int] = {}
    for each in ranked:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    totals = [
        KindTotal(each.kind, each.title, min(counts[each.kind], CAP), counts[each.kind] > CAP)
        for each, _ in visible
        if each.kind in counts
    ]
    return Found(query, hits, totals, after + limit if len(wanted) > after + limit else 0)


def _rank(query: Query, visible: Visible) -> list[Candidate]:
    """Return the candidates, the best first; of a level those with the strings as typed, then the newest."""
    levels: dict[int, tuple[int, Candidate]] = {}
    for level, candidate in _numbered(query, visible):
        levels.setdefault(candidate.id, (level, candidate))
    found = list_newest(query, visible, in_names=False)
    counts = Counter(candidate.kind for candidate in found)
    # Of a kind with more hits than are ranked the names are asked for by themselves: they come first.
    broad = [(declared, condition) for declared, condition in visible if counts[declared.kind] > CAP]
    for candidate in list_newest(query, broad, in_names=True) if broad else ():
        levels.setdefault(candidate.id, (_NAME, candidate))
    has_words = any(part.words for part in query.parts)
    # So do the strings as typed, which the newest of those with only the words would crowd out.
    for candidate in list_newest(query.as_typed, broad, in_names=False) if broad and has_words else ():
        levels.setdefault(candidate.id, (_TEXT, candidate))
    named = _select(match(query, in_names=True), [each.id for each in found if counts[each.kind] <= CAP])
    for candidate in found:
        levels.setdefault(candidate.id, (_NAME if candidate.id in named else _TEXT, candidate))
    whole = _select(every(hold_string(part) for part in query.parts), list(levels)) if has_words else frozenset()

    def place(each: tuple[int, Candidate]) -> tuple[int, bool, float, int]:
        level, candidate = each
        return level, candidate.id not in whole, -candidate.newest_at, -candidate.id

    return [candidate for _level, candidate in sorted(levels.values(), key=place)]


def _select(condition: Condition, ids: list[int]) -> frozenset[int]:
    """Return those of some entries for which ``condition`` holds."""
    if not ids:
        return frozenset()
    with connection.cursor() as cursor:
        # The entries first: the condition alone might be answered by an index, with all that it finds elsewhere.
        cursor.execute(
            f"WITH listed AS MATERIALIZED (SELECT * FROM {TABLE} WHERE id = ANY(%s)) "
            f"SELECT id FROM listed WHERE {condition.sql}",
            (ids, *condition.parameters),
        )
        return frozenset(each for (each,) in cursor.fetchall())


def _numbered(query: Query, visible: Visible) -> list[tuple[int, Candidate]]:
    """Return what has the query for its number, or for the beginning of it."""
    if not query.reference:
        return []
    beginning = query.reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    where = every([Condition("reference <> '' AND reference LIKE %s", (beginning,)), combine(visible)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reference, id, kind, extract(epoch FROM newest_at)::float8 FROM {TABLE} "
            f"WHERE {where.sql} LIMIT {CAP + 1}",
            where.parameters,
        )
        return [
            (_EXACT if reference == query.reference else _BEGINNING, Candidate(*candidate))
            for reference, *candidate in cursor.fetchall()
        ]


def _show(ids: list[int], query: Query, actor: Actor) -> list[Hit]:
    needles = list_needles(query)
    rows = Entry.objects.in_bulk(ids)
    return [_hit(rows[each], needles, actor) for each in ids if each in rows]


def _hit(row: Entry, needles: list[str], actor: Actor) -> Hit:
    declared = registry.get(Searchable, row.kind)
    return Hit(
        kind=row.kind,
        kind_title=declared.title,
        object_id=row.object_id,
        reference=row.reference,
        title=mark(row.title, needles),
        snippet=cut_snippet(row.body, needles),
        url=_url(declared, row.slug, actor),
    )


def _url(declared: Searchable, slug: str, actor: Actor) -> str:
    pages = [each for each in registry.of(ResultPage) if each.kind == declared.kind]
    opened = [page.url_name for page in pages if not page.permission or actor.has(page.permission)]
    name = opened[0] if opened else declared.page
    if not name or not slug:
        return ""
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:  # a number that the page's address can't hold
        return ""


# While one types ------------------------------------------------------------------------------------------


def suggest(
    actor: Actor, typed: str, *, audience: SearchAudience, kinds: Iterable[str] | None = None, limit: int = SUGGESTED
) -> list[Hit]:
    """Return what ``actor`` may find by what its number or name begins like so far, by its pinyin or by a synonym."""
    query = parse(typed)
    visible = list_visible(actor, audience, kinds)
    if not query or not visible:
        return []
    with _bounded():
        found = {candidate.id: level for level, candidate in reversed(_numbered(query, visible))}
        named = list_newest(query, visible, in_names=True)
        order = sorted(named, key=lambda each: (-each.newest_at, -each.id))
        ids = [*sorted(found, key=lambda each: found[each]), *(each.id for each in order if each.id not in found)]
        return _show(ids[:limit], query, actor)
