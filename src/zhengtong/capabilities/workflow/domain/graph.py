"""A process as nodes and flows, sub-processes laid open: what the linter reads and the engine runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What happens when a token comes to a node."""

    START = "start"
    PASS = "pass"  # nothing: an event that is thrown, the way into a sub-process
    TASK = "task"  # a person works
    EVENT = "event"  # a person says that something happened
    CHOICE = "choice"  # a person chooses the way
    RULE = "rule"  # a decision table answers
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    SCOPE_END = "scope_end"  # waits until nothing is left in its sub-process
    BOUNDARY = "boundary"
    RAISE = "raise"  # leaves its sub-process by the boundary event ``target``
    END = "end"
    TERMINATE = "terminate"


WAITING: Final = frozenset({Kind.TASK, Kind.EVENT, Kind.CHOICE})
"""Where the process waits for a person."""

JOINING: Final = frozenset({Kind.PARALLEL, Kind.INCLUSIVE, Kind.SCOPE_END})


REVIEWING: Final = "cases.review_case"
DECIDING: Final = "cases.decide_case"


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """What a person meets at a node. ``role`` is a permission; ``events`` are pairs of outcome and its name."""

    role: str = REVIEWING
    organisation: str = "handling"
    relation: str = "any"
    days: int | None = None
    is_joint: bool = False
    departments: tuple[str, ...] = ()
    departments_from: str = ""
    outcomes: tuple[str, ...] = ()
    fields: tuple[Mapping[str, Any], ...] = ()
    documents: tuple[str, ...] = ()
    events: tuple[tuple[str, str], ...] = ()
    documentation: str = ""

    @property
    def permission(self) -> str:
        """What whoever works here needs. The head of an organ decides and doesn't review."""
        return DECIDING if self.relation == "head" and self.role == REVIEWING else self.role


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """``element`` is its id in the drawing (a node of a called process: the call's). ``scopes`` are the sub-processes
    around it, the outermost first."""

    id: str
    name: str
    kind: Kind
    element: str = ""
    tag: str = ""
    scopes: tuple[str, ...] = ()
    spec: NodeSpec = field(default_factory=NodeSpec)
    table: str = ""
    attached_to: str = ""
    interrupts: bool = True
    target: str = ""

    @property
    def title(self) -> str:
        return self.name or self.id


@dataclass(frozen=True)
class Graph:
    """One process, ready to run."""

    id: str
    name: str
    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    start: str
    called: frozenset[str] = frozenset()
    outgoing: Mapping[str, tuple[Flow, ...]] = field(init=False, repr=False)
    incoming: Mapping[str, tuple[Flow, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        outgoing: dict[str, list[Flow]] = defaultdict(list)
        incoming: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            outgoing[flow.source].append(flow)
            incoming[flow.target].append(flow)
        object.__setattr__(self, "outgoing", {node: tuple(outgoing[node]) for node in self.nodes})
        object.__setattr__(self, "incoming", {node: tuple(incoming[node]) for node in self.nodes})

    def label(self, flow: Flow) -> str:
        """Return the words for the way that ``flow`` goes: its own, or those of what it leads to."""
        return flow.name or self.nodes[flow.target].title

    def boundaries(self, node_id: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind is Kind.BOUNDARY and node.attached_to == node_id]

    def successors(self, node_id: str) -> list[str]:
        """Return where a token may be next, boundary events and raised ones included."""
        node = self.nodes[node_id]
        following = [flow.target for flow in self.outgoing[node_id]]
        if node.target:
            following.append(node.target)
        following += [each.id for each in self.boundaries(node_id)]
        return following

    def reach(self, starts: Iterable[str], without: Collection[str] = ()) -> set[str]:
        """Return every node that can follow ``starts`` (which are in it), never passing through ``without``."""
        found, queue = set(), [each for each in starts if each not in without]
        while queue:
            node = queue.pop()
            if node in found:
                continue
            found.add(node)
            queue += [each for each in self.successors(node) if each not in found and each not in without]
        return found

    def inside(self, scope: str) -> set[str]:
        return {node.id for node in self.nodes.values() if scope in node.scopes}
