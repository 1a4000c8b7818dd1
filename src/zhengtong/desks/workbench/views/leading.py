"""The leaders' page: what is late, what will be, where and with whom it waits; each number opens its list."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import DUE_WITHIN, NOBODY, Case, CaseKind, case_rows, list_cases, narrow_cases
from zhengtong.capabilities.supervision.public import Measure, read_sums
from zhengtong.desks.workbench.leading import (
    RED,
    RUNNING,
    WATCH,
    YELLOW,
    Outlook,
    describe_weeks,
    due_key,
    list_holders_of_late,
    list_named_items,
    list_named_organs,
    read_outlook,
    read_weeks,
)
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.reach import page_of
from zhengtong.screens.access import actor_of, for_staff

MOST_NEW = 10


def _to(**given: object) -> str:
    """Return the address of the cases behind a number. Bundles are left out of it, since their parts are counted."""
    return f"{reverse('workbench:cases')}?{urlencode({'kind': CaseKind.LICENCE.value, **given})}"


def _link(count: int, **given: object) -> SafeString | str:
    return format_html('<a href="{}">{}</a>', _to(**given), count) if count else "0"


def _columns(head: str) -> list[tuple[str, ...]]:
    return [
        ("name", head, "main"),
        (RED, _("超期"), "number"),
        (YELLOW, _("预警"), "number"),
        *((due_key(days), _("%(n)d日内到期") % {"n": days}, "number") for days in DUE_WITHIN),
        (RUNNING, _("在办"), "number"),
    ]


def _row(name: str, outlook: Outlook, **given: object) -> dict[str, Any]:
    counts = outlook.counts
    return {
        "url": "",
        "key": name,
        "tone": "danger" if counts[RED] else "warning" if counts[YELLOW] else "",
        "cells": {
            "name": name,
            RED: _link(counts[RED], lamp="red", **given),
            YELLOW: _link(counts[YELLOW], lamp="yellow", **given),
            **{due_key(days): _link(counts[due_key(days)], due=days, **given) for days in DUE_WITHIN},
            RUNNING: counts[RUNNING],
        },
    }


def _sorted(rows: Mapping[int, Outlook]) -> list[int]:
    """Return the keys, what is worst first."""
    keys = [pk for pk, outlook in rows.items() if not outlook.is_empty]
    return sorted(keys, key=lambda pk: (-rows[pk].counts[RED], -rows[pk].counts[YELLOW], -rows[pk].counts[RUNNING], pk))


def _list_new(actor: Actor, day: str) -> list[Case]:
    """Return the latest of what came in on ``day``."""
    found = narrow_cases(list_cases(actor).filter(number__isnull=False), {"from": day, "until": day})
    shown = found.select_related("organisation", "office__region").defer("form", "applicant_number", "applicant_phone")
    return page_of(shown.order_by("-id"), MOST_NEW)


@require_GET
@for_staff(WATCH)
def show_leading(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    today = timezone.localdate(now)
    total, by_organ, by_item = read_outlook(actor, now)
    organs = {organ.pk: organ for organ in list_named_organs(by_organ)}
    items = {item.pk: item for item in list_named_items(by_item)}
    weeks = read_weeks(actor, today)
    came = sum(read_sums(actor.reach(WATCH), today, today, (Measure.RECEIVED,)).values())
    holders = list_holders_of_late(actor, now)
    context = {
        "now": now,
        "figures": [
            (total.counts[RED], _("超期"), _to(lamp="red"), "danger"),
            (total.counts[YELLOW], _("预警"), _to(lamp="yellow"), "warning"),
            *(
                (total.counts[due_key(days)], _("%(n)d个工作日内到期") % {"n": days}, _to(due=days), "")
                for days in DUE_WITHIN
            ),
            (came, _("今日收件"), _to(**{"from": today, "until": today}), ""),
            (total.counts[RUNNING], _("在办"), "", ""),
        ],
        "organ_columns": _columns(_("办理机关")),
        "organ_rows": [
            _row(organs[pk].name, by_organ[pk], organisation=pk) for pk in _sorted(by_organ) if pk in organs
        ],
        "item_columns": _columns(_("事项")),
        "item_rows": [_row(items[pk].name, by_item[pk], item=items[pk].code) for pk in _sorted(by_item) if pk in items],
        "holders": [
            {
                "name": holder.person.staff.name if holder.person else _("待领办"),
                "office": holder.organisation.short_name,
                "late": holder.late,
                "oldest": holder.oldest,
                "url": _to(
                    lamp="red",
                    organisation=holder.organisation.pk,
                    holder=holder.person.pk if holder.person else NOBODY,
                ),
            }
            for holder in holders
        ],
        "weeks": weeks,
        "chart": describe_weeks(
            weeks, (_("收件"), _("办结"), _("超期办结")), _("最近十二周的收件、办结和超期办结，下面的表格有全部数字。")
        ),
        "came": came,
        "new_columns": [
            ("number", _("编号"), "nowrap"),
            ("item", _("事项"), "main"),
            ("organisation", _("办理机关")),
            ("state", _("状态")),
            ("submitted", _("提交"), "nowrap"),
        ],
        "new_rows": case_rows(_list_new(actor, today.isoformat()), "workbench", now),
        "new_url": _to(**{"from": today, "until": today}),
    }
    return render(request, "workbench/leading.html", context)


@require_GET
@for_staff(WATCH)
def show_late(request: HttpRequest) -> HttpResponse:
    """The page of what is late became part of the leaders'."""
    return redirect("workbench:leading", permanent=True)
