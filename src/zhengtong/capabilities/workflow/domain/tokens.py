"""Where a process is: tokens at the nodes that wait for people, and arrivals at joins that wait for more.

This is the whole state. The engine's own history isn't kept, so that the twentieth return weighs what the first does;
what is remembered of the past is each token's trail: the nodes it came through, every one once, cut where it returned.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengtong.capabilities.workflow.domain.graph import WAITING, Graph, Kind

Trail = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    key: str
    node: str
    trail: Trail = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A token that waits at a join for others; ``source`` is the node it came from."""

    source: str
    trail: Trail = ()


@dataclass
class Position:
    """All tokens and arrivals of one instance. ``count`` numbers the tokens, so that a key is never used again;
    ``final`` is the trail of what has come to an end, for the way back from there."""

    tokens: list[Token] = field(default_factory=list)
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
    count: int = 0
    final: Trail = ()

    def add(self, node: str, trail: Trail) -> Token:
        self.count += 1
        token = Token(f"{node}@{self.count}", node, trail)
        self.tokens.append(token)
        return token

    def find(self, key: str) -> Token | None:
        return next((token for token in self.tokens if token.key == key), None)

    def drop(self, nodes: Iterable[str]) -> None:
        """Take away every token and arrival at ``nodes``."""
        gone = set(nodes)
        self.tokens = [token for token in self.tokens if token.node not in gone]
        self.arrivals = {join: each for join, each in self.arrivals.items() if join not in gone}

    @property
    def is_ended(self) -> bool:
        return not self.tokens and not self.arrivals

    def copy(self) -> "Position":
        return Position(
            list(self.tokens), {join: list(each) for join, each in self.arrivals.items()}, self.count, self.final
        )

    def pack(self) -> bytes:
        state = {
            "n": self.count,
            "f": self.final,
            "t": [[token.key, token.node, token.trail] for token in self.tokens],
            "a": {join: [[each.source, each.trail] for each in arrived] for join, arrived in self.arrivals.items()},
        }
        return zlib.compress(json.dumps(state, separators=(",", ":"), ensure_ascii=False).encode(), 6)


def unpack(packed: bytes | memoryview) -> Position:
    state: Mapping[str, Any] = json.loads(zlib.decompress(packed))
    return Position(
        [Token(key, node, tuple(trail)) for key, node, trail in state["t"]],
        {join: [Arrival(source, tuple(trail)) for source, trail in each] for join, each in state["a"].items()},
        state["n"],
        tuple(state.get("f", ())),
    )


def extend(trail: Trail, node: str) -> Trail:
    """Return the trail of a token that comes to ``node``: what came after an earlier visit is forgotten."""
    return (*trail[: trail.index(node)], node) if node in trail else (*trail, node)


def merge(trails: Iterable[Trail]) -> Trail:
    return tuple(dict.fromkeys(node for trail in trails for node in trail))


def can_return(graph: Graph, position: Position, key: str | None = None) -> list[str]:
    """Return the nodes of people's work that lie behind the token ``key`` (or behind any), the latest first."""
    tokens = [token for token in position.tokens if key is None or token.key == key]
    passed = dict.fromkeys(node for token in tokens for node in reversed(token.trail))
    return [node for node in passed if node in graph.nodes and graph.nodes[node].kind in WAITING]


def move_back(graph: Graph, position: Position, target: str, key: str | None = None) -> Token:
    """Put a token at ``target``, an earlier node, and take away what followed from it. Raises LookupError.

    Tokens that don't come from ``target`` stay where they are. A join behind, which the way forward passes again,
    keeps what had arrived there from elsewhere.
    """
    if target not in can_return(graph, position, key):
        raise LookupError(target)
    gone = [token for token in position.tokens if target in token.trail]
    lost = merge(token.trail for token in gone)
    before = _behind(graph, lost[: lost.index(target)], target)
    after = [node for node in lost[lost.index(target) + 1 :] if node in graph.nodes]
    position.tokens = [token for token in position.tokens if target not in token.trail]
    for join in list(position.arrivals):
        position.arrivals[join] = [each for each in position.arrivals[join] if target not in each.trail]
        if not position.arrivals[join]:
            del position.arrivals[join]
    for join in after:
        if graph.nodes[join].kind not in (Kind.PARALLEL, Kind.INCLUSIVE) or len(graph.incoming[join]) < 2:
            continue
        again = graph.reach([target], without=[join])
        waiting = graph.reach([token.node for token in position.tokens], without=[join])
        for flow in graph.incoming[join]:
            if flow.source in lost and flow.source not in again and flow.source not in waiting:
                trail = (*_behind(graph, lost, flow.source), flow.source)
                position.arrivals.setdefault(join, []).append(Arrival(flow.source, trail))
    return position.add(target, before)


def reopen(graph: Graph, position: Position, target: str) -> Token:
    """Put a token at ``target`` of an ended process. Raises LookupError."""
    position.tokens.append(Token("", graph.start, position.final))
    try:
        token = move_back(graph, position, target)
    except LookupError:
        position.tokens.clear()
        raise
    position.final = ()
    return token


def _behind(graph: Graph, trail: Trail, target: str) -> Trail:
    """Return of a trail what leads to ``target``: where branches had joined, the others' nodes don't."""
    found, more = {target}, True
    while more:
        leading = {node for node in trail if node in graph.nodes and node not in found}
        leading = {node for node in leading if found.intersection(graph.successors(node))}
        found |= leading
        more = bool(leading)
    return tuple(node for node in trail if node in found and node != target)
