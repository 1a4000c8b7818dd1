"""The services with their figures, one service's guide, its description for programs, and the test bench."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.interfaces import public as interfaces
from zhengtong.capabilities.interfaces.public import MANAGE, TRY, VIEW, Figures, Service, ServiceState
from zhengtong.core.identity.public import Refused, client_address
from zhengtong.desks.interfaces import guide
from zhengtong.desks.interfaces.forms import TrialForm
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate

NOTHING = "—"


@require_safe
@for_staff(VIEW)
def show_home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = paginate(interfaces.list_services(), request.GET, order=("-id",))
    figures = interfaces.count_by_service(actor, page.rows)
    columns = [
        ("name", _("服务"), "main"),
        ("provider", _("提供单位")),
        ("state", _("状态")),
        ("calls", _("24小时调用"), "number"),
        ("refused", _("拒绝"), "number"),
        ("failed", _("失败"), "number"),
        ("mean", _("平均（毫秒）"), "number"),
        ("p95", _("95%不超过（毫秒）"), "number"),
    ]
    rows = [
        {
            "url": reverse("interfaces_desk:guide", args=[service.code]),
            "label": service.name,
            "tone": "muted" if service.state == ServiceState.STOPPED else "",
            "cells": {
                "name": service.name,
                "provider": service.provider.name,
                "state": service.get_state_display(),
                **_say(figures.get(service.pk)),
            },
        }
        for service in page.rows
    ]
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "may_manage": actor.has(MANAGE),
        "dead": interfaces.count_dead(actor),
        "strangers": interfaces.count_strangers() if actor.has(MANAGE) else None,
        "calls": sum(each.calls for each in figures.values()),
        "failed": sum(each.failed for each in figures.values()),
        "unstamped_since": interfaces.find_oldest_unstamped() if interfaces.is_late() else None,
    }
    return render(request, "interfaces_desk/home.html", context)


def _say(figures: Figures | None) -> dict[str, Any]:
    if figures is None:
        return dict.fromkeys(("calls", "refused", "failed", "mean", "p95"), NOTHING)
    return {
        "calls": figures.calls,
        "refused": figures.refused,
        "failed": figures.failed,
        "mean": NOTHING if figures.mean_ms is None else figures.mean_ms,
        "p95": NOTHING if figures.p95_ms is None else figures.p95_ms,
    }


def _find(code: str) -> Service:
    return get_object_or_404(interfaces.list_services(), code=code)


@require_safe
@for_staff(VIEW)
def show_guide(request: HttpRequest, code: str) -> HttpResponse:
    """What a service is, how it is called, and how it does."""
    service, actor = _find(code), actor_of(request)
    contracts = interfaces.list_trial_contracts(actor, service)
    contract = contracts[0] if contracts else None
    figures = interfaces.count_by_service(actor, [service]).get(service.pk)
    hours = [{"cells": {"hour": cn_datetime(hour), **_say(each)}} for hour, each in interfaces.count_by_hour(service)]
    is_table = service.kind == interfaces.ServiceKind.TABLE
    agreed = [(each["column"]["name"], each["mask"]) for each in contract.content["fields"]] if contract else []
    context = {
        "service": service,
        "masks": _say_masks(agreed),
        "figures": None if figures is None else _say(figures),
        "hours": hours if figures is not None else [],
        "hour_columns": [
            ("hour", _("小时"), "nowrap"),
            ("calls", _("调用"), "number"),
            ("refused", _("拒绝"), "number"),
            ("failed", _("失败"), "number"),
            ("mean", _("平均（毫秒）"), "number"),
            ("p95", _("95%不超过（毫秒）"), "number"),
        ],
        "summary": [
            (_("服务代码"), service.code),
            (_("信息资源"), service.resource.name),
            (_("提供单位"), service.provider.name),
            (_("应答方式"), service.get_kind_display()),
            *([] if is_table else [(_("允许的参数"), "、".join(service.parameters) or NOTHING)]),
            (_("每个合约每分钟次数"), service.calls_a_minute),
        ],
        "contract": contract,
        "curl": guide.write_curl(service, contract),
        "python": guide.write_python(service, contract),
        "problems": [
            {"cells": {"status": kind.status, "code": name, "title": kind.title, "next": kind.next_step}}
            for name, kind in interfaces.PROBLEMS.items()
        ],
        "problem_columns": [
            ("status", _("状态码"), "number"),
            ("code", _("代码"), "nowrap"),
            ("title", _("说明"), "main"),
            ("next", _("怎么办"), "wrap"),
        ],
        "may_manage": actor.has(MANAGE) and service.provider_id in actor.reach(MANAGE),
        "may_try": bool(contracts) and actor.has(TRY),
    }
    return render(request, "interfaces_desk/guide.html", context)


@require_safe
@for_staff(VIEW)
def show_openapi(request: HttpRequest, code: str) -> HttpResponse:
    return JsonResponse(guide.describe(_find(code)), json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(TRY)
def try_out(request: HttpRequest, code: str) -> HttpResponse:
    """The test bench: a real call, by the organisation's test member, shown from both sides."""
    service, actor = _find(code), actor_of(request)
    contracts = interfaces.list_trial_contracts(actor, service)
    example = json.dumps(guide.example_of(service), ensure_ascii=False, indent=1)
    initial = {"asked": example, "contract": contracts[0].pk if contracts else None}
    form = TrialForm(contracts, request.POST or None, initial=initial)
    trial = None
    if request.method == "POST" and form.is_valid():
        try:
            trial = interfaces.try_service(
                actor=actor, service=service, address=client_address(request), **form.cleaned_data
            )
        except Refused as error:
            form.add_error(error.field or None, str(error.message))
    context = {
        "service": service,
        "form": form,
        "contracts": contracts,
        "trial": trial,
        "is_done": trial is not None and trial.status == 200,
        "envelope": json.dumps(trial.envelope, ensure_ascii=False, indent=1) if trial else "",
        "answered": json.dumps(trial.answered, ensure_ascii=False, indent=1) if trial else "",
        "masks": _say_masks(trial.masks) if trial else [],
    }
    return render(request, "interfaces_desk/try.html", context, status=422 if form.errors else 200)


def _say_masks(masks: list[tuple[str, str]]) -> list[tuple[str, str]]:
    from zhengtong.capabilities.catalogue.public import MaskKind

    return [(name, str(MaskKind(mask).label)) for name, mask in masks]
