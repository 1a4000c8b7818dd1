"""Messages both ways: what waits, what was refused and why, receipts; and writing a notice."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.nodes import public as nodes
from zhengtong.capabilities.nodes.public import OPERATE, VIEW, IncomingMessage, MessageKind, OutgoingMessage
from zhengtong.desks.nodes.acting import show_form
from zhengtong.desks.nodes.forms import ConfirmForm, NoticeForm, ReasonForm
from zhengtong.kernel.marks import Mark
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate

TONES = {
    "waiting": "info",
    "delivered": "success",
    "failed": "danger",
    "cancelled": "neutral",
    "receiving": "info",
    "done": "success",
    "refused": "danger",
}


def say_kind(code: str) -> str:
    try:
        return str(registry.get(MessageKind, code).title)
    except LookupError:
        return code


def say_size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(size, 1) / 1024:.1f} KB"


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    is_incoming = request.GET.get("way") == "in"
    state = request.GET.get("state", "")
    found: Any = nodes.list_incoming(actor) if is_incoming else nodes.list_outgoing(actor)
    if state in TONES:
        found = found.filter(state=state)
    page = paginate(found, request.GET, order=("-id",))
    columns = [
        ("title", _("标题"), "main"),
        ("node", _("来自") if is_incoming else _("发往")),
        ("kind", _("种类"), "nowrap"),
        ("state", _("状态"), "nowrap"),
        ("size", _("大小"), "number"),
        ("at", _("时间"), "nowrap"),
        ("trouble", _("说明"), "wrap"),
    ]
    rows = [
        {
            "url": reverse("nodes_desk:message", args=[row.message_id]) + ("?way=in" if is_incoming else ""),
            "label": row.title,
            "cells": {
                "title": row.title,
                "node": row.node.name,
                "kind": say_kind(row.kind),
                "state": row.get_state_display(),
                "size": say_size(row.size),
                "at": cn_datetime(row.began_at if is_incoming else row.created_at),
                "trouble": row.trouble,
            },
        }
        for row in page.rows
    ]
    here = reverse("nodes_desk:messages")
    tabs = [
        (_("发出的"), here, not is_incoming and not state),
        (_("等待发送"), f"{here}?state=waiting", not is_incoming and state == "waiting"),
        (_("对方退回"), f"{here}?state=failed", not is_incoming and state == "failed"),
        (_("收到的"), f"{here}?way=in", is_incoming),
    ]
    return render(request, "nodes_desk/messages.html", {"page": page, "columns": columns, "rows": rows, "tabs": tabs})


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    row = _find(request, message_id)
    is_incoming = isinstance(row, IncomingMessage)
    here = reverse("nodes_desk:message", args=[row.message_id])
    facts: list[tuple[Any, ...]] = [
        (_("来自") if is_incoming else _("发往"), row.node.name, reverse("nodes_desk:node", args=[row.node.code])),
        (_("种类"), say_kind(row.kind)),
        (_("密级标识"), Mark(row.mark).label),
        (_("消息编号"), str(row.message_id)),
        (_("链路序号"), row.number),
        (_("大小"), say_size(row.size)),
        (_("摘要（SM3）"), row.digest),
    ]
    if isinstance(row, OutgoingMessage):
        facts += [
            (_("提交人"), row.created_by),
            (_("提交时间"), cn_datetime(row.created_at)),
            (_("优先级"), row.get_priority_display()),
            (_("尝试次数"), row.attempts),
        ]
        if row.state == "waiting":
            facts += [(_("下次尝试"), cn_datetime(row.next_at)), (_("已传"), say_size(row.handed_bytes))]
        if row.delivered_at:
            facts.append((_("送达时间"), cn_datetime(row.delivered_at)))
    else:
        facts += [(_("开始接收"), cn_datetime(row.began_at)), (_("收到次数"), row.times)]
        if row.done_at:
            facts.append((_("处理时间"), cn_datetime(row.done_at)))
    may_act = isinstance(row, OutgoingMessage) and row.state in ("waiting", "failed") and can(actor, OPERATE, row)
    context = {
        "row": row,
        "is_incoming": is_incoming,
        "tone": TONES[row.state],
        "facts": facts,
        "effect": _say_effect(row.effect),
        "receipt": f"{reverse('nodes_desk:receipt', args=[row.message_id])}{'?way=in' if is_incoming else ''}"
        if row.receipt
        else "",
        "acts": [
            {"title": _("现在重发"), "url": f"{here}retry/", "is_grave": False},
            {"title": _("取消"), "url": f"{here}cancel/", "is_grave": True},
        ]
        if may_act
        else [],
    }
    return render(request, "nodes_desk/message.html", context)


@require_safe
@for_staff(VIEW)
def download_receipt(request: HttpRequest, message_id: UUID) -> HttpResponse:
    row = _find(request, message_id)
    if not row.receipt:
        raise Http404
    return HttpResponse(
        bytes(row.receipt),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="receipt-{row.message_id}.zip"',
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def act_on(request: HttpRequest, message_id: UUID, act: str) -> HttpResponse:
    actor = actor_of(request)
    row = get_object_or_404(nodes.list_outgoing(actor), message_id=message_id)
    back = reverse("nodes_desk:message", args=[row.message_id])
    if act == "retry":
        return show_form(
            request,
            ConfirmForm(request.POST or None),
            lambda _given: nodes.retry_message(actor=actor, message=row),
            title=_("现在重发"),
            done=_("已排入发送"),
            back=back,
            subject=row.title,
        )
    if act != "cancel":
        raise Http404
    return show_form(
        request,
        ReasonForm(request.POST or None),
        lambda given: nodes.cancel_message(actor=actor, message=row, **given),
        title=_("取消发送"),
        done=_("已取消，内容已删除"),
        back=back,
        subject=row.title,
        lead=_("如果对方已经收到，取消只停止本方重发。"),
        is_grave=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def write(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    node = get_object_or_404(nodes.list_nodes(actor), code=code)
    return show_form(
        request,
        NoticeForm(request.POST or None),
        lambda given: nodes.send_notice(actor=actor, node=node, **given),
        title=_("发通知"),
        button=_("发送"),
        done=_("已排入发送，送达后有对方签名的回执"),
        back=reverse("nodes_desk:node", args=[code]),
        subject=node.name,
        lead=_("给对方节点管理员的短消息。链路中断时保留，恢复后自动发出。"),
    )


_EFFECTS = {
    "rows": gettext_lazy("行数"),
    "inserted": gettext_lazy("新增"),
    "updated": gettext_lazy("更新"),
    "deleted": gettext_lazy("删除"),
    "unchanged": gettext_lazy("没有变化"),
    "dataset": gettext_lazy("数据集"),
}


def _say_effect(effect: Any) -> list[tuple[str, Any]]:
    if not isinstance(effect, dict):
        return []
    return [(str(_EFFECTS[key]), effect[key]) for key in _EFFECTS if key in effect]


def _find(request: HttpRequest, message_id: UUID) -> OutgoingMessage | IncomingMessage:
    actor = actor_of(request)
    if request.GET.get("way") != "in":
        outgoing = nodes.list_outgoing(actor).filter(message_id=message_id).first()
        if outgoing is not None:
            return outgoing
    incoming = nodes.list_incoming(actor).filter(message_id=message_id).first()
    if incoming is None:
        raise Http404
    return incoming
