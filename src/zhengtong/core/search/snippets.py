"""What a hit shows: its title and a piece of its text, in parts that say what was searched for. Plain rules."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from zhengtong.core.search import text
from zhengtong.core.search.query import Query

LENGTH: Final = 120
_LEAD: Final = 24
_STOPS = "。；！？\n"


class Fragment(NamedTuple):
    """A piece of text to be shown, escaped by whoever shows it. ``is_match``: it is what was searched for."""

    text: str
    is_match: bool


def list_needles(query: Query) -> list[str]:
    """Return what to mark, the longest first: the parts as typed, and their words."""
    found = {part.phrase for part in query.parts}
    found |= {word for part in query.parts for word in part.words if len(word) > 1}
    return sorted((each for each in found if each), key=lambda each: (-len(each), each))


def mark(shown: str, needles: Iterable[str]) -> tuple[Fragment, ...]:
    """Return all of ``shown`` in fragments."""
    wanted = [re.escape(each) for each in needles]
    if not wanted or not shown:
        return (Fragment(shown, False),) if shown else ()
    pieces: list[Fragment] = []
    end = 0
    for match in re.finditer("|".join(wanted), text.fold(shown)):
        if match.start() > end:
            pieces.append(Fragment(shown[end : match.start()], False))
        pieces.append(Fragment(shown[match.start() : match.end()], True))
        end = match.end()
    if end < len(shown):
        pieces.append(Fragment(shown[end:], False))
    return tuple(pieces)


def cut_snippet(body: str, needles: list[str]) -> tuple[Fragment, ...]:
    """Return the piece of ``body`` around the best place: where the longest needle stands, else its beginning."""
    folded = text.fold(body)
    places = (folded.find(needle) for needle in needles)
    at = next((place for place in places if place >= 0), 0)
    start = max(0, at - _LEAD)
    # From a sentence's beginning, when there is one close by.
    stop = max(body.rfind(each, start, at) for each in _STOPS)
    start = stop + 1 if stop >= 0 else start
    end = min(len(body), start + LENGTH)
    before, after = "…" if start > 0 and stop < 0 else "", "…" if end < len(body) else ""
    pieces = mark(body[start:end].strip(), needles)
    return (
        *((Fragment(before, False),) if before else ()),
        *pieces,
        *((Fragment(after, False),) if after else ()),
    )
