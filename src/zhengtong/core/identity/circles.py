"""Circles of delegation: A acts for B while B acts for A, over however many people. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edge:
    """``principal`` lets ``agent`` act from ``start`` to ``end``, both included. People, not posts."""

    principal: int
    agent: int
    start: date
    end: date


def find_circle(edges: Iterable[Edge], new: Edge) -> list[int]:
    """Return the people of a circle that ``new`` would close on at least one day, from its principal back to her.

    Every step of the circle must be in force on the same day; [] when there is none.
    """
    given: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        given[edge.principal].append(edge)
    paths = [([new.principal, new.agent], new.start, new.end)]
    while paths:
        people, start, end = paths.pop()
        if people[-1] == new.principal:
            return people
        for edge in given[people[-1]]:
            first, last = max(start, edge.start), min(end, edge.end)
            if first <= last and edge.agent not in people[1:]:
                paths.append(([*people, edge.agent], first, last))
    return []
