"""What I watch: where it stands now, who has it, and no longer watching it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.cases.public import days_left
from zhengtong.core.worklist.public import Standing, Watch, WatchKind, list_watches, unwatch, watch
from zhengtong.desks.workbench.views.case import VIEW, find_case
from zhengtong.desks.workbench.views.lists import list_tabs, read_ids, show, staff_actor
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import for_staff
from zhengtong.screens.formats import cn_datetime
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip, deadline

CASE = "cases.case"


def _describe(actor: Actor, rows: list[Watch]) -> dict[tuple[str, int], Standing]:
    """Ask each kind's owner once where the things on this page stand."""
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        ids[row.kind].append(row.object_id)
    known: dict[tuple[str, int], Standing] = {}
    for kind, object_ids in ids.items():
        found: Mapping[int, Standing] = registry.get(WatchKind, kind).describe(actor, object_ids)
        known |= {(kind, object_id): standing for object_id, standing in found.items()}
    return known


def _row(row: Watch, standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        words = _("已不在您的查看范围")
        cells = {"reference": row.reference, "title": words, "party": "", "step": "", "holder": "", "due": ""}
        return {"url": "", "key": row.pk, "tone": "", "cells": {**cells, "since": cn_datetime(row.since)}}
    left = days_left(standing.due_at, standing.region, timezone.now())
    state = "done" if standing.is_ended else "paused" if standing.is_paused else ""
    is_late = left is not None and left < 0 and not state
    return {
        "url": row.url,
        "key": row.pk,
        "tone": "danger" if is_late else "",
        "cells": {
            "reference": row.reference,
            "title": row.title,
            "party": row.party,
            "step": chip(standing.step, "success" if standing.is_ended else "info"),
            "holder": standing.holder or ("" if standing.is_ended else _("待领办")),
            "due": deadline(left, due=standing.due_at, state=state, unit="short"),
            "since": f"{_(row.reason)} {cn_datetime(row.since)}",
        },
    }


@require_GET
def show_watched(request: HttpRequest) -> HttpResponse:
    actor = staff_actor(request)
    page = paginate(list_watches(actor), request.GET, order=("-id",))
    standings = _describe(actor, page.rows)
    tabs, _counted = list_tabs(actor, "watched")
    context = {
        "page": page,
        "columns": [
            ("reference", _("编号"), "nowrap"),
            ("title", _("事项"), "main"),
            ("party", _("申请人")),
            ("step", _("状态")),
            ("holder", _("在谁手中")),
            ("due", _("时限（工作日）"), "nowrap"),
            ("since", _("关注"), "nowrap"),
        ],
        "rows": [_row(row, standings.get((row.kind, row.object_id))) for row in page.rows],
        "tabs": tabs,
    }
    return show(request, "workbench/watched.html", context)


@require_POST
def unwatch_batch(request: HttpRequest) -> HttpResponse:
    """Stop watching what was ticked."""
    actor = staff_actor(request)
    ticked = list_watches(actor).filter(pk__in=read_ids(request.POST.getlist("watch"))[:100])
    n = sum(unwatch(actor=actor, kind=row.kind, object_id=row.object_id) for row in ticked)
    if n:
        messages.success(request, ngettext("已取消关注 %(n)d 件", "已取消关注 %(n)d 件", n) % {"n": n})
    else:
        messages.warning(request, _("请先勾选不再关注的办件"))
    return redirect("workbench:watched")


@require_POST
@for_staff(VIEW)
def watch_case(request: HttpRequest, number: str) -> HttpResponse:
    """Begin or stop watching a case, as the button on its page says."""
    actor, case = staff_actor(request), find_case(request, number)
    if request.POST.get("stop"):
        unwatch(actor=actor, kind=CASE, object_id=case.pk)
        messages.success(request, _("已取消关注 %(number)s") % {"number": case.number})
    else:
        watch(actor=actor, kind=CASE, object_id=case.pk)
        messages.success(request, _("已关注 %(number)s，可以在“关注”中查看进展") % {"number": case.number})
    return redirect(reverse("workbench:case", args=[case.number]))
