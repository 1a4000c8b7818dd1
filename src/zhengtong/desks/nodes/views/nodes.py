"""The nodes with their links, one node with everything about it, and who is connected."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from zhengtong.capabilities.exchange.public import NodeLanding
from zhengtong.capabilities.nodes import public as nodes
from zhengtong.capabilities.nodes.public import OPERATE, VIEW, Act, Node, NodeState
from zhengtong.desks.nodes.drawing import draw_links
from zhengtong.desks.nodes.views.joining import offer
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime

TONES = {
    NodeState.APPLIED: "info",
    NodeState.ASSESSED: "info",
    NodeState.APPROVED: "warning",
    NodeState.CONNECTED: "success",
    NodeState.SUSPENDED: "paused",
    NodeState.REVOKED: "neutral",
    NodeState.REFUSED: "neutral",
}
WORDS = {
    Act.APPLY: gettext_lazy("申请接入"),
    Act.ASSESS: gettext_lazy("评估"),
    Act.APPROVE: gettext_lazy("批准接入"),
    Act.REFUSE: gettext_lazy("不予批准"),
    Act.CONNECT: gettext_lazy("连接"),
    Act.SUSPEND: gettext_lazy("暂停"),
    Act.RESUME: gettext_lazy("恢复"),
    Act.REVOKE: gettext_lazy("撤销"),
    Act.RENEW: gettext_lazy("登记新证书"),
    Act.APPROVE_RENEWAL: gettext_lazy("批准新证书"),
}


def say_link(node: Node) -> tuple[str, str]:
    """Return in words how a link is, and its tone."""
    if node.state == NodeState.APPROVED and node.is_up is False:
        return _("没有连上"), "warning"
    if node.state != NodeState.CONNECTED:
        return "", "neutral"
    if node.is_up:
        return _("通，%d 毫秒") % (node.milliseconds or 0), "success"
    if node.down_since is not None:
        return _("中断 %s") % timesince(node.down_since), "danger"
    return _("还没有检查"), "neutral"


@require_safe
@for_staff(VIEW)
def show_all(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found: list[Any] = list(nodes.list_nodes(actor)[:500])
    columns = [
        ("name", _("节点"), "main"),
        ("state", _("状态"), "nowrap"),
        ("link", _("链路"), "nowrap"),
        ("relation", _("关系")),
        ("zone", _("区域")),
        ("operator", _("对方单位")),
        ("waits", _("待发"), "number"),
        ("failed", _("退回"), "number"),
        ("answered", _("最近应答"), "nowrap"),
    ]
    rows = [
        {
            "url": reverse("nodes_desk:node", args=[node.code]),
            "label": node.name,
            "tone": "danger" if say_link(node)[1] == "danger" else "",
            "cells": {
                "name": node.name,
                "state": node.get_state_display(),
                "link": say_link(node)[0],
                "relation": node.get_relation_display(),
                "zone": node.get_zone_display(),
                "operator": node.operator,
                "waits": node.waits,
                "failed": node.failed,
                "answered": cn_datetime(node.answered_at) if node.answered_at else "",
            },
        }
        for node in found
    ]
    own = nodes.get_own_node()
    connected = [node for node in found if node.state == NodeState.CONNECTED]
    context = {
        "own": own,
        "columns": columns,
        "rows": rows,
        "may_operate": actor.has(OPERATE),
        "connected": len(connected),
        "away": sum(1 for node in connected if node.is_up is False),
        "waits": sum(node.waits for node in found),
        "failed": sum(node.failed for node in found),
        "drawing": draw_links(own, connected) if own and connected else None,
    }
    return render(request, "nodes_desk/home.html", context)


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    node: Any = get_object_or_404(nodes.list_nodes(actor).select_related("organisation"), code=code)
    link, tone = say_link(node)
    days = nodes.list_days(node)
    checks = nodes.list_checks(node)
    may_operate = can(actor, OPERATE, node)
    outgoing = nodes.list_outgoing(actor).filter(node=node)
    context = {
        "row": node,
        "tone": TONES[NodeState(node.state)],
        "link": link,
        "link_tone": tone,
        "acts": offer(actor, node),
        "facts": _list_facts(node),
        "compare": nodes.say_fingerprints(node.offered),
        "trust": [_describe_line(each) for each in nodes.list_trust(node)],
        "checks": checks,
        "bars": _draw_checks(checks),
        "days": [
            {
                "day": each.day,
                "percent": round(100 * each.answered / each.checks, 1) if each.checks else None,
                "milliseconds": each.milliseconds // each.answered if each.answered else None,
                "row": each,
            }
            for each in days
        ],
        "waiting": list(outgoing.filter(state="waiting").order_by("priority", "number")[:20]),
        "failed": list(outgoing.filter(state="failed").order_by("-id")[:20]),
        "recent": list(nodes.list_incoming(actor).filter(node=node).order_by("-id")[:10]),
        "notices": list(nodes.list_notices(actor).filter(node=node)[:10]),
        "landings": list(NodeLanding.objects.filter(node=node).select_related("target").order_by("dataset")),
        "history": [
            {"title": WORDS.get(Act(each.act), each.act), "at": each.at, "who": each.who, "text": each.words}
            for each in node.events.all()[:30]
        ],
        "may_operate": may_operate,
        "may_send": may_operate and node.state in (NodeState.APPROVED, NodeState.CONNECTED, NodeState.SUSPENDED),
    }
    return render(request, "nodes_desk/node.html", context)


@require_safe
@for_staff(VIEW)
def show_joined(request: HttpRequest) -> HttpResponse:
    joined = nodes.count_joined(actor_of(request))
    ways = {"node": _("节点接入"), "terminal": _("终端接入"), "": _("未接入")}
    columns = [
        ("organisation", _("单位"), "main"),
        ("region", _("地区")),
        ("way", _("接入方式"), "nowrap"),
        ("node", _("节点")),
    ]
    rows = [
        {
            "label": str(each["organisation"]),
            "cells": {
                "organisation": each["organisation"].name,
                "region": each["organisation"].region.name if each["organisation"].region else "",
                "way": ways[each["way"]],
                "node": each["node"],
            },
        }
        for each in joined["rows"][:1000]
    ]
    return render(request, "nodes_desk/joined.html", {"joined": joined, "columns": columns, "rows": rows})


def _list_facts(node: Node) -> list[tuple[Any, ...]]:
    facts: list[tuple[Any, ...]] = [
        (_("节点代码"), node.code),
        (_("对方单位"), node.operator),
        (_("地区"), node.region_name),
        (_("层级"), node.get_level_display()),
        (_("与本节点的关系"), node.get_relation_display()),
        (_("接入方式"), node.get_mode_display()),
        (_("网络区域"), node.get_zone_display()),
        (_("交换地址"), node.address),
        (_("对方接收的上限"), f"{node.largest_mb} MB"),
        (_("申请理由"), node.reason),
    ]
    if node.assessment:
        facts.append((_("评估意见"), node.assessment))
    return [fact for fact in facts if fact[1]]


def _describe_line(line: nodes.NodeCertificate) -> dict[str, Any]:
    now = timezone.now()
    if line.trusted_from is None:
        state, tone = _("待批准"), "warning"
    elif line.is_trusted:
        state, tone = (_("信任"), "success") if line.trusted_until is None else (_("更换中"), "info")
    else:
        state, tone = (_("已过期") if now >= line.not_after else _("不再信任")), "neutral"
    print_ = line.fingerprint.upper()
    return {
        "row": line,
        "state": state,
        "tone": tone,
        "fingerprint": " ".join(print_[at : at + 4] for at in range(0, 32, 4)),
    }


def _draw_checks(checks: list[Any]) -> list[dict[str, Any]]:
    """Return a bar for each check: as high as it took long, a full one in another colour where nobody answered."""
    longest = max((each.milliseconds or 0 for each in checks), default=0) or 1
    return [
        {
            "x": at * 8,
            "height": max(3, round(44 * (each.milliseconds or 0) / longest)) if each.is_up else 48,
            "y": 48 - (max(3, round(44 * (each.milliseconds or 0) / longest)) if each.is_up else 48),
            "is_up": each.is_up,
        }
        for at, each in enumerate(checks)
    ]
