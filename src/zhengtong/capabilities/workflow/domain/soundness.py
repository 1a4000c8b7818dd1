"""Plays every way through a process, whatever the people answer, to find where it would get stuck."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from zhengtong.capabilities.workflow.domain.graph import Graph, Kind

MOST_STATES: Final = 20_000
MOST_TOKENS: Final = 60

State = frozenset[tuple[str, int]]
"""How many tokens are where: on a flow, or waiting at a node."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``waits``: the join waits for ever; ``twice``: two tokens come to the node; ``large``: too many states."""

    node: str
    kind: str


def find_deadlocks(graph: Graph) -> list[Fault]:
    """Return the faults, one a node. Plain and inclusive joins never wait for ever, so only parallel ones can."""
    return _Game(graph).play()


class _Game:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.faults: dict[str, Fault] = {}

    def play(self) -> list[Fault]:
        graph = self.graph
        first = self._enter(Counter(), graph.start)
        seen: set[State] = set()
        queue = [first]
        while queue:
            tokens = queue.pop()
            state = frozenset(tokens.items())
            if state in seen:
                continue
            seen.add(state)
            if len(seen) > MOST_STATES or tokens.total() > MOST_TOKENS:
                return [*self.faults.values(), Fault(graph.start, "large")]
            moves = list(self._moves(tokens))
            if not moves and tokens:
                waiting = next((p for p in tokens if p.startswith("flow:")), None)
                if waiting is not None:
                    node = graph_target(graph, waiting)
                    self.faults.setdefault(node, Fault(node, "waits"))
            queue += moves
        return list(self.faults.values())

    def _enter(self, tokens: "Counter[str]", node: str) -> "Counter[str]":
        after = tokens.copy()
        after[f"at:{node}"] += 1
        if after[f"at:{node}"] > 1 and self.graph.nodes[node].kind not in (Kind.END, Kind.PASS, Kind.BOUNDARY):
            self.faults.setdefault(node, Fault(node, "twice"))
            after[f"at:{node}"] = 1
        return after

    def _moves(self, tokens: "Counter[str]") -> Iterator["Counter[str]"]:
        graph = self.graph
        for place in [each for each in tokens if each.startswith("at:")]:
            # Automatic work comes before people's, and its order changes nothing: one of it is enough to look at.
            node = graph.nodes[place.removeprefix("at:")]
            if node.kind not in (Kind.TASK, Kind.EVENT, Kind.CHOICE, Kind.EXCLUSIVE, Kind.INCLUSIVE):
                yield from self._leave(tokens, node.id)
                return
        fired = False
        for join in {graph_target(graph, each) for each in tokens if each.startswith("flow:")}:
            for after in self._fire(tokens, join):
                fired = True
                yield after
            if fired:
                return
        for place in [each for each in tokens if each.startswith("at:")]:
            yield from self._leave(tokens, place.removeprefix("at:"))

    def _leave(self, tokens: "Counter[str]", node_id: str) -> Iterator["Counter[str]"]:
        graph, node = self.graph, self.graph.nodes[node_id]
        left = tokens.copy()
        _take(left, f"at:{node_id}")
        if node.kind is Kind.TERMINATE:
            yield Counter()
            return
        if node.kind is Kind.RAISE:
            target = graph.nodes[node.target]
            scope = node.target.removesuffix("#end") if target.kind is Kind.SCOPE_END else target.attached_to
            self._clear(left, scope)
            if target.kind is Kind.SCOPE_END:
                yield from self._leave_join(left, node.target)
            else:
                yield self._enter(left, node.target)
            return
        for event, _title in node.spec.events:
            boundary = graph.nodes[event.removeprefix("event:")]
            after = left.copy() if boundary.interrupts else tokens.copy()
            if boundary.interrupts and boundary.attached_to != node_id:
                self._clear(after, boundary.attached_to)
            if boundary.interrupts:
                yield self._enter(after, boundary.id)
        yield from self._leave_join(left, node_id)

    def _clear(self, tokens: "Counter[str]", scope: str) -> None:
        inside = self.graph.inside(scope)
        for place in list(tokens):
            node = graph_target(self.graph, place) if place.startswith("flow:") else place.removeprefix("at:")
            if node in inside or node == f"{scope}#end":
                del tokens[place]

    def _leave_join(self, left: "Counter[str]", node_id: str) -> Iterator["Counter[str]"]:
        graph, node = self.graph, self.graph.nodes[node_id]
        ways = graph.outgoing[node_id]
        if not ways:
            yield left
        elif node.kind in (Kind.EXCLUSIVE, Kind.CHOICE):
            for way in ways:
                yield self._send(left, [way.target], [way.id])
        elif node.kind is Kind.INCLUSIVE:
            # Each alone, each pair, and all: what more of them would show, these show.
            sizes = {1, 2, len(ways)}
            for size in sorted(each for each in sizes if each <= len(ways)):
                for chosen in combinations(ways, size):
                    yield self._send(left, [f.target for f in chosen], [f.id for f in chosen])
        else:
            yield self._send(left, [f.target for f in ways], [f.id for f in ways])

    def _send(self, tokens: "Counter[str]", targets: list[str], flows: list[str]) -> "Counter[str]":
        after = tokens.copy()
        for target, flow in zip(targets, flows, strict=True):
            node = self.graph.nodes[target]
            joins = node.kind is Kind.SCOPE_END or (
                node.kind in (Kind.PARALLEL, Kind.INCLUSIVE) and len(self.graph.incoming[target]) > 1
            )
            if joins:
                after[f"flow:{target}|{flow}"] += 1
                if after[f"flow:{target}|{flow}"] > 1:
                    if node.kind is Kind.PARALLEL:
                        self.faults.setdefault(target, Fault(target, "twice"))
                    after[f"flow:{target}|{flow}"] = 1
            else:
                after = self._enter(after, target)
        return after

    def _fire(self, tokens: "Counter[str]", join: str) -> Iterator["Counter[str]"]:
        graph, node = self.graph, self.graph.nodes[join]
        here = [f"flow:{join}|{flow.id}" for flow in graph.incoming[join]]
        arrived = [place for place in here if tokens[place]]
        if node.kind is Kind.PARALLEL:
            if len(arrived) < len(here):
                return
        else:
            others = [
                graph_target(graph, each) if each.startswith("flow:") else each.removeprefix("at:")
                for each in tokens
                if each not in here
            ]
            if node.kind is Kind.SCOPE_END:
                scope = join.removesuffix("#end")
                if any(scope in graph.nodes[each].scopes for each in others):
                    return
            else:
                sources = {flow.source for flow in graph.incoming[join] if not tokens[f"flow:{join}|{flow.id}"]}
                filled = {flow.source for flow in graph.incoming[join]} - sources
                for each in others:
                    reached = graph.reach([each], without=[join])
                    if reached & sources and not reached & filled:
                        return
        after = tokens.copy()
        for place in arrived:
            _take(after, place)
        yield from self._leave_join(after, join)


def graph_target(graph: Graph, place: str) -> str:
    """Return the join at which a token on a flow waits."""
    return place.removeprefix("flow:").split("|", 1)[0]


def _take(tokens: "Counter[str]", place: str) -> None:
    tokens[place] -= 1
    if tokens[place] <= 0:
        del tokens[place]
