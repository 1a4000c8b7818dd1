"""Reads the drawing (BPMN 2.0 XML) into elements. What they mean is decided in ``compiling``."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from lxml import etree

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
DC: Final = "http://www.omg.org/spec/DD/20100524/DC"
DD: Final = "http://www.omg.org/spec/DD/20100524/DI"
ZT: Final = "urn:zhengtong:bpmn:1"
LONGEST: Final = 2_000_000

TASKS: Final = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask"}
)
EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
SCOPES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
FLOW_NODES: Final = TASKS | EVENTS | GATEWAYS | SCOPES | {"callActivity"}


class UnreadableDrawing(ValueError):
    """The text isn't a BPMN drawing. The message is for people."""


@dataclass
class Element:
    """One element of the drawing. ``zt`` holds the platform's own attributes, ``definitions`` an event's."""

    id: str
    tag: str
    name: str
    attributes: Mapping[str, str]
    zt: Mapping[str, str]
    definitions: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    loop: str = ""
    condition: str | None = None
    documentation: str = ""
    children: "list[Element]" = field(default_factory=list)

    def nodes(self) -> "list[Element]":
        return [child for child in self.children if child.tag in FLOW_NODES]

    def flows(self) -> "list[Element]":
        return [child for child in self.children if child.tag == "sequenceFlow"]

    def walk(self) -> "Iterator[Element]":
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def title(self) -> str:
        return self.name or self.id


@dataclass
class Drawing:
    processes: list[Element]
    participants: Mapping[str, str]
    global_tasks: Mapping[str, str]

    def main(self) -> Element:
        """Return the process that runs: the one marked executable, else the first that has anything in it."""
        filled = [each for each in self.processes if each.nodes()]
        if not filled:
            raise UnreadableDrawing(_("图里没有流程：请至少画出开始、一个办理环节和结束。"))
        marked = [each for each in filled if each.attributes.get("isExecutable") == "true"]
        return (marked or filled)[0]


def read_drawing(text: str) -> Drawing:
    """Return the elements of a drawing. Raises UnreadableDrawing. Nothing outside the text is ever loaded."""
    if len(text) > LONGEST:
        raise UnreadableDrawing(_("流程图太大，最多 %(size)d MB。") % {"size": LONGEST // 1_000_000})
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableDrawing(_("流程图不是正确的 BPMN 文件：%(error)s") % {"error": str(error)[:200]}) from None
    if root.getroottree().docinfo.doctype:
        raise UnreadableDrawing(_("流程图里不能有 DOCTYPE 声明，请删除后再导入。"))
    if root.tag != f"{{{BPMN}}}definitions":
        raise UnreadableDrawing(_("文件不是 BPMN 2.0 流程图：最外层应是 definitions。"))
    processes = [_read(each) for each in root.findall(f"{{{BPMN}}}process")]
    if not processes:
        raise UnreadableDrawing(_("图里没有流程：请至少画出开始、一个办理环节和结束。"))
    names = {_local(each.get("processRef", "")): each.get("name", "") for each in root.iter(f"{{{BPMN}}}participant")}
    tasks = {
        each.get("id", ""): each.get("name", "")
        for each in root
        if isinstance(each.tag, str) and etree.QName(each).localname.startswith("global")
    }
    return Drawing(processes, names, tasks)


def _local(reference: str) -> str:
    """Return a reference without its namespace's prefix."""
    return reference.rsplit(":", 1)[-1]


def _read(node: Any) -> Element:
    tag = etree.QName(node).localname
    plain = {key: value for key, value in node.attrib.items() if not key.startswith("{")}
    own = {etree.QName(key).localname: value for key, value in node.attrib.items() if key.startswith(f"{{{ZT}}}")}
    element = Element(plain.get("id", ""), tag, " ".join(plain.get("name", "").split()), plain, own)
    for child in node:
        if not isinstance(child.tag, str) or etree.QName(child).namespace != BPMN:
            continue
        name = etree.QName(child).localname
        if name.endswith("EventDefinition"):
            element.definitions.append((name.removesuffix("EventDefinition"), dict(child.attrib)))
        elif name.endswith("LoopCharacteristics"):
            element.loop = name
        elif name == "conditionExpression":
            element.condition = "".join(child.itertext()).strip()
        elif name == "documentation":
            element.documentation = "".join(child.itertext()).strip()[:2000]
        elif name == "eventDefinitionRef":
            element.definitions.append(("reference", {}))
        elif name in FLOW_NODES or name == "sequenceFlow":
            element.children.append(_read(child))
    return element


def read_fields(text: str) -> tuple[Mapping[str, Any], ...]:
    """Return the fields of a node from their JSON. Raises ValueError with a sentence."""
    if not text.strip():
        return ()
    try:
        fields = json.loads(text)
    except ValueError:
        raise ValueError(_("表单字段不是正确的 JSON。")) from None
    if not isinstance(fields, list) or not all(isinstance(each, dict) and each.get("key") for each in fields):
        raise ValueError(_("表单字段应是列表，每一项要有 key 和 label。"))
    keys = [each["key"] for each in fields]
    if len(set(keys)) != len(keys):
        raise ValueError(_("表单字段的 key 有重复。"))
    return tuple(fields)


def read_layout(text: str) -> dict[str, Any]:
    """Return where the elements are drawn: boxes as x, y, width, height, and the flows' points."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text.encode(), parser)
    boxes, lines = {}, {}
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            sides = (bounds.get(side, "0") for side in ("x", "y", "width", "height"))
            boxes[_local(shape.get("bpmnElement", ""))] = [round(float(side), 1) for side in sides]
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = edge.findall(f"{{{DD}}}waypoint")
        lines[_local(edge.get("bpmnElement", ""))] = [
            [round(float(point.get("x", "0")), 1), round(float(point.get("y", "0")), 1)] for point in points
        ]
    return {"boxes": boxes, "lines": lines}
