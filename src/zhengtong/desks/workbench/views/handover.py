"""交接清单: what came to me or to my office from those who left, and what I gave away; on screen and on paper."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.core.worklist.public import (
    RECALLABLE,
    Nature,
    WorkState,
    WorkTransfer,
    list_back_in_office,
    list_given,
    list_received,
    summarise_received,
)
from zhengtong.desks.workbench.views.lists import list_tabs, read_ids, rows_of, show, staff_actor
from zhengtong.kernel.policy import Actor
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

PRINTED = 5000
FINDERS = {"received": list_received, "office": list_back_in_office, "given": list_given}


def _titles() -> dict[str, str]:
    return {"received": _("移交给我的"), "office": _("退回本单位的"), "given": _("我转出的")}


def _find(request: HttpRequest, actor: Actor) -> tuple[str, QuerySet[WorkTransfer], QuerySet[WorkTransfer]]:
    """Return which list is asked for, all of it, and what the filters leave of it."""
    scope = request.GET.get("scope", "")
    scope = scope if scope in FINDERS else "received"
    everything = found = FINDERS[scope](actor)
    if leaver := read_ids([request.GET.get("from", "")]):
        found = found.filter(from_appointment_id=leaver[0])
    if request.GET.get("open"):
        found = found.filter(item__state=WorkState.OPEN)
    return scope, everything, found


def _say_state(transfer: WorkTransfer) -> tuple[str, str]:
    """Return where the item of ``transfer`` is now, and the tone to say it in."""
    item = transfer.item
    is_reading = item.nature == Nature.TO_READ
    if item.state == WorkState.DONE:
        return _("已阅") if is_reading else _("已办结"), "success"
    if item.state == WorkState.CANCELLED:
        return _("已取消"), "neutral"
    if item.assignee is None:
        return _("待领办"), "warning"
    if transfer.act in RECALLABLE and item.assignee_id == transfer.to_appointment_id and transfer.seen_at is None:
        return _("%(name)s未打开") % {"name": item.assignee.staff.name}, "warning"
    words = _("%(name)s待阅") if is_reading else _("%(name)s办理中")
    return words % {"name": item.assignee.staff.name}, "info"


def _rows(found: list[WorkTransfer]) -> list[dict[str, Any]]:
    rows = []
    for transfer, row in zip(found, rows_of([each.item for each in found]), strict=True):
        giver, receiver = transfer.from_appointment, transfer.to_appointment
        words, tone = _say_state(transfer)
        cells = {
            **row["cells"],
            "from": giver.staff.name if giver else "",
            "to": receiver.staff.name if receiver else "",
            "at": cn_datetime(transfer.at),
            "reason": transfer.reason,
            "now": chip(words, tone),
            "now_words": words,
        }
        rows.append({**row, "tone": "", "cells": cells})
    return rows


def _columns(scope: str) -> list[tuple[str, ...]]:
    person = ("to", _("转给")) if scope == "given" else ("from", _("移交人"))
    return [
        ("reference", _("编号"), "nowrap"),
        ("title", _("事项"), "main"),
        ("party", _("申请人")),
        ("step", _("环节")),
        person,
        ("at", _("时间"), "nowrap"),
        ("now", _("现在"), "nowrap"),
    ]


@require_GET
def show_handed_over(request: HttpRequest) -> HttpResponse:
    actor = staff_actor(request)
    scope, everything, found = _find(request, actor)
    page = paginate(found, request.GET, order=("-id",))
    here = reverse("workbench:handed_over")
    tabs, _counted = list_tabs(actor, "handed_over")
    context = {
        "scope": scope,
        "page": page,
        "columns": _columns(scope),
        "rows": _rows(page.rows),
        "tabs": tabs,
        "scopes": [(title, f"{here}?scope={code}", code == scope) for code, title in _titles().items()],
        "givers": [] if scope == "given" else summarise_received(everything),
        "leaver": request.GET.get("from", ""),
        "only_open": bool(request.GET.get("open")),
        "is_filtered": bool(request.GET.get("from") or request.GET.get("open")),
        "print_url": reverse("workbench:handed_over_print") + "?" + request.GET.urlencode(),
    }
    return show(request, "workbench/handed_over.html", context)


@require_GET
def print_handed_over(request: HttpRequest) -> HttpResponse:
    """The whole list on paper, with room to sign."""
    actor = staff_actor(request)
    scope, _everything, found = _find(request, actor)
    transfers = list(found[:PRINTED])
    rows = _rows(transfers)
    givers = {row["cells"]["from"] for row in rows}
    columns = [
        ("reference", _("编号")),
        ("title", _("事项")),
        ("party", _("申请人")),
        ("step", _("环节")),
        *([("to", _("转给"))] if scope == "given" else [("from", _("移交人"))] if len(givers) > 1 else []),
        ("day", _("日期")),
        ("now_words", _("现在")),
    ]
    for transfer, row in zip(transfers, rows, strict=True):
        row["cells"]["day"] = timezone.localdate(transfer.at).isoformat()
    context = {
        "title": _titles()[scope],
        "columns": [words for _name, words in columns],
        "lines": [[(row["cells"][name], name in ("reference", "day")) for name, _words in columns] for row in rows],
        "giver": actor.name if scope == "given" else next(iter(givers)) if len(givers) == 1 else "",
        "receiver": actor.name if scope == "received" else "",
        "now": timezone.now(),
        "is_cut": len(rows) == PRINTED,
        "most": PRINTED,
    }
    return show(request, "workbench/handed_over_print.html", context)
