"""How letters went in a time, by office, category or kind; on the page and as a sheet."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.letters.public import (
    VIEW,
    LetterFigures,
    LetterKind,
    add_up,
    list_figures,
    list_letters,
)
from zhengtong.core.audit.public import record
from zhengtong.screens.access import actor_of, for_staff

NAMES = ("received", "answered", "in_time", "in_time_rate", "overdue", "reopened", "asked", "satisfaction")


def _titles() -> list[str]:
    return [
        _("收到"),
        _("已答复"),
        _("按期答复"),
        _("按期率"),
        _("超期未答复"),
        _("重办"),
        _("评价和回访"),
        _("满意率"),
    ]


def _read_day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year < 2100 else otherwise


def _read(request: HttpRequest) -> tuple[list[LetterFigures], LetterFigures, dict[str, Any]]:
    today = timezone.localdate()
    since = _read_day(request.GET.get("since", ""), today - timedelta(days=90))
    until = _read_day(request.GET.get("until", ""), today)
    by = request.GET.get("by", "")
    by = by if by in ("organisation", "category", "kind") else "organisation"
    figures = list_figures(list_letters(actor_of(request)), since, until, by)
    return figures, add_up(figures, _("合计")), {"since": since, "until": until, "by": by}


def _cells(figures: LetterFigures, by: str) -> list[str]:
    title = (
        str(LetterKind(figures.title).label) if by == "kind" and figures.title in LetterKind.values else figures.title
    )
    values = [getattr(figures, name) for name in NAMES]
    shown = [
        "—" if value is None else f"{value}%" if name.endswith("rate") or name == "satisfaction" else str(value)
        for name, value in zip(NAMES, values, strict=True)
    ]
    return [title, *shown]


@require_GET
@for_staff(VIEW)
def show(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    context = {
        **asked,
        "columns": [
            ("title", _("名称"), "main"),
            *((name, title, "number") for name, title in zip(NAMES, _titles(), strict=True)),
        ],
        "rows": [{"cells": _cells(each, asked["by"])} for each in ([*figures, total] if figures else [])],
        "total": total,
        "choices": [("organisation", _("按单位")), ("category", _("按类别")), ("kind", _("按类型"))],
    }
    return render(request, "letters_desk/statistics.html", context)


@require_GET
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_("名称"), *_titles()])
    writer.writerows(_cells(each, asked["by"]) for each in [*figures, total])
    after = {"since": asked["since"], "until": asked["until"], "by": asked["by"]}
    record(actor_of(request), "letters.export", ("letters.letter", "statistics"), after=after)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="letters.csv"'
    return response
