"""Finds what would leave a case stuck, before anybody's case is in it: a sentence a fault, naming the element."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice, product
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _

from zhengtong.capabilities.workflow.domain.findings import Finding, Level, has_errors
from zhengtong.capabilities.workflow.domain.graph import WAITING, Flow, Graph, Kind, Node
from zhengtong.capabilities.workflow.domain.sampling import list_samples
from zhengtong.capabilities.workflow.domain.soundness import find_deadlocks
from zhengtong.capabilities.workflow.domain.tables import Table
from zhengtong.kernel.expressions import Expression, ExpressionError, parse

MOST_COMBINATIONS: Final = 20_000
LONGEST_ID: Final = 180

ROOTS: Final = ("form", "case", "outcome", "outcomes", "values", "table")
"""What an expression of a process may begin with."""


class Staffing(Protocol):
    """Says where nobody does a node: a sentence's part, "" when somebody in the organisation with this code ("": any
    that may handle it) holds ``permission``, and is its head where ``is_head``."""

    def __call__(self, permission: str, organisation: str, *, is_head: bool) -> str: ...


Forms = Mapping[str, Collection[str]]
"""The fields that an application has, by the name of the item whose cases go through the process."""


def lint(
    graph: Graph, tables: Mapping[str, Table], *, staffing: Staffing | None = None, forms: Forms | None = None
) -> list[Finding]:
    """Return the faults of a graph. Those of the drawing itself are found when it is compiled."""
    linter = _Linter(graph, tables, staffing, forms or {})
    linter.run()
    return linter.findings


class _Linter:
    def __init__(self, graph: Graph, tables: Mapping[str, Table], staffing: Staffing | None, forms: Forms) -> None:
        self.graph, self.tables, self.staffing, self.forms = graph, tables, staffing, forms
        self.findings: list[Finding] = []
        self.parsed: dict[str, Expression] = {}

    def say(self, level: Level, node: Node | Flow, sentence: str, **words: Any) -> None:
        if isinstance(node, Flow):
            source = self.graph.nodes[node.source]
            element, name = node.id.rsplit("/", 1)[-1], node.name
            words = {"name": source.title, "flow": self.graph.label(node), **words}
        else:
            element, name = node.element or node.id, node.name
            words = {"name": node.title, **words}
        self.findings.append(Finding(element, name, level, sentence % words))

    def error(self, node: Node | Flow, sentence: str, **words: Any) -> None:
        self.say(Level.ERROR, node, sentence, **words)

    def warn(self, node: Node | Flow, sentence: str, **words: Any) -> None:
        self.say(Level.WARNING, node, sentence, **words)

    def run(self) -> None:
        self._check_ways()
        self._check_people()
        for flow in self.graph.flows:
            if flow.condition:
                self._check_expression(flow, flow.condition)
        self._check_gateways()
        self._check_tables()
        self._check_names()
        if self.graph.start and not has_errors(self.findings):
            self._check_soundness()

    # Ways

    def _check_ways(self) -> None:
        graph = self.graph
        ends = [node.id for node in graph.nodes.values() if node.kind in (Kind.END, Kind.TERMINATE)]
        if not ends:
            first = next(iter(graph.nodes.values()), None)
            sentence = _("流程没有结束，请画一个结束事件，并把最后的环节接上去。")
            self.findings.append(Finding(graph.id, graph.name, Level.ERROR, sentence))
            if first is None:
                return
        reached = graph.reach([graph.start]) if graph.start else set(graph.nodes)
        before = self._lead_to(ends)
        for node in graph.nodes.values():
            if "#" in node.id:
                continue
            if node.id not in reached:
                self.error(node, _("“%(name)s”从开始走不到，请接上连线或者删掉。"))
            elif not graph.successors(node.id) and node.kind not in (Kind.END, Kind.TERMINATE):
                self.error(node, _("“%(name)s”之后没有下一步，办到这里就断了，请接到后面的环节或者结束。"))
            elif node.id not in before and ends and node.kind is not Kind.BOUNDARY:
                self.error(node, _("从“%(name)s”起走不到结束，只会来回转，请加一条出去的线。"))
            if len(node.id) > LONGEST_ID:
                self.error(node, _("“%(name)s”的编号太长，请在设计器里改短。"))
        for circle in self._automatic_circles(reached):
            node = graph.nodes[circle[0]]
            self.error(node, _("“%(name)s”在一个没有人办理的环里，会一直转下去，请在环里加一个办理环节。"))

    def _lead_to(self, ends: list[str]) -> set[str]:
        backward: dict[str, list[str]] = defaultdict(list)
        for node in self.graph.nodes:
            for following in self.graph.successors(node):
                backward[following].append(node)
        found, queue = set(ends), list(ends)
        while queue:
            for each in backward[queue.pop()]:
                if each not in found:
                    found.add(each)
                    queue.append(each)
        return found

    def _automatic_circles(self, reached: set[str]) -> Iterator[list[str]]:
        """Yield circles in which nobody works, one each."""
        waiting = {node.id for node in self.graph.nodes.values() if node.kind in WAITING}
        seen: set[str] = set()
        for start in self.graph.nodes:
            if start in waiting or start in seen or start not in reached:
                continue
            following = [each for each in self.graph.successors(start) if each not in waiting]
            round_trip = self.graph.reach(following, without=waiting)
            if start in round_trip:
                circle = [start, *sorted(round_trip)]
                seen |= round_trip
                yield circle

    # People

    def _check_people(self) -> None:
        graph = self.graph
        for node in graph.nodes.values():
            if node.kind not in WAITING:
                continue
            spec = node.spec
            way, _colon, other = spec.relation.partition(":")
            if way in ("same", "not"):
                at = next((each for each in self._named(node, other)), None)
                if at is None or graph.nodes[at].kind is not Kind.TASK:
                    self.error(
                        node, _("“%(name)s”的办理人要看环节“%(other)s”是谁办的，但没有这个办理环节。"), other=other
                    )
                elif node.id not in graph.reach(graph.successors(at)):
                    self.error(
                        node, _("“%(name)s”的办理人要看“%(other)s”是谁办的，但那个环节不在它前面。"), other=other
                    )
            if self.staffing is not None:
                for organisation in self._organisations(node):
                    why = self.staffing(spec.permission, organisation, is_head=spec.relation == "head")
                    if why:
                        self.error(node, _("“%(name)s”没有人能办：%(why)s，请换机构、换权限或者先授权。"), why=why)
            if spec.departments_from:
                self._check_expression(node, spec.departments_from)

    def _named(self, node: Node, other: str) -> list[str]:
        prefix = node.id.rsplit("/", 1)[0] + "/" if "/" in node.id else ""
        return [each for each in (prefix + other, other) if each in self.graph.nodes]

    def _organisations(self, node: Node) -> tuple[str, ...]:
        if node.spec.is_joint:
            return node.spec.departments
        way = node.spec.organisation
        return (way.removeprefix("code:"),) if way.startswith("code:") else ("",) if way == "handling" else ()

    # Expressions

    def _check_expression(self, place: Node | Flow, text: str) -> Expression | None:
        where = _("“%(name)s”到“%(flow)s”的条件") if isinstance(place, Flow) else _("“%(name)s”的表达式")
        try:
            expression = parse(text)
        except ExpressionError as error:
            self.error(place, where + _("“%(text)s”不能用：%(why)s"), text=text[:80], why=error)
            return None
        unknown = sorted(name for name in expression.names if not self._is_known(name))
        if unknown:
            self.error(
                place,
                where + _("用了不认识的名称：%(unknown)s。可以用 form.字段、case.…、outcome.环节、table.决策表.输出。"),
                unknown="、".join(unknown),
            )
            return None
        for item, keys in self._list_lacking(expression.names):
            self.error(place, where + _("要看“%(item)s”的表单里没有的字段：%(keys)s。"), item=item, keys=keys)
        if isinstance(place, Flow):
            self.parsed[place.id] = expression
        return expression

    def _list_lacking(self, names: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield the items whose forms lack fields of ``names``, each with these."""
        asked = {name.split(".")[1] for name in names if name.startswith("form.")}
        for item, keys in self.forms.items():
            if lacking := sorted(asked - set(keys)):
                yield item, "、".join(lacking)

    def _is_known(self, name: str) -> bool:
        root, _dot, rest = name.partition(".")
        if root not in ROOTS or not rest:
            return False
        if root in ("form", "case"):
            return True
        part, _dot, last = rest.partition(".")
        if root == "table":
            table = self.tables.get(part)
            return table is not None and last in {output.key for output in table.outputs}
        node = self.graph.nodes.get(part)
        if node is None or node.kind not in WAITING:
            return False
        return not last if root != "values" else last in {str(field["key"]) for field in node.spec.fields}

    # Gateways

    def _check_gateways(self) -> None:
        for node in self.graph.nodes.values():
            ways = self.graph.outgoing[node.id]
            if node.kind is Kind.CHOICE:
                labels = Counter(self.graph.label(flow) for flow in ways)
                twice = [label for label, count in labels.items() if count > 1]
                if twice:
                    self.error(
                        node, _("网关“%(name)s”的几条走向都叫“%(label)s”，办理人分不清，请改名。"), label=twice[0]
                    )
            if node.kind not in (Kind.EXCLUSIVE, Kind.INCLUSIVE) or len(ways) < 2:
                continue
            plain = [flow for flow in ways if not flow.condition or flow.is_default]
            for flow in plain[1:] if any(flow.is_default for flow in plain) else plain:
                if not flow.is_default:
                    self.error(flow, _("网关“%(name)s”到“%(flow)s”的线没有条件，也不是默认走向。"))
            if not any(flow.is_default for flow in ways):
                self._check_gap(node, ways)

    def _check_gap(self, node: Node, ways: tuple[Flow, ...]) -> None:
        """Try the values at which the conditions turn; say the first at which none of them holds."""
        conditions = [self.parsed[flow.id] for flow in ways if flow.id in self.parsed]
        if len(conditions) < len(ways):
            return
        names = sorted({name for condition in conditions for name in condition.names})
        samples = [self._samples(name, conditions) for name in names]
        for combination in islice(product(*samples), MOST_COMBINATIONS):
            values = _nest(dict(zip(names, combination, strict=True)))
            try:
                if any(condition.holds(values) for condition in conditions):
                    continue
            except ExpressionError:
                continue
            shown = "，".join(f"{name}={_shown(value)}" for name, value in zip(names, combination, strict=True))
            self.error(
                node,
                _("网关“%(name)s”没有默认走向，当 %(values)s 时哪条线都走不通，请补条件或者设一条默认走向。"),
                values=shown,
            )
            return
        self.warn(node, _("网关“%(name)s”没有默认走向；条件看来都覆盖到了，但没有填的内容会使办件停下，建议设一条。"))

    def _samples(self, name: str, conditions: list[Expression]) -> list[Any]:
        root, _dot, rest = name.partition(".")
        node = self.graph.nodes.get(rest)
        if root == "outcome" and node is not None and node.spec.outcomes:
            return list(node.spec.outcomes)
        return list_samples(name, [condition.text for condition in conditions])

    # Tables, names

    def _check_tables(self) -> None:
        for node in self.graph.nodes.values():
            if node.kind is not Kind.RULE or not node.table:
                continue
            table = self.tables.get(node.table)
            if table is None:
                self.error(node, _("规则环节“%(name)s”要用的决策表“%(table)s”不存在或者没有发布。"), table=node.table)
                continue
            for column in table.inputs:
                names = parse(column.expression).names
                unknown = sorted(name for name in names if not self._is_known(name))
                if unknown:
                    self.error(
                        node,
                        _("规则环节“%(name)s”的决策表要看“%(unknown)s”，这个流程里没有。"),
                        unknown="、".join(unknown),
                    )
                for item, keys in self._list_lacking(names):
                    sentence = _("规则环节“%(name)s”的决策表要看“%(item)s”的表单里没有的字段：%(keys)s。")
                    self.error(node, sentence, item=item, keys=keys)

    def _check_names(self) -> None:
        named = [node for node in self.graph.nodes.values() if node.kind is Kind.TASK and "/" not in node.id]
        counts = Counter(node.name for node in named)
        for node in named:
            if not node.name:
                self.warn(node, _("办理环节“%(name)s”没有名称，办理人会看不懂，请写上。"))
            elif counts[node.name] > 1:
                counts[node.name] = 1
                self.warn(node, _("有几个环节都叫“%(name)s”，办理人分不清，请改成不同的名称。"))
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", node.id) and len(self.graph.nodes) < 500:
                self.warn(node, _("“%(name)s”的编号里有字母、数字、下划线以外的字，条件里不能引用它。"))

    # What runs

    def _check_soundness(self) -> None:
        for fault in find_deadlocks(self.graph):
            node = self.graph.nodes[fault.node]
            if fault.kind == "waits":
                self.error(
                    node,
                    _("汇合“%(name)s”会等一条不会来的分支，办件会卡住：前面分开时不是每条都走，请改用包容或排他网关。"),
                )
            elif fault.kind == "twice":
                self.error(node, _("并行的几条分支没有汇合就到了“%(name)s”，会办好几遍，请先用并行网关汇合。"))
            elif fault.kind == "large":
                self.warn(node, _("流程的分支太多，没有逐一检查会不会卡住，请用“试走”看看。"))
        joins = {
            node.id
            for node in self.graph.nodes.values()
            if node.kind in (Kind.PARALLEL, Kind.INCLUSIVE, Kind.SCOPE_END) and len(self.graph.incoming[node.id]) > 1
        }
        for node in self.graph.nodes.values():
            ways = self.graph.outgoing[node.id]
            if node.kind is Kind.PARALLEL and len(ways) > 1 and not self.graph.reach([f.target for f in ways]) & joins:
                self.warn(node, _("“%(name)s”分出的几条分支没有汇合，各走各的，都结束了流程才结束。"))


def _nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        *heads, last = name.split(".")
        at = nested
        for head in heads:
            at = at.setdefault(head, {})
        at[last] = value
    return nested


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value) if value != "\uffff" else _("其他值")
