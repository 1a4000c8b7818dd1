"""Walks through a drawing with sample data, before anything is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.adapter import Engine, StepFailed
from zhengtong.capabilities.workflow.definitions import decide_by, get_live_drawing, get_live_table
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.domain.findings import Finding, Level
from zhengtong.capabilities.workflow.domain.graph import Graph, Kind
from zhengtong.capabilities.workflow.domain.tables import Table
from zhengtong.capabilities.workflow.domain.tokens import Position, Token
from zhengtong.capabilities.workflow.services.running import OpenNode, to_open_node

MOST_STEPS: Final = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person at a node is taken to answer; used once, in the order given, then the node's first outcome."""

    node_id: str
    outcome: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TraceStep:
    node_id: str
    title: str
    outcome: str
    opened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the walk went. ``problem`` says why it couldn't go on, at ``stuck_at``; ``open`` is where it waits."""

    steps: tuple[TraceStep, ...]
    open: tuple[OpenNode, ...]
    has_ended: bool
    problem: str = ""
    stuck_at: str = ""
    findings: tuple[Finding, ...] = ()


def simulate(
    bpmn: str,
    tables: Mapping[str, Table] | None = None,
    answers: Sequence[Answer] = (),
    data: Mapping[str, Any] | None = None,
    *,
    stops: bool = False,
) -> Trace:
    """Walk through ``bpmn`` with ``data`` (``form``, ``case``) and ``answers``; a node without an answer gets its first
    outcome, unless ``stops``. Nothing is written."""
    graph, findings = compile_drawing(bpmn, get_live_drawing)
    errors = [each for each in findings if each.level is Level.ERROR]
    if graph is None or not graph.start:
        return Trace((), (), False, errors[0].sentence, errors[0].element_id, tuple(findings))
    known = dict(tables) if tables is not None else _live_tables(graph)
    return _Walk(graph, known, answers, data or {}, stops).run(tuple(findings))


def _live_tables(graph: Graph) -> dict[str, Table]:
    codes = {node.table for node in graph.nodes.values() if node.kind is Kind.RULE and node.table}
    return {code: table for code in sorted(codes) if (table := get_live_table(code)) is not None}


class _Walk:
    def __init__(
        self, graph: Graph, tables: dict[str, Table], answers: Sequence[Answer], data: Mapping[str, Any], stops: bool
    ) -> None:
        self.engine, self.graph, self.tables = Engine(graph), graph, tables
        self.left, self.values, self.stops = list(answers), dict(data), stops
        self.steps: list[TraceStep] = []
        self.taken: dict[str, int] = {}

    def run(self, findings: tuple[Finding, ...]) -> Trace:
        position = Position()
        problem, stuck_at = "", ""
        try:
            position = self.engine.start(self.values, self._decide)
            while position.tokens and len(self.steps) < MOST_STEPS:
                token, answer = self._next(position)
                if token is None:
                    break
                position = self._step(position, token, answer)
            else:
                if position.tokens:
                    problem = _("走了 %(count)d 步还没有结束，可能在来回转。") % {"count": MOST_STEPS}
        except StepFailed as failed:
            problem, stuck_at = failed.sentence, failed.node_id
        waiting = tuple(to_open_node(self.graph, token) for token in position.tokens)
        has_ended = bool(self.steps or not waiting) and position.is_ended and not problem
        return Trace(tuple(self.steps), waiting, has_ended, problem, stuck_at, findings)

    def _decide(self, code: str, values: Mapping[str, Any]) -> Any:
        return decide_by(self.tables, code, values)

    def _next(self, position: Position) -> tuple[Token | None, Answer | None]:
        for answer in self.left:
            token = next((each for each in position.tokens if each.node == answer.node_id), None)
            if token is not None:
                self.left.remove(answer)
                return token, answer
        return (None if self.stops else position.tokens[0]), None

    def _step(self, position: Position, token: Token, answer: Answer | None) -> Position:
        node = to_open_node(self.graph, token)
        count = self.taken[token.node] = self.taken.get(token.node, 0) + 1
        # An unanswered choice takes another way each time it is met, so that a circle is left.
        choices = node.spec.outcomes
        outcome = answer.outcome if answer else choices[(count - 1) % len(choices)] if choices else ""
        self.values["outcome"] = {**self.values.get("outcome", {}), token.node: outcome}
        if answer and answer.values:
            self.values["values"] = {**self.values.get("values", {}), token.node: dict(answer.values)}
        if node.spec.is_joint:
            self.values["outcomes"] = {**self.values.get("outcomes", {}), token.node: [outcome]}
        after = self.engine.complete(position, token, outcome, self.values, self._decide)
        old = {each.key for each in position.tokens}
        opened = tuple(each.node for each in after.tokens if each.key not in old)
        self.steps.append(TraceStep(token.node, node.title, outcome, opened))
        return after
