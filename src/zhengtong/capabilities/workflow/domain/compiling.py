"""Makes a graph of a drawing: sub-processes and called processes laid open, every element of the supported subset given
its meaning, every other one named."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhengtong.capabilities.workflow.domain.bpmn import (
    Drawing,
    Element,
    UnreadableDrawing,
    read_drawing,
    read_fields,
)
from zhengtong.capabilities.workflow.domain.findings import Finding, Level
from zhengtong.capabilities.workflow.domain.graph import REVIEWING, WAITING, Flow, Graph, Kind, Node, NodeSpec

DEEPEST: Final = 5
MOST_NODES: Final = 2000
EVENT: Final = "event:"
"""Before the id of a boundary event: the outcome by which a person says that it happened."""

OUTCOMES: Final = ("同意", "不同意")
"""What a joint review's departments answer when the drawing doesn't say."""

TAG_NAMES: Final = {
    "startEvent": gettext_noop("开始"),
    "endEvent": gettext_noop("结束"),
    "scriptTask": gettext_noop("脚本任务"),
    "complexGateway": gettext_noop("复杂网关"),
    "adHocSubProcess": gettext_noop("随意子流程"),
    "transaction": gettext_noop("事务子流程"),
}

Called = Callable[[str], str | None]
"""Returns the drawing of a process by its code."""


def _no_process(_code: str) -> None:
    return None


def compile_drawing(
    text: str, called: Called = _no_process, process_id: str = ""
) -> tuple[Graph | None, list[Finding]]:
    """Return the graph of the process that ``text`` draws, and what can't be understood in it.

    Of several pools the one that runs is meant, or the one with ``process_id``. Without errors among the findings the
    graph can be checked further; there is none of what isn't a drawing.
    """
    try:
        drawing = read_drawing(text)
        main = next((each for each in drawing.processes if each.id == process_id), None) or drawing.main()
    except UnreadableDrawing as error:
        return None, [Finding("", "", Level.ERROR, str(error))]
    compiler = _Compiler(drawing, called)
    return compiler.compile(main), compiler.findings


class _Compiler:
    def __init__(self, drawing: Drawing, called: Called) -> None:
        self.drawing, self.called = drawing, called
        self.findings: list[Finding] = []
        self.nodes: dict[str, Node] = {}
        self.flows: list[Flow] = []
        self.called_codes: set[str] = set()

    # Findings

    def error(self, element: Element, sentence: str) -> None:
        self.findings.append(Finding(element.id, element.name, Level.ERROR, sentence % {"name": element.title}))

    def warn(self, element: Element, sentence: str) -> None:
        self.findings.append(Finding(element.id, element.name, Level.WARNING, sentence % {"name": element.title}))

    # The whole

    def compile(self, main: Element) -> Graph:
        ids = Counter(each.id for each in main.walk() if each is not main)
        for element in main.walk():
            if not element.id:
                self.error(element, _("有一个元素没有编号（id），请在设计器里重新画。"))
            elif ids[element.id] > 1:
                ids[element.id] = 1
                self.error(element, _("编号“%(name)s”用了不止一次，请改成不同的编号。"))
        for other in self.drawing.processes:
            if other is not main and other.nodes() and other.id in self.drawing.participants:
                self.warn(other, _("图里的另一个泳池“%(name)s”只作说明，不会运行。"))
        self._lay_open(main, "", (), "", 0)
        start = self._find_start(main)
        graph = Graph(main.id, main.name, self.nodes, tuple(self.flows), start, frozenset(self.called_codes))
        return self._offer_events(graph)

    def _find_start(self, main: Element) -> str:
        starts = [each for each in main.nodes() if each.tag == "startEvent"]
        plain = [each for each in starts if not each.definitions]
        candidates = plain or starts
        if not candidates:
            self.error(main, _("流程“%(name)s”没有开始，请画一个开始事件。"))
            return ""
        for other in starts:
            if other is not candidates[0]:
                self.warn(other, _("流程只从一处开始，开始“%(name)s”不会用到。"))
        return candidates[0].id

    def _offer_events(self, graph: Graph) -> Graph:
        """Let whoever works at a node say that an event on it, or on a sub-process around it, has happened."""
        raised = {node.target for node in self.nodes.values() if node.kind is Kind.RAISE}
        raised |= {flow.target for flow in self.flows}
        for node in list(self.nodes.values()):
            if node.kind not in WAITING:
                continue
            offered = [
                (f"{EVENT}{each.id}", each.title)
                for place in (node.id, *reversed(node.scopes))
                for each in graph.boundaries(place)
                if each.id not in raised
            ]
            if offered:
                self.nodes[node.id] = replace(node, spec=replace(node.spec, events=tuple(offered)))
        return Graph(graph.id, graph.name, self.nodes, graph.flows, graph.start, graph.called)

    # One level

    def _lay_open(self, level: Element, prefix: str, scopes: tuple[str, ...], exit_id: str, depth: int) -> list[str]:
        """Add what is drawn in ``level``; ends lead to ``exit_id``. Returns where a token goes in."""
        nodes = level.nodes()
        if len(self.nodes) + len(nodes) > MOST_NODES:
            self.error(level, _("流程“%(name)s”太大，请拆成几个。"))
            return []
        known = {each.id: each for each in nodes}
        for flow in level.flows():
            for end in ("sourceRef", "targetRef"):
                if flow.attributes.get(end) not in known:
                    self.error(flow, _("连线“%(name)s”的一头没有接到环节上，请重新连接。"))
                    break
        flows = [f for f in level.flows() if f.attributes.get("sourceRef") in known]
        flows = [f for f in flows if f.attributes.get("targetRef") in known]
        before_events = {
            flow.attributes["targetRef"]
            for flow in flows
            if known[flow.attributes["sourceRef"]].tag == "eventBasedGateway"
        }
        for element in nodes:
            out = [f for f in flows if f.attributes["sourceRef"] == element.id]
            self._add(element, out, known, prefix, scopes, exit_id, depth, element.id in before_events)
        for flow in flows:
            source = known[flow.attributes["sourceRef"]]
            self._connect(flow, source, prefix)
        entered = {flow.attributes["targetRef"] for flow in flows}
        starts = [each for each in nodes if each.tag == "startEvent"]
        plain = [each for each in starts if not each.definitions] or starts
        if plain:
            return [prefix + each.id for each in plain]
        return [
            prefix + each.id
            for each in nodes
            if each.id not in entered and each.tag != "boundaryEvent" and "triggeredByEvent" not in each.attributes
        ]

    def _connect(self, flow: Element, source: Element, prefix: str) -> None:
        begin = prefix + source.id
        for suffix in ("#split", "#end"):
            if begin + suffix in self.nodes:
                begin += suffix
                break
        self.flows.append(
            Flow(
                prefix + flow.id,
                begin,
                prefix + flow.attributes["targetRef"],
                flow.name,
                read_condition(flow.condition or ""),
                source.attributes.get("default") == flow.id,
            )
        )

    def _join(self, source: str, target: str) -> None:
        self.flows.append(Flow(f"{source}>{target}", source, target))

    def _put(self, element: Element, kind: Kind, prefix: str, scopes: tuple[str, ...], **more: object) -> Node:
        drawn = prefix.split("/", 1)[0] if prefix else element.id
        node = Node(prefix + element.id, element.name, kind, drawn, element.tag, scopes)
        node = replace(node, **more)  # type: ignore[arg-type]  # the fields of Node, by name
        self.nodes[node.id] = node
        return node

    def _add(
        self,
        element: Element,
        out: list[Element],
        known: dict[str, Element],
        prefix: str,
        scopes: tuple[str, ...],
        exit_id: str,
        depth: int,
        is_chosen: bool,
    ) -> None:
        tag = element.tag
        if element.loop == "standardLoopCharacteristics":
            if tag in ("subProcess", "callActivity"):
                self.error(element, _("子流程“%(name)s”用了循环标记，不支持：请用网关画出往回走的线。"))
            else:
                self.warn(element, _("环节“%(name)s”用了循环标记，由经办人自己掌握办几遍，一次办完。"))
        if tag in ("scriptTask", "complexGateway", "adHocSubProcess", "transaction"):
            self.findings.append(
                Finding(
                    element.id,
                    element.name,
                    Level.ERROR,
                    _("“%(name)s”是%(kind)s，不支持：请改用办理环节、决策表或者其他网关。")
                    % {"name": element.title, "kind": _(TAG_NAMES[tag])},
                )
            )
            self._put(element, Kind.PASS, prefix, scopes)
        elif tag == "subProcess":
            self._add_scope(element, element, prefix, prefix, scopes, depth)
        elif tag == "callActivity":
            self._add_call(element, prefix, scopes, depth)
        elif tag == "businessRuleTask":
            table = element.zt.get("table", "").strip()
            if table:
                self._put(element, Kind.RULE, prefix, scopes, table=table)
            else:
                self.warn(element, _("规则环节“%(name)s”没有选定决策表，走到这里由经办人判断。"))
                self._put(element, Kind.TASK, prefix, scopes, spec=self._read_spec(element))
        elif tag.endswith("Task") or tag == "task":
            self._add_task(element, prefix, scopes)
        elif tag.endswith("Gateway"):
            self._add_gateway(element, out, prefix, scopes)
        else:
            self._add_event(element, known, prefix, scopes, exit_id, is_chosen)
        if len(out) > 1 and (tag not in GATEWAY_TAGS):
            kind = Kind.INCLUSIVE if any(flow.condition for flow in out) else Kind.PARALLEL
            if len(out) == 2 and element.attributes.get("default"):
                # One way or else the other.
                kind = Kind.EXCLUSIVE if kind is Kind.INCLUSIVE else Kind.CHOICE
            split = Node(f"{prefix}{element.id}#split", element.name, kind, element.id, tag, scopes)
            self.nodes[split.id] = split
            end = f"{prefix}{element.id}#end"
            self._join(end if end in self.nodes else prefix + element.id, split.id)

    def _add_task(self, element: Element, prefix: str, scopes: tuple[str, ...]) -> None:
        self._put(element, Kind.TASK, prefix, scopes, spec=self._read_spec(element))
        if element.tag in ("serviceTask", "sendTask", "receiveTask"):
            self.warn(element, _("环节“%(name)s”不会自动调用别的系统，由经办人办理后点完成。"))

    def _read_spec(self, element: Element) -> NodeSpec:
        given = element.zt
        is_repeated = element.loop == "multiInstanceLoopCharacteristics"
        is_joint = given.get("kind") == "joint" or (is_repeated and element.tag in ("task", "userTask"))
        if is_repeated and not is_joint:
            self.warn(element, _("环节“%(name)s”标了要办几遍，由经办人一次办完。"))
        departments = _split(given.get("departments", ""))
        departments_from = given.get("departmentsFrom", "").strip()
        if is_joint and not departments and not departments_from:
            self.error(element, _("会签环节“%(name)s”没有写明由哪些部门办理，请选择部门或者填写计算部门的表达式。"))
        if (departments or departments_from) and not is_joint:
            self.warn(element, _("环节“%(name)s”写了会签部门，但不是会签环节，只由一个部门办理。"))
        days = given.get("days", "").strip()
        if days and not (days.isdecimal() and 0 < int(days) <= 366):
            self.error(element, _("环节“%(name)s”的办理天数应是 1 到 366 的整数。"))
            days = ""
        relation = given.get("relation", "any").strip() or "any"
        if relation not in ("any", "head") and not relation.startswith(("same:", "not:")):
            self.error(element, _("环节“%(name)s”的办理人关系写得不对，应是 any、head、same:环节 或 not:环节。"))
        organisation = given.get("organisation", "handling").strip() or "handling"
        if organisation not in ("handling", "parent") and not organisation.startswith("code:"):
            self.error(element, _("环节“%(name)s”的办理机关写得不对，应是 handling、parent 或 code:机构代码。"))
        fields: tuple[Mapping[str, Any], ...] = ()
        try:
            fields = read_fields(given.get("fields", ""))
        except ValueError as error:
            self.error(element, _("环节“%(name)s”：") + str(error).replace("%", "%%"))
        outcomes = _split(given.get("outcomes", ""))
        if len(set(outcomes)) != len(outcomes) or any(len(each) > 30 or ":" in each for each in outcomes):
            self.error(element, _("环节“%(name)s”的办理结果有重复，或者太长，或者带冒号。"))
        return NodeSpec(
            role=given.get("role", "").strip() or REVIEWING,
            organisation=organisation,
            relation=relation,
            days=int(days) if days else None,
            is_joint=is_joint,
            departments=tuple(each.removeprefix("code:") for each in departments),
            departments_from=departments_from,
            outcomes=outcomes or (OUTCOMES if is_joint else ()),
            fields=fields,
            documents=_split(given.get("documents", "")),
            documentation=element.documentation,
        )

    def _add_gateway(self, element: Element, out: list[Element], prefix: str, scopes: tuple[str, ...]) -> None:
        has_conditions = any(flow.condition for flow in out)
        kind = {
            "parallelGateway": Kind.PARALLEL,
            "inclusiveGateway": Kind.INCLUSIVE,
            "eventBasedGateway": Kind.CHOICE,
        }.get(element.tag, Kind.EXCLUSIVE)
        spec = NodeSpec()
        if kind is Kind.EXCLUSIVE and len(out) > 1 and not has_conditions:
            kind = Kind.CHOICE
            self.warn(element, _("网关“%(name)s”的走向都没有条件，走到这里由办理人选择。"))
        if kind is Kind.CHOICE:
            spec = self._read_spec(element)
        self._put(element, kind, prefix, scopes, spec=spec)

    # Sub-processes

    def _add_scope(
        self,
        element: Element,
        level: Element,
        prefix: str,
        inner: str,
        scopes: tuple[str, ...],
        depth: int,
    ) -> None:
        if element.attributes.get("triggeredByEvent") == "true":
            self.error(element, _("“%(name)s”是由事件触发的子流程，不支持：请改成附在环节上的事件。"))
            return
        if element.loop == "multiInstanceLoopCharacteristics":
            self.error(element, _("子流程“%(name)s”要同时办几遍，不支持：请改用一个会签环节。"))
        if depth >= DEEPEST:
            self.error(element, _("子流程“%(name)s”套得太深，最多 5 层。"))
            return
        scope = prefix + element.id
        self._put(element, Kind.PASS, prefix, scopes)
        drawn = self.nodes[scope].element
        exit_id = f"{scope}#end"
        self.nodes[exit_id] = Node(exit_id, element.name, Kind.SCOPE_END, drawn, element.tag, scopes)
        entries = self._lay_open(level, inner, (*scopes, scope), exit_id, depth + 1)
        if not entries:
            self.warn(element, _("子流程“%(name)s”是空的，走到这里直接往下走。"))
            self._join(scope, exit_id)
        for entry in entries:
            self._join(scope, entry)

    def _add_call(self, element: Element, prefix: str, scopes: tuple[str, ...], depth: int) -> None:
        code = (element.zt.get("process") or element.attributes.get("calledElement", "")).rsplit(":", 1)[-1]
        if not code:
            self.error(element, _("调用环节“%(name)s”没有写明调用哪个流程。"))
            self._put(element, Kind.PASS, prefix, scopes)
            return
        if code in self.drawing.global_tasks:
            self._add_task(element, prefix, scopes)
            return
        if depth >= DEEPEST:
            self.error(element, _("调用环节“%(name)s”套得太深，或者流程直接、间接地调用了自己。"))
            self._put(element, Kind.PASS, prefix, scopes)
            return
        level = next((each for each in self.drawing.processes if each.id == code), None)
        outer = self.drawing
        if level is None:
            text = self.called(code)
            if text is not None:
                self.called_codes.add(code)
                self.drawing = read_drawing(text)
                level = self.drawing.main()
        if level is None:
            self.findings.append(
                Finding(
                    element.id,
                    element.name,
                    Level.ERROR,
                    _("调用环节“%(name)s”要用的流程“%(code)s”不存在或者没有发布。")
                    % {"name": element.title, "code": code},
                )
            )
            self._put(element, Kind.PASS, prefix, scopes)
            return
        self._add_scope(element, level, prefix, f"{prefix}{element.id}/", scopes, depth)
        self.drawing = outer

    # Events

    def _add_event(
        self,
        element: Element,
        known: dict[str, Element],
        prefix: str,
        scopes: tuple[str, ...],
        exit_id: str,
        is_chosen: bool,
    ) -> None:
        if len(element.definitions) > 1:
            self.error(element, _("事件“%(name)s”有不止一种触发方式，不支持：请拆成几个。"))
        what = element.definitions[0][0] if element.definitions else ""
        if what in ("compensate", "cancel", "reference"):
            self.error(element, _("事件“%(name)s”是补偿或取消事件，不支持：请用往回走的线画出来。"))
            what = ""
        tag = element.tag
        if tag == "startEvent":
            self._put(element, Kind.START, prefix, scopes)
        elif tag == "endEvent":
            self._add_end(element, what, prefix, scopes, exit_id)
        elif tag == "intermediateThrowEvent":
            self._put(element, Kind.PASS, prefix, scopes)
            if what == "link":
                self._add_link(element, known, prefix)
            elif what in ("escalation", "error"):
                boundary = self._catching(element, what, scopes)
                if boundary:
                    self._join(prefix + element.id, boundary.id)
        elif tag == "intermediateCatchEvent":
            kind = Kind.PASS if is_chosen or what in ("link", "") else Kind.EVENT
            self._put(element, kind, prefix, scopes, spec=self._read_spec(element))
            if kind is Kind.EVENT:
                self.warn(element, _("事件“%(name)s”不会自动发生，由经办人确认已经发生后往下走。"))
        else:
            self._add_boundary(element, what, known, prefix, scopes)

    def _add_boundary(
        self, element: Element, what: str, known: dict[str, Element], prefix: str, scopes: tuple[str, ...]
    ) -> None:
        host = element.attributes.get("attachedToRef", "")
        if host not in known:
            self.error(element, _("事件“%(name)s”没有附在环节上，请拖到环节的边上。"))
        interrupts = element.attributes.get("cancelActivity") != "false"
        self._put(element, Kind.BOUNDARY, prefix, scopes, attached_to=prefix + host, interrupts=interrupts)
        if what in ("message", "timer", "signal", "conditional", ""):
            self.warn(element, _("事件“%(name)s”不会自动触发，由经办人在办理时选择。"))

    def _add_end(self, element: Element, what: str, prefix: str, scopes: tuple[str, ...], exit_id: str) -> None:
        if not exit_id:
            kind = Kind.TERMINATE if what in ("terminate", "error") else Kind.END
            self._put(element, kind, prefix, scopes)
            return
        if what == "terminate":
            self._put(element, Kind.RAISE, prefix, scopes, target=exit_id)
            return
        boundary = self._catching(element, what, scopes) if what in ("error", "escalation") else None
        if boundary is not None and boundary.interrupts:
            self._put(element, Kind.RAISE, prefix, scopes, target=boundary.id)
            return
        self._put(element, Kind.PASS, prefix, scopes)
        self._join(prefix + element.id, exit_id)
        if boundary is not None:
            self._join(prefix + element.id, boundary.id)
        elif what == "error":
            self.error(element, _("子流程里抛出的错误“%(name)s”没有事件接住，请在子流程边上加一个错误事件。"))

    def _catching(self, element: Element, what: str, scopes: tuple[str, ...]) -> Node | None:
        """Return the boundary event of a sub-process around that takes what ``element`` throws, the nearest first."""
        wanted = element.definitions[0][1].get(f"{what}Ref", "")
        for scope in reversed(scopes):
            host, head = scope.rsplit("/", 1)[-1], scope.rpartition("/")[0]
            prefix = f"{head}/" if head else ""
            for drawn in (each for process in self.drawing.processes for each in process.walk()):
                if drawn.tag != "boundaryEvent" or drawn.attributes.get("attachedToRef") != host:
                    continue
                for name, attributes in drawn.definitions:
                    if name == what and attributes.get(f"{what}Ref", "") in ("", wanted):
                        interrupts = drawn.attributes.get("cancelActivity") != "false"
                        return Node(prefix + drawn.id, drawn.name, Kind.BOUNDARY, interrupts=interrupts)
        return None

    def _add_link(self, element: Element, known: dict[str, Element], prefix: str) -> None:
        name = element.definitions[0][1].get("name", "") or element.name
        for other in known.values():
            if other.tag == "intermediateCatchEvent" and other.definitions:
                what, attributes = other.definitions[0]
                if what == "link" and (attributes.get("name", "") or other.name) == name:
                    self._join(prefix + element.id, prefix + other.id)
                    return
        self.error(element, _("连接事件“%(name)s”没有对应的另一头。"))


GATEWAY_TAGS: Final = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def read_condition(text: str) -> str:
    """Return a condition without the marks that other designers put around one: ``${…}``, ``#{…}``, a leading ``=``."""
    text = text.strip()
    if text[:2] in ("${", "#{") and text.endswith("}"):
        text = text[2:-1].strip()
    elif text.startswith("=") and not text.startswith("=="):
        text = text[1:].strip()
    return text
