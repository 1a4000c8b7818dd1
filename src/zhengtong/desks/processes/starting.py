"""The drawing that a new process begins with: 开始 → 审查 → 复核 → 结束."""

from itertools import pairwise
from typing import Final
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _

_NODES: Final = (
    ("startEvent", "start_1", 160, 182, 36, 36),
    ("userTask", "step_1", 260, 160, 100, 80),
    ("userTask", "step_2", 430, 160, 100, 80),
    ("endEvent", "end_1", 600, 182, 36, 36),
)


def draw_starting(code: str, name: str) -> str:
    """Return the BPMN text of a new process; whoever rechecks isn't the one who reviewed."""
    names = {"start_1": _("开始"), "step_1": _("审查"), "step_2": _("复核"), "end_1": _("结束")}
    own = {"step_2": ' zt:relation="not:step_1"'}
    nodes, shapes, flows, edges = [], [], [], []
    for tag, node, x, y, width, height in _NODES:
        nodes.append(f'<bpmn:{tag} id="{node}" name={quoteattr(names[node])}{own.get(node, "")} />')
        label = (
            f'<bpmndi:BPMNLabel><dc:Bounds x="{x - 12}" y="{y + 43}" width="60" height="14" /></bpmndi:BPMNLabel>'
            if width < 100
            else ""
        )
        shapes.append(
            f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}">'
            f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" />{label}</bpmndi:BPMNShape>'
        )
    for number, (one, other) in enumerate(pairwise(_NODES), 1):
        flows.append(f'<bpmn:sequenceFlow id="flow_{number}" sourceRef="{one[1]}" targetRef="{other[1]}" />')
        edges.append(
            f'<bpmndi:BPMNEdge id="flow_{number}_di" bpmnElement="flow_{number}">'
            f'<di:waypoint x="{one[2] + one[4]}" y="200" /><di:waypoint x="{other[2]}" y="200" /></bpmndi:BPMNEdge>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zt="urn:zhengtong:bpmn:1" id="definitions" '
        'targetNamespace="urn:zhengtong:bpmn:1">'
        f'<bpmn:process id={quoteattr(code)} name={quoteattr(name)} isExecutable="true">'
        f"{''.join(nodes)}{''.join(flows)}</bpmn:process>"
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement={quoteattr(code)}>'
        f"{''.join(shapes)}{''.join(edges)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )
