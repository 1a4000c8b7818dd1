"""A trial walk: what is typed becomes sample answers, and where it went becomes sentences and marks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.public import (
    Answer,
    Graph,
    Kind,
    NodeSpec,
    Process,
    Trace,
    compile_drawing,
    get_live_drawing,
    get_live_table,
    simulate,
)
from zhengtong.desks.processes.options import list_form_fields
from zhengtong.kernel.expressions import ExpressionError, parse

MOST_INPUTS: Final = 60
Title = Callable[[str, str], str]
"""Returns the words for a value of one of the designer's lists."""


def list_inputs(process: Process, bpmn: str) -> list[dict[str, Any]]:
    """Return what a trial may be given: names that conditions and tables ask for, with the forms' own options."""
    graph, _findings = compile_drawing(bpmn, get_live_drawing)
    if graph is None:
        return []
    forms = {field["key"]: field for field in list_form_fields(process)}
    texts = [flow.condition for flow in graph.flows if flow.condition]
    texts += [node.spec.departments_from for node in graph.nodes.values() if node.spec.departments_from]
    texts += [each for node in graph.nodes.values() if node.kind is Kind.RULE for each in _asked_by(node.table)]
    asked: dict[str, None] = {}
    for text in texts:
        try:
            found = sorted(parse(text).names)
        except ExpressionError:
            continue
        asked.update(dict.fromkeys(name for name in found if name.split(".")[0] in ("form", "case")))
    inputs = []
    for name in list(asked)[:MOST_INPUTS]:
        field = forms.get(name.removeprefix("form."), {})
        inputs.append({"name": name, "title": field.get("label", name), "options": list(field.get("options", ()))})
    return inputs


def _asked_by(code: str) -> list[str]:
    table = get_live_table(code) if code else None
    return [each.expression for each in table.inputs] if table else []


def list_choices(bpmn: str) -> list[dict[str, Any]]:
    """Return the nodes at which a person decides between outcomes."""
    graph, _findings = compile_drawing(bpmn, get_live_drawing)
    if graph is None:
        return []
    found = []
    for node in graph.nodes.values():
        outcomes = list(node.spec.outcomes)
        if node.kind is Kind.CHOICE:
            outcomes = [graph.label(flow) for flow in graph.outgoing[node.id]]
        if outcomes:
            found.append({"id": node.id, "title": node.title, "outcomes": outcomes})
    return found


def nest(given: Mapping[str, str]) -> dict[str, Any]:
    """Return ``form.area`` and the like as the values that conditions read; what wasn't typed is nothing."""
    values: dict[str, Any] = {"form": {}, "case": {}}
    for name, text in given.items():
        *heads, last = name.split(".")
        place = values
        for head in heads:
            place = place.setdefault(head, {})
        place[last] = text
    return values


def walk(bpmn: str, given: Mapping[str, str], chosen: Mapping[str, str]) -> Trace:
    """Walk with what was typed; a node is answered the same way each time it is met, ten times at most."""
    answers = [Answer(node, outcome) for node, outcome in chosen.items() if outcome for _time in range(10)]
    return simulate(bpmn, answers=answers, data=nest(given))


def tell(trace: Trace, bpmn: str, title: Title) -> list[dict[str, str]]:
    """Return the walk step by step: what was opened for whom, and what was answered."""
    graph, _findings = compile_drawing(bpmn, get_live_drawing)
    if graph is None:
        return []
    steps = []
    for step in trace.steps:
        node = graph.nodes[step.node_id]
        after = "、".join(f"“{graph.nodes[each].title}”" for each in step.opened)
        steps.append(
            {
                "title": step.title,
                "who": say_who(node.spec, title, bpmn),
                "outcome": step.outcome,
                "after": _("打开%(names)s") % {"names": after} if after else "",
            }
        )
    return steps


def say_who(spec: NodeSpec, title: Title, bpmn: str) -> str:
    if spec.is_joint:
        names = (
            "、".join(title("departments", f"code:{each}").removeprefix("code:") for each in spec.departments)
            or spec.departments_from
        )
        where = _("会签：%(names)s") % {"names": names}
    else:
        where = title("organisations", "" if spec.organisation == "handling" else spec.organisation)
    who = title("roles", "" if spec.role == "cases.review_case" else spec.role)
    said = _("%(where)s，有“%(who)s”权限的人") % {"where": where, "who": who}
    way, _colon, other = spec.relation.partition(":")
    if way in ("same", "not"):
        word = _("与“%(other)s”同一个人") if way == "same" else _("与“%(other)s”不是同一个人")
        graph, _findings = compile_drawing(bpmn, get_live_drawing)
        named = graph.nodes[other].title if graph and other in graph.nodes else other
        said = f"{said}，{word % {'other': named}}"
    elif way == "head":
        said = _("%(said)s，机关负责人") % {"said": said}
    return _("%(said)s，%(days)d个工作日") % {"said": said, "days": spec.days} if spec.days else said


def mark_path(trace: Trace, bpmn: str) -> dict[str, list[str]]:
    """Return the marks of what was passed, with the lines between, and of where it waits or got stuck."""
    graph, _findings = compile_drawing(bpmn, get_live_drawing)
    if graph is None:
        return {}
    passed = {step.node_id for step in trace.steps} | ({graph.start} if trace.steps else set())
    waiting = {each.node_id for each in trace.open}
    marks: dict[str, list[str]] = {}
    for node in passed:
        marks[graph.nodes[node].element or node] = ["passed"]
    # What nobody works at lies between two that were passed: the shortest way is the one that was taken, or like it.
    for before, after in [(each.node_id, follower) for each in trace.steps for follower in each.opened]:
        for element in _between(graph, before, after):
            marks.setdefault(element, ["passed"])
    if trace.steps:
        for element in _between(graph, graph.start, trace.steps[0].node_id):
            marks.setdefault(element, ["passed"])
        if trace.has_ended:
            ends = [node.id for node in graph.nodes.values() if node.kind in (Kind.END, Kind.TERMINATE)]
            way = min(
                (_between(graph, trace.steps[-1].node_id, end) for end in ends), key=lambda each: len(each) or 999
            )
            for element in way:
                marks.setdefault(element, ["passed"])
    for node in waiting:
        marks[graph.nodes[node].element or node] = ["current"]
    if trace.stuck_at:
        marks[trace.stuck_at.split("#")[0]] = ["removed"]
    return marks


def _between(graph: Graph, before: str, after: str) -> list[str]:
    """Return the lines and automatic nodes of the shortest way from one node to another, without people's work."""
    queue: list[tuple[str, list[str]]] = [(before, [])]
    seen = {before}
    while queue:
        node, way = queue.pop(0)
        for flow in graph.outgoing.get(node, ()):
            at = graph.nodes[flow.target]
            further = [*way, flow.id, at.element or at.id]
            if flow.target == after:
                return further
            if flow.target not in seen and at.kind not in (Kind.TASK, Kind.EVENT, Kind.CHOICE):
                seen.add(flow.target)
                queue.append((flow.target, further))
    return []
