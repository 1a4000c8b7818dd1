"""Contracts given and received: the list, one on a page and on paper, its text to verify, the acts on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.contracts import public as contracts
from zhengtong.capabilities.contracts.public import APPLY, STEER, VIEW, Contract, ContractState
from zhengtong.core.audit.public import canonical
from zhengtong.desks.contracts.acting import ActPage, offer, show_act
from zhengtong.desks.contracts.forms import NeededOpinionForm, ResumeForm, SteerForm
from zhengtong.desks.contracts.views.asking import begin_from
from zhengtong.desks.contracts.views.requests import describe_steps
from zhengtong.desks.contracts.wording import describe_agreed, list_agreed_headings, summarise_content
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import paginate

LIVE = (ContractState.EFFECTIVE, ContractState.SUSPENDED)


def _steers(actor: Actor, row: Contract, *states: str) -> bool:
    return row.state in states and row.provider_id in actor.reach(STEER)


ACTS = (
    ActPage(
        "keep",
        gettext_lazy("确认继续执行"),
        lambda actor, row: bool(row.state in LIVE and contracts.changes_to_settle(actor, row)),
        lambda actor, row: NeededOpinionForm,
        lambda actor, row, given: contracts.keep_contract(actor=actor, contract=row, **given),
        gettext_lazy("已确认"),
        lead=gettext_lazy("核对资源的变更，本合约用到的信息项不受影响的，确认继续执行；受影响的，重新申请或者撤销。"),
    ),
    ActPage(
        "suspend",
        gettext_lazy("暂停"),
        lambda actor, row: _steers(actor, row, ContractState.EFFECTIVE),
        lambda actor, row: SteerForm,
        lambda actor, row, given: contracts.suspend_contract(actor=actor, contract=row, **given),
        gettext_lazy("已暂停，从下一次调用起不再提供，正在传输的一批不再写入目标"),
        lead=gettext_lazy("暂停从下一次调用起生效；正在传输的一批不再写入目标，恢复后重新传，已经在写入的写完为止。"),
    ),
    ActPage(
        "resume",
        gettext_lazy("恢复"),
        lambda actor, row: _steers(actor, row, ContractState.SUSPENDED),
        lambda actor, row: ResumeForm,
        lambda actor, row, given: contracts.resume_contract(actor=actor, contract=row, **given),
        gettext_lazy("已恢复"),
    ),
    ActPage(
        "revoke",
        gettext_lazy("撤销"),
        lambda actor, row: _steers(actor, row, *LIVE),
        lambda actor, row: SteerForm,
        lambda actor, row, given: contracts.revoke_contract(actor=actor, contract=row, **given),
        gettext_lazy("已撤销"),
        is_grave=True,
        lead=gettext_lazy(
            "撤销从下一次调用起生效，正在传输的一批不再写入目标。撤销不能恢复；还要用的，使用单位重新申请。"
        ),
    ),
)


def _find(request: HttpRequest, number: str) -> Contract:
    return get_object_or_404(contracts.list_contracts(actor_of(request)).defer(None), number=number)


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    """Contracts by side: received by one's own office, given by it, or all that one may see."""
    actor, side = actor_of(request), request.GET.get("side", "")
    found = contracts.list_contracts(actor)
    if side == "received":
        found = found.filter(consumer_id=actor.organisation)
    elif side == "given":
        found = found.filter(provider_id=actor.organisation)
    page = paginate(found, request.GET, order=("-id",))
    columns = [
        ("number", _("编号"), "nowrap"),
        ("resource", _("信息资源"), "main"),
        ("provider", _("提供单位")),
        ("consumer", _("使用单位")),
        ("mode", _("方式")),
        ("state", _("状态")),
        ("until", _("到期"), "nowrap"),
    ]
    rows = [
        {
            "url": reverse("contracts_desk:contract", args=[row.number]),
            "label": row.number,
            "tone": "muted" if row.state not in LIVE else "",
            "cells": {
                "number": row.number,
                "resource": row.resource.name,
                "provider": row.provider.name,
                "consumer": row.consumer.name,
                "mode": row.get_mode_display(),
                "state": row.get_state_display(),
                "until": f"{row.valid_until:%Y-%m-%d}",
            },
        }
        for row in page.rows
    ]
    here = reverse("contracts_desk:contracts")
    sides = (("", _("全部")), ("received", _("我们使用的")), ("given", _("我们提供的")))
    tabs = [(title, f"{here}?side={code}" if code else here, side == code) for code, title in sides]
    return render(
        request, "contracts_desk/contracts.html", {"page": page, "columns": columns, "rows": rows, "tabs": tabs}
    )


def _describe(row: Contract) -> dict[str, Any]:
    is_intact = contracts.is_intact(row)
    content = contracts.ContractContent.from_json(row.content)
    return {
        "row": row,
        "is_intact": is_intact,
        "tone": contracts.CONTRACT_TONES.get(row.state, "neutral"),
        "summary": summarise_content(content, row.version.name),
        "columns": list_agreed_headings(),
        "rows": describe_agreed(content),
        "why_not": contracts.may_run(row, timezone.localdate()),
    }


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest, number: str) -> HttpResponse:
    row, actor = _find(request, number), actor_of(request)
    context = {
        **_describe(row),
        "acts": offer(actor, row, ACTS, lambda code: reverse("contracts_desk:contract_act", args=[row.number, code])),
        "may_renew": row.consumer_id == actor.organisation and row.consumer_id in actor.reach(APPLY),
        "history": describe_steps(row.steps.select_related("by__staff", "by__post__organisation")),
        "request_url": reverse("contracts_desk:request", args=[row.request.number]),
    }
    return render(request, "contracts_desk/contract.html", context)


@require_safe
@for_staff(VIEW)
def show_print(request: HttpRequest, number: str) -> HttpResponse:
    row = _find(request, number)
    return render(request, "contracts_desk/contract_print.html", {**_describe(row), "now": timezone.now()})


@require_safe
@for_staff(VIEW)
def download(request: HttpRequest, number: str) -> HttpResponse:
    """The contract's text byte for byte as it was digested: whoever has the file computes the digest herself."""
    row = _find(request, number)
    response = HttpResponse(canonical(row.content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.number}.json"'
    return response


@require_POST
@for_staff(APPLY)
def renew(request: HttpRequest, number: str) -> HttpResponse:
    row, actor = _find(request, number), actor_of(request)
    back = reverse("contracts_desk:contract", args=[row.number])
    return begin_from(request, actor, row.request, back, renews=row)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(*contracts.ANY)
def act_on(request: HttpRequest, number: str, act: str) -> HttpResponse:
    row = _find(request, number)
    back = reverse("contracts_desk:contract", args=[row.number])
    return show_act(request, acts=ACTS, code=act, row=row, back=back, subject=f"{row.number} {row.resource.name}")
