"""How long people waited and how many were served; on the page and as a sheet."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.reservations.public import (
    FIGURES,
    LobbyFigures,
    list_figures,
    list_work_halls,
    sum_up,
)
from zhengtong.core.audit.public import record
from zhengtong.screens.access import actor_of, for_staff

NAMES = ("taken", "reserved", "served", "passed", "left", "wait", "longest_wait", "service")
LONGEST_DAYS = 366


def _titles() -> list[str]:
    return [
        _("取号"),
        _("其中预约"),
        _("办结"),
        _("过号"),
        _("未办离开"),
        _("平均等候（分）"),
        _("最长等候（分）"),
        _("平均办理（分）"),
    ]


def _read_day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year < 2100 else otherwise


def _read(request: HttpRequest) -> tuple[list[LobbyFigures], LobbyFigures, dict[str, Any]]:
    today = timezone.localdate()
    until = _read_day(request.GET.get("until", ""), today)
    since = _read_day(request.GET.get("since", ""), until - timedelta(days=30))
    since = max(since, until - timedelta(days=LONGEST_DAYS))
    by = request.GET.get("by", "")
    by = by if by in ("window", "day", "group") else "window"
    halls = list_work_halls(actor_of(request), FIGURES)
    chosen = request.GET.get("hall", "")
    shown = [hall for hall in halls if hall.code == chosen] or halls
    asked = {
        "since": since,
        "until": until,
        "by": by,
        "hall": chosen if len(shown) == 1 else "",
        "halls": [("", _("全部大厅")), *((hall.code, hall.name) for hall in halls)],
    }
    return list_figures(shown, since, until, by), sum_up(shown, since, until, _("合计")), asked


def _cells(figures: LobbyFigures, by: str) -> list[str]:
    title = figures.title or _("未叫号")
    if by == "window" and figures.title:
        title = _("%(n)s号窗口") % {"n": figures.title}
    if figures.hall:
        title = f"{figures.hall} · {title}"
    values = [getattr(figures, name) for name in NAMES]
    return [title, *("—" if value is None else str(value) for value in values)]


@require_GET
@for_staff(FIGURES)
def show(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    rows = [{"cells": _cells(each, asked["by"])} for each in figures]
    rows += [{"cells": _cells(total, "")}] if figures else []
    context = {
        **asked,
        "columns": [
            ("title", _("名称"), "main"),
            *((name, title, "number") for name, title in zip(NAMES, _titles(), strict=True)),
        ],
        "rows": rows,
        "total": total,
        "choices": [("window", _("按窗口")), ("day", _("按日期")), ("group", _("按业务"))],
    }
    return render(request, "lobby/statistics.html", context)


@require_GET
@for_staff(FIGURES)
def export(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_("名称"), *_titles()])
    writer.writerows(_cells(each, asked["by"]) for each in figures)
    writer.writerow(_cells(total, ""))
    after = {"since": asked["since"], "until": asked["until"], "by": asked["by"]}
    record(actor_of(request), "reservations.export", ("reservations.ticket", "statistics"), after=after)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="hall.csv"'
    return response
