"""From a query to SQL: what the index answers, and what has to be looked at again in the text itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from zhengtong.core.search import text
from zhengtong.core.search.query import Part, Query

# Shorter ones are compared whole: too much begins like them.
SHORTEST_BEGINNING: Final = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def every(conditions: Iterable[Condition]) -> Condition:
    return _join(" AND ", list(conditions))


def either(conditions: Iterable[Condition]) -> Condition:
    return _join(" OR ", list(conditions))


def _join(word: str, conditions: list[Condition]) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    sql = word.join(f"({each.sql})" for each in conditions)
    return Condition(sql, tuple(value for each in conditions for value in each.parameters))


def lexeme(value: str, *, is_beginning: bool = False) -> str:
    """Return a lexeme as a tsquery writes it."""
    quoted = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if is_beginning else ''}"


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a part is found: all of these lexemes, and with ``string`` that text itself."""

    grams: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    string: Condition | None = None

    @property
    def lexemes(self) -> list[tuple[str, str]]:
        """The columns and lexemes: no more rows than the rarest has are found this way."""
        return [("grams", each) for each in self.grams] + [("terms", each) for each in self.terms]

    @property
    def indexed(self) -> Condition:
        """What the index answers: all hits, and texts that have the pairs of ``string`` in other places."""
        return every(
            Condition(f"{column} @@ %s::tsquery", (" & ".join(lexemes),))
            for column, lexemes in (("grams", self.grams), ("terms", self.terms))
            if lexemes
        )

    @property
    def condition(self) -> Condition:
        return every([self.indexed, self.string]) if self.string else self.indexed


def list_ways(part: Part, *, in_names: bool) -> list[Way]:
    """Return how a part is found: as it stands, by its words wherever they stand, or by a name that sounds so."""
    before = text.OF_NAME if in_names else ""
    found = [_as_it_stands(part, before)]
    if words := part.words:
        said = (lexeme(before + word) if text.is_han(word) else _token(before, word) for word in words)
        found.append(Way(terms=tuple(said)))
    if part.sound:
        found.append(Way(terms=(lexeme(text.SOUND + part.sound, is_beginning=True),)))
    return found


def _as_it_stands(part: Part, before: str) -> Way:
    grams: set[str] = set()
    for run in part.runs:
        if text.is_han(run):
            within = text.pairs(run) - {run[-1]}
            grams |= {lexeme(before + pair) for pair in within} or {lexeme(before + run, is_beginning=True)}
    terms = tuple(_token(before, token) for token in part.tokens)
    # A pair, a character or a token by itself: what the index says is all there is to say.
    is_said = len(part.runs) == 1 and (part.is_pair or part.tokens == [part.phrase])
    string = None if is_said else hold_string(part, in_names=bool(before))
    return Way(tuple(sorted(grams)), terms, string)


def hold_string(part: Part, *, in_names: bool = False) -> Condition:
    """Return the condition that the part stands in the names, or in names or text, as it is."""
    name = Condition("strpos(names, %s) > 0", (part.phrase,))
    if in_names:
        return name
    body = "lower(body)" if part.tokens else "body"
    return either([name, Condition(f"strpos({body}, %s) > 0", (part.phrase,))])


def _token(before: str, token: str) -> str:
    return lexeme(before + token, is_beginning=SHORTEST_BEGINNING <= len(token) < text.LONGEST_TOKEN)


def match(query: Query, *, in_names: bool) -> Condition:
    """Return the condition that a hit has every part: in its names, or anywhere in names and text."""
    return every(either(way.condition for way in list_ways(part, in_names=in_names)) for part in query.parts)


def preselect(query: Query, *, in_names: bool) -> Condition | None:
    """Return what of :func:`match` the index answers, None when that is all of it."""
    ways = [list_ways(part, in_names=in_names) for part in query.parts]
    if not any(way.string for of_part in ways for way in of_part):
        return None
    return every(either(way.indexed for way in of_part) for of_part in ways)
