"""The log of calls: searched by anyone of either side; what was in one is shown for a purpose only, and journalled."""

import json
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.interfaces import public as interfaces
from zhengtong.capabilities.interfaces.public import PROBLEMS, READ, VIEW, Call
from zhengtong.core.identity.public import Refused
from zhengtong.desks.interfaces.forms import PurposeForm
from zhengtong.kernel.policy import can
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_datetime, cn_size
from zhengtong.screens.paging import paginate


@require_safe
@for_staff(VIEW)
def list_all(request: HttpRequest) -> HttpResponse:
    found = interfaces.list_calls(actor_of(request))
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:64]
    code, day = request.GET.get("code", ""), _read_day(request.GET.get("day", ""))
    if words:
        found = found.filter(number=words) | found.filter(service__code=words) | found.filter(member__code=words)
    if code == "ok":
        found = found.filter(code="")
    elif code in PROBLEMS:
        found = found.filter(code=code)
    if day is not None:
        # People ask for their own day; the log's partitions are of UTC's, and those beside it may hold some of it.
        beside = timedelta(days=1)
        found = found.filter(received_at__date=day, on_day__range=(day - beside, day + beside))
    page = paginate(found, request.GET, order=("-id",))
    columns = [
        ("at", _("时间"), "nowrap"),
        ("service", _("服务"), "main"),
        ("member", _("接入系统")),
        ("organisation", _("使用单位")),
        ("result", _("结果"), "wrap"),
        ("rows", _("行数"), "number"),
        ("took", _("用时（毫秒）"), "number"),
    ]
    rows = [
        {
            "url": reverse("interfaces_desk:call", args=[call.pk]),
            "label": call.number,
            "tone": "" if not call.code else "warning",
            "cells": {
                "at": cn_datetime(call.received_at),
                "service": call.service.name if call.service else _("变更订阅"),
                "member": call.member.name,
                "organisation": call.organisation.name,
                "result": interfaces.say_code(call.code),
                "rows": call.rows,
                "took": round(call.microseconds / 1000, 1),
            },
        }
        for call in page.rows
    ]
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "words": words,
        "code": code,
        "day": day.isoformat() if day else "",
        "codes": [("", _("全部结果")), ("ok", _("成功")), *((name, kind.title) for name, kind in PROBLEMS.items())],
    }
    return render(request, "interfaces_desk/calls.html", context)


def _read_day(text: str) -> date | None:
    """Return the day, None for what isn't one or has no day beside it."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and MINYEAR < day.year < MAXYEAR else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff(VIEW)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One call with its proof; POST with a purpose shows what was asked and answered."""
    actor = actor_of(request)
    call = get_object_or_404(interfaces.list_calls(actor), pk=pk)
    whole = Call.objects.get(pk=call.pk)
    may_read = can(actor, READ, whole) and whole.body is not None
    form, body = PurposeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            body = interfaces.read_body(actor=actor, call=whole, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field or None, str(error.message))
    context = {
        "call": call,
        "result": interfaces.say_code(call.code),
        "summary": _summarise(call),
        "envelope": json.dumps(json.loads(whole.envelope), ensure_ascii=False, indent=1),
        "verdict": interfaces.check_call(whole),
        "may_read": may_read,
        "form": form,
        "body": body,
    }
    return render(request, "interfaces_desk/call.html", context, status=422 if form.errors else 200)


def _summarise(call: Call) -> list[tuple[str, Any]]:
    return [
        (_("调用编号"), call.number),
        (_("时间"), cn_datetime(call.received_at)),
        (_("服务"), call.service.name if call.service else _("变更订阅")),
        (_("接入系统"), call.member.name),
        (_("使用单位"), call.organisation.name),
        (_("共享合约"), call.contract.number if call.contract else "—"),
        (_("用途"), call.purpose or "—"),
        (_("结果"), f"{call.status} {interfaces.say_code(call.code)}"),
        (_("行数"), call.rows),
        (_("未通过校验的行"), call.held),
        (_("请求和应答"), f"{cn_size(call.bytes_in)} / {cn_size(call.bytes_out)}"),
        (_("用时（毫秒）"), round(call.microseconds / 1000, 1)),
        (_("其中提供方（毫秒）"), round(call.provider_microseconds / 1000, 1)),
        (_("来源地址"), call.address or "—"),
    ]
