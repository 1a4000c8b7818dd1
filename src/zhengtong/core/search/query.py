"""What a person typed, taken apart: numbers, quoted phrases, unbroken strings, words. Plain rules, no Django."""

import re
from dataclasses import dataclass, replace
from typing import Final

from zhengtong.core.search import text

LONGEST_QUERY: Final = 200
MOST_PARTS: Final = 8
_QUOTED = re.compile(r'["“”「『]([^"“”「」『』]*)["“”」』]')
_SOUND = re.compile(r"[a-zü]{2,}")
_ODD = re.compile(rf"[^\w{text.HAN}]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One unbroken piece of a query, folded. A hit holds it as it stands; unless it is ``is_quoted``, its words do."""

    phrase: str
    is_quoted: bool = False

    @property
    def runs(self) -> list[str]:
        return text.list_runs(self.phrase)

    @property
    def tokens(self) -> list[str]:
        return text.list_tokens(self.runs)

    @property
    def sound(self) -> str:
        """The part as pinyin or initials may have been typed, "" when it can't be."""
        if self.is_quoted or not _SOUND.fullmatch(self.phrase):
            return ""
        return self.phrase.replace("ü", "v")[: text.LONGEST_SOUND]

    @property
    def words(self) -> list[str]:
        """The words of which a text may have each somewhere else; none when the part is one word."""
        if self.is_quoted:
            return []
        found = [word for run in self.runs for word in (text.cut(run) if text.is_han(run) else [run])]
        found = list(dict.fromkeys(word[: text.LONGEST_TOKEN] for word in found))
        if len(found) < 2:
            return []
        return [word for word in found if word not in text.EMPTY_WORDS] or found

    @property
    def is_pair(self) -> bool:
        """Whether a pair in the index says all: there is nothing to look at again."""
        return (
            len(self.phrase) <= 2
            and text.is_han(self.phrase)
            and len(self.runs) == 1 == len(self.runs[0]) // len(self.phrase)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """A query: ``parts`` that a hit has all of; ``reference`` is all of it as a number, "" when it can't be one."""

    parts: tuple[Part, ...]
    reference: str
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def as_typed(self) -> "Query":
        """The same query with every part in quotes."""
        return replace(self, parts=tuple(replace(part, is_quoted=True) for part in self.parts))


def parse(typed: str) -> Query:
    """Take apart what a person typed. What has no letter, digit or character gives a query without parts."""
    is_cut = len(typed) > LONGEST_QUERY
    cleaned = text.even(typed[:LONGEST_QUERY])
    folded = text.fold(cleaned)
    quoted = [Part(text.join_lines(inner.strip()), is_quoted=True) for inner in _QUOTED.findall(folded)]
    rest = _QUOTED.sub(" ", folded)
    loose = [Part(piece) for piece in _ODD.split(rest.replace("_", " "))]
    parts = [part for part in dict.fromkeys([*quoted, *loose]) if part.runs]
    reference = text.normalise_reference(cleaned)
    is_number = bool(re.search(r"\d", reference)) and len(reference) >= 3
    return Query(tuple(parts[:MOST_PARTS]), reference if is_number else "", is_cut or len(parts) > MOST_PARTS)
