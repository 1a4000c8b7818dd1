"""Turns of contracts and the links that carry them: what is due when, what hinders, how the links are."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.contracts.public import Contract, ContractContent
from zhengtong.capabilities.exchange import public as exchange
from zhengtong.capabilities.exchange.public import OPERATE, VIEW, Capture, CaptureState, Schedule
from zhengtong.capabilities.sources.public import Source
from zhengtong.core.identity.public import Refused
from zhengtong.desks.exchange.acting import ActPage, add_refusal, offer, show_act
from zhengtong.desks.exchange.forms import LimitForm
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime, cn_size
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

SLOT_TONES = {
    CaptureState.NEW: "neutral",
    CaptureState.STREAMING: "success",
    CaptureState.BROKEN: "danger",
    CaptureState.ENDED: "neutral",
}


def _operates(actor: Actor, contract: Contract) -> bool:
    return exchange.is_on_side(actor, OPERATE, contract)


def _runs(actor: Actor, contract: Contract) -> bool:
    return _operates(actor, contract) and not exchange.find_hindrance(contract, timezone.localdate())


def _schedule(contract: Contract) -> Schedule | None:
    return Schedule.objects.filter(contract=contract).first()


def _pause(*, actor: Actor, contract: Contract) -> Schedule:
    return exchange.pause_schedule(actor=actor, schedule=get_object_or_404(Schedule, contract=contract))


def _resume(*, actor: Actor, contract: Contract) -> Schedule:
    return exchange.resume_schedule(actor=actor, schedule=get_object_or_404(Schedule, contract=contract))


def _restart(*, actor: Actor, contract: Contract) -> Capture:
    return exchange.restart_capture(actor=actor, capture=get_object_or_404(Capture, contract=contract))


def _may_pause(actor: Actor, contract: Contract) -> bool:
    found = _schedule(contract)
    return _operates(actor, contract) and found is not None and not found.is_paused


def _may_resume(actor: Actor, contract: Contract) -> bool:
    found = _schedule(contract)
    return _operates(actor, contract) and found is not None and found.is_paused


def _may_restart(actor: Actor, contract: Contract) -> bool:
    return _operates(actor, contract) and Capture.objects.filter(contract=contract, ended_at=None).exists()


ACTS = (
    ActPage(
        "run",
        gettext_lazy("立即执行"),
        exchange.run_now,
        "contract",
        _runs,
        gettext_lazy("已排队"),
        lead=gettext_lazy("不影响排程，下一次仍按时开始。"),
    ),
    ActPage(
        "pause",
        gettext_lazy("暂停排程"),
        _pause,
        "contract",
        _may_pause,
        gettext_lazy("排程已暂停"),
        lead=gettext_lazy("进行中的任务不受影响，到时不再自动开始。"),
    ),
    ActPage(
        "resume",
        gettext_lazy("恢复排程"),
        _resume,
        "contract",
        _may_resume,
        gettext_lazy("排程已恢复"),
        lead=gettext_lazy("从下一次开始，暂停期间的不补。"),
    ),
    ActPage(
        "restart",
        gettext_lazy("重新全量"),
        _restart,
        "contract",
        _may_restart,
        gettext_lazy("下一次任务将重新读取全表"),
        is_grave=True,
        lead=gettext_lazy(
            "删除数据源上的复制槽，下一次任务重新读取全表，再从那里捕获变更。用于列变更以后或者复制槽失效时。"
        ),
    ),
)


@require_safe
@for_staff(VIEW)
def list_schedules(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = paginate(exchange.list_contracts(actor), request.GET, order=("priority", "id"))
    turns = {row.contract_id: row for row in exchange.list_schedules(actor).filter(contract__in=page.rows)}
    rows = [_describe(contract, turns.get(contract.pk)) for contract in page.rows]
    columns = [
        ("resource", _("信息资源"), "main"),
        ("contract", _("合约"), "nowrap"),
        ("consumer", _("使用单位")),
        ("mode", _("方式")),
        ("priority", _("优先级"), "number"),
        ("turns", _("约定时间"), "nowrap"),
        ("next", _("下一次"), "nowrap"),
        ("last", _("上一次"), "nowrap"),
        ("hindrance", _("说明")),
    ]
    return render(request, "exchange_desk/schedules.html", {"page": page, "columns": columns, "rows": rows})


def _describe(contract: Contract, turns: Schedule | None) -> dict[str, Any]:
    content = ContractContent.from_json(contract.content)
    said = exchange.find_hindrance(contract, timezone.localdate()) or (turns.hindrance if turns else "")
    if turns is not None and turns.is_paused:
        said = _("排程已暂停")
    when = content.schedule or _("人工启动")
    if content.schedule and content.working_days_only:
        when = _("%(when)s（仅工作日）") % {"when": when}
    return {
        "url": reverse("exchange_desk:contract", args=[contract.number]),
        "label": contract.resource.name,
        "cells": {
            "resource": contract.resource.name,
            "contract": contract.number,
            "consumer": contract.consumer.name,
            "mode": contract.get_mode_display(),
            "priority": contract.priority,
            "turns": _("%(when)s（仅工作日）") % {"when": when}
            if content.working_days_only and content.schedule
            else when,
            "next": cn_datetime(turns.next_turn_at) if turns and turns.next_turn_at and not turns.is_paused else "—",
            "last": cn_datetime(turns.last_turn_at) if turns and turns.last_turn_at else "—",
            "hindrance": said,
        },
    }


@require_safe
@for_staff(VIEW)
def show_contract(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    contract = get_object_or_404(exchange.list_contracts(actor), number=number)
    turns, content = _schedule(contract), ContractContent.from_json(contract.content)
    cells = _describe(contract, turns)["cells"]
    capture = exchange.list_captures(actor).filter(contract=contract).first()
    context = {
        "contract": contract,
        "summary": [
            (_("提供单位"), contract.provider.name),
            (_("使用单位"), contract.consumer.name),
            (_("来源"), f"{contract.source.name}：{content.place}"),
            (_("去向"), f"{contract.target.name if contract.target else '—'}：{content.target_table}"),
            (_("方式"), contract.get_mode_display()),
            (_("约定时间"), cells["turns"]),
            (_("下一次"), cells["next"]),
            (_("上一次"), cells["last"]),
            (_("优先级"), contract.priority),
            (_("有效期"), f"{contract.valid_from:%Y-%m-%d} — {contract.valid_until:%Y-%m-%d}"),
        ],
        "hindrance": cells["hindrance"],
        "capture": capture and _describe_slot(capture),
        "acts": offer(actor, contract, ACTS, lambda code: reverse("exchange_desk:contract_act", args=[number, code])),
    }
    return render(request, "exchange_desk/contract.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE, VIEW)
def act_on(request: HttpRequest, number: str, act: str) -> HttpResponse:
    contract = get_object_or_404(exchange.list_contracts(actor_of(request)), number=number)
    back = reverse("exchange_desk:contract", args=[number])
    return show_act(request, acts=ACTS, code=act, row=contract, back=back, subject=contract.resource.name)


# Links ---------------------------------------------------------------------------------------------------


@require_safe
@for_staff(VIEW)
def list_links(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    links = exchange.list_links(actor)
    rows = [
        {
            "url": _limit_url(actor, link.source),
            "label": link.source.name,
            "cells": {
                "name": link.source.name,
                "organisation": link.source.organisation.name,
                "kind": link.source.get_kind_display(),
                "state": _say_health(link.source),
                "busy": f"{link.busy} / {link.limit}",
                "contracts": link.contracts,
                "failed": link.failed or "",
                "size": cn_size(link.size),
                "checked": cn_datetime(link.source.checked_at) if link.source.checked_at else "—",
            },
        }
        for link in links
    ]
    context = {
        "columns": [
            ("name", _("数据源"), "main"),
            ("organisation", _("所属单位")),
            ("kind", _("类型")),
            ("state", _("状态"), "wrap"),
            ("busy", _("进行中 / 上限"), "number"),
            ("contracts", _("合约"), "number"),
            ("failed", _("7日失败"), "number"),
            ("size", _("7日数据量"), "number"),
            ("checked", _("最近检查"), "nowrap"),
        ],
        "rows": rows,
        "slot_columns": [
            ("resource", _("信息资源"), "main"),
            ("source", _("数据源")),
            ("state", _("状态")),
            ("lag", _("落后"), "number"),
            ("kept", _("数据源保留的日志"), "number"),
            ("left", _("还能保留"), "number"),
            ("trouble", _("问题")),
            ("checked", _("检查时间"), "nowrap"),
        ],
        "slots": [_describe_slot(capture) for capture in exchange.list_captures(actor)[:200]],
    }
    return render(request, "exchange_desk/links.html", context)


def _say_health(source: Source) -> str:
    if source.state != "active":
        return chip(source.get_state_display(), tone="paused")
    if source.trouble:
        return format_html("{} {}", chip(_("故障"), tone="danger"), source.trouble[:60])
    return chip(_("正常"), tone="success") if source.checked_at else chip(_("没有检查过"), tone="neutral")


def _describe_slot(capture: Capture) -> dict[str, Any]:
    def size(value: int | None) -> str:
        return "—" if value is None else cn_size(value)

    has_no_limit = capture.left_bytes is None and capture.kept_bytes is not None
    return {
        "url": reverse("exchange_desk:contract", args=[capture.contract.number]),
        "label": capture.contract.resource.name,
        "trouble": capture.trouble,
        "slot": capture.slot,
        "cells": {
            "resource": capture.contract.resource.name,
            "source": capture.contract.source.name,
            "state": chip(capture.get_state_display(), tone=SLOT_TONES[CaptureState(capture.state)]),
            "lag": size(capture.lag_bytes),
            "kept": size(capture.kept_bytes),
            "left": _("不限") if has_no_limit else size(capture.left_bytes),
            "trouble": capture.trouble,
            "checked": cn_datetime(capture.checked_at) if capture.checked_at else "—",
        },
    }


def _limit_url(actor: Actor, source: Source) -> str:
    return reverse("exchange_desk:link_limit", args=[source.code]) if _may_limit(actor, source) else ""


def _may_limit(actor: Actor, source: Source) -> bool:
    return source.organisation_id in actor.reach(OPERATE)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(OPERATE)
def set_limit(request: HttpRequest, code: str) -> HttpResponse:
    """Set how many runs a link bears at once."""
    actor = actor_of(request)
    links = {link.source.code: link for link in exchange.list_links(actor)}
    link = links.get(code)
    source = get_object_or_404(Source, pk=link.source.pk if link and _may_limit(actor, link.source) else None)
    form = LimitForm(request.POST or None, initial={"runs_at_once": link.limit if link else None})
    if request.method == "POST" and form.is_valid():
        try:
            exchange.set_link_limit(actor=actor, source=source, **form.cleaned_data)
        except Refused as error:
            add_refusal(form, error)
        else:
            return redirect("exchange_desk:links")
    context = {"form": form, "source": source}
    return render(request, "exchange_desk/limit.html", context, status=422 if form.errors else 200)
