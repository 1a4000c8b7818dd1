"""What one version of a process changes against another, in sentences and as marks on both drawings."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhengtong.capabilities.workflow.public import DrawnElement, read_drawing

_KINDS: Mapping[str, Any] = {
    "startEvent": gettext_lazy("开始"),
    "endEvent": gettext_lazy("结束"),
    "userTask": gettext_lazy("办理环节"),
    "exclusiveGateway": gettext_lazy("条件分支"),
    "inclusiveGateway": gettext_lazy("多选分支"),
    "parallelGateway": gettext_lazy("并行"),
    "businessRuleTask": gettext_lazy("决策表"),
    "callActivity": gettext_lazy("子流程"),
    "subProcess": gettext_lazy("子流程"),
}
_SETTINGS: Mapping[str, Any] = {
    "role": gettext_lazy("办理人权限"),
    "organisation": gettext_lazy("办理机关"),
    "relation": gettext_lazy("办理人关系"),
    "days": gettext_lazy("办理天数"),
    "outcomes": gettext_lazy("办理结果"),
    "documents": gettext_lazy("出具的文书"),
    "departments": gettext_lazy("会签部门"),
    "departmentsFrom": gettext_lazy("会签部门的表达式"),
    "table": gettext_lazy("决策表"),
}
Title = Callable[[str, str], str]
"""Returns the words for the value of a setting."""


@dataclass
class Comparison:
    """``old_marks`` and ``new_marks`` say by id how an element is marked on either drawing."""

    sentences: list[str] = field(default_factory=list)
    old_marks: dict[str, str] = field(default_factory=dict)
    new_marks: dict[str, str] = field(default_factory=dict)


def compare_drawings(old: str, new: str, title: Title) -> Comparison:
    """Return the changes from ``old`` to ``new``, both drawings that can be read. Raises UnreadableDrawing."""
    found = Comparison()
    before, after = _Drawn(old), _Drawn(new)
    for key in after.nodes.keys() - before.nodes.keys():
        found.new_marks[key] = "added"
    for key in before.nodes.keys() - after.nodes.keys():
        found.old_marks[key] = "removed"
    for key, node in after.nodes.items():
        if key not in before.nodes:
            found.sentences.append(_("新增%(kind)s“%(name)s”。") % {"kind": _kind(node), "name": node.title})
    for key, node in before.nodes.items():
        if key not in after.nodes:
            found.sentences.append(_("删除%(kind)s“%(name)s”。") % {"kind": _kind(node), "name": node.title})
            continue
        changes = list(_compare_nodes(node, after.nodes[key], title))
        if changes:
            found.sentences += changes
            found.old_marks[key] = found.new_marks[key] = "changed"
    found.sentences += _compare_flows(before, after)
    return found


class _Drawn:
    """A drawing's nodes by id, and its flows by where they come from and lead to."""

    def __init__(self, text: str) -> None:
        main = read_drawing(text).main()
        self.nodes = {each.id: each for level in main.walk() for each in level.nodes()}
        found = [flow for level in main.walk() for flow in level.flows()]
        self.flows = {
            (each.attributes.get("sourceRef", ""), each.attributes.get("targetRef", "")): each for each in found
        }

    def title(self, key: str) -> str:
        return self.nodes[key].title if key in self.nodes else key

    def is_default(self, flow: DrawnElement) -> bool:
        source = self.nodes.get(flow.attributes.get("sourceRef", ""))
        return source is not None and source.attributes.get("default") == flow.id


def _kind(node: DrawnElement) -> str:
    if node.zt.get("kind") == "joint":
        return _("部门会签")
    return str(_KINDS.get(node.tag, _("元素")))


def _compare_nodes(old: DrawnElement, new: DrawnElement, title: Title) -> Iterator[str]:
    if old.tag != new.tag or old.zt.get("kind") != new.zt.get("kind"):
        yield _("“%(name)s”由%(old)s改为%(new)s。") % {"name": new.title, "old": _kind(old), "new": _kind(new)}
    if old.name != new.name:
        yield _("“%(old)s”改名为“%(new)s”。") % {"old": old.title, "new": new.title}
    for setting, word in _SETTINGS.items():
        one, other = old.zt.get(setting, ""), new.zt.get(setting, "")
        if one != other:
            yield _("“%(name)s”的%(setting)s由“%(old)s”改为“%(new)s”。") % {
                "name": new.title,
                "setting": word,
                "old": title(setting, one) if one else _("没有"),
                "new": title(setting, other) if other else _("没有"),
            }
    if old.attributes.get("calledElement", "") != new.attributes.get("calledElement", ""):
        yield _("“%(name)s”改为调用另一个流程：%(code)s。") % {
            "name": new.title,
            "code": new.attributes.get("calledElement", _("没有")),
        }
    asked, asks = _fields(old), _fields(new)
    if asked != asks:
        yield _("“%(name)s”填写的内容由“%(old)s”改为“%(new)s”。") % {
            "name": new.title,
            "old": "、".join(asked) or _("没有"),
            "new": "、".join(asks) or _("没有"),
        }


def _fields(node: DrawnElement) -> list[str]:
    try:
        found = json.loads(node.zt.get("fields") or "[]")
        return [
            " ".join(filter(None, (str(each.get("label") or each.get("key")), "/".join(each.get("options", ())))))
            for each in found
        ]
    except (ValueError, AttributeError, TypeError):
        return [node.zt.get("fields", "")]


def _compare_flows(before: _Drawn, after: _Drawn) -> Iterator[str]:
    for ends, flow in after.flows.items():
        if ends not in before.flows:
            yield _("新增走向：%(one)s → %(other)s%(condition)s。") % {
                "one": after.title(ends[0]),
                "other": after.title(ends[1]),
                "condition": _("，条件 %(condition)s") % {"condition": flow.condition} if flow.condition else "",
            }
    for ends, flow in before.flows.items():
        names = {"one": before.title(ends[0]), "other": before.title(ends[1])}
        if ends not in after.flows:
            yield _("删除走向：%(one)s → %(other)s。") % names
            continue
        now = after.flows[ends]
        if (flow.condition or "") != (now.condition or ""):
            yield _("走向 %(one)s → %(other)s 的条件由“%(old)s”改为“%(new)s”。") % {
                **names,
                "old": flow.condition or _("没有"),
                "new": now.condition or _("没有"),
            }
        if before.is_default(flow) != after.is_default(now):
            word = (
                _("%(one)s → %(other)s 成为默认走向。")
                if after.is_default(now)
                else _("%(one)s → %(other)s 不再是默认走向。")
            )
            yield word % names
