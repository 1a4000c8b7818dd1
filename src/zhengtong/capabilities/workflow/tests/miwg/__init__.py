"""The BPMN MIWG's reference models, and what becomes of each: see README.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengtong.capabilities.workflow.adapter import Engine, StepFailed
from zhengtong.capabilities.workflow.domain.bpmn import read_drawing
from zhengtong.capabilities.workflow.domain.compiling import compile_drawing
from zhengtong.capabilities.workflow.domain.findings import Finding, Level
from zhengtong.capabilities.workflow.domain.graph import Graph, Kind
from zhengtong.capabilities.workflow.domain.linting import lint

MODELS = sorted(Path(__file__).parent.glob("*.bpmn"))
MOST_STEPS = 200


@dataclass(frozen=True)
class Result:
    """What became of a model: it ran to an end, every pool of it, or was refused for these findings."""

    name: str
    has_ended: bool
    steps: int
    refusals: tuple[Finding, ...]


def list_models() -> Iterator[tuple[str, str]]:
    for path in MODELS:
        yield path.stem, path.read_text("utf-8-sig")


def walk(name: str, text: str) -> Result:
    """Check every pool of a model, and answer every task of it until it ends."""
    steps, refusals = 0, []
    for process in read_drawing(text).processes:
        if not process.nodes():
            continue
        graph, findings = compile_drawing(text, process_id=process.id)
        if graph is not None:
            findings = [*findings, *lint(graph, {})]
        wrong = [each for each in findings if each.level is Level.ERROR]
        refusals += wrong
        if graph is None or wrong:
            continue
        try:
            steps += _answer_all(graph)
        except StepFailed as failed:
            refusals.append(Finding(failed.node_id, failed.node_id, Level.ERROR, failed.sentence))
    return Result(name, steps > 0 and not refusals, steps, tuple(refusals))


def _answer_all(graph: Graph) -> int:
    engine = Engine(graph)
    position = engine.start({}, lambda _code, _values: {})
    steps, seen = 0, dict[str, int]()
    while position.tokens:
        token = position.tokens[0]
        ways = graph.outgoing[token.node]
        turn = seen[token.node] = seen.get(token.node, -1) + 1
        # Another way each time: a circle is left.
        outcome = graph.label(ways[turn % len(ways)]) if graph.nodes[token.node].kind is Kind.CHOICE else ""
        position = engine.complete(position, token, outcome, {}, lambda _code, _values: {})
        steps += 1
        if steps > MOST_STEPS:
            raise StepFailed(token.node, "200 步还没有结束")
    if not position.is_ended:
        raise StepFailed(next(iter(position.arrivals)), "没有结束")
    return steps
