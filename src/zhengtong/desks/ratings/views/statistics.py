"""How offices were rated in a time, and what became of the bad ratings; on the page and as a sheet."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.ratings.public import (
    VIEW,
    RatingFigures,
    add_up_ratings,
    list_rating_figures,
    list_ratings,
)
from zhengtong.core.audit.public import record
from zhengtong.screens.access import actor_of, for_staff

NAMES = (
    "rated",
    "average",
    "satisfaction",
    "bad",
    "contacted_in_time",
    "handled",
    "handled_rate",
    "handled_in_time",
    "content_again",
    "dropped",
)


def list_titles() -> list[str]:
    return [
        _("评价"),
        _("平均分"),
        _("满意率"),
        _("差评"),
        _("按期联系"),
        _("差评办结"),
        _("差评办结率"),
        _("按期整改"),
        _("整改后满意"),
        _("不予采纳"),
    ]


def _read_day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year < 2100 else otherwise


def _read(request: HttpRequest) -> tuple[list[RatingFigures], RatingFigures, dict[str, Any]]:
    today = timezone.localdate()
    since = _read_day(request.GET.get("since", ""), today - timedelta(days=90))
    until = _read_day(request.GET.get("until", ""), today)
    by = request.GET.get("by", "")
    by = by if by in ("organisation", "item") else "organisation"
    figures = list_rating_figures(list_ratings(actor_of(request)), since, until, by)
    return figures, add_up_ratings(figures, _("合计")), {"since": since, "until": until, "by": by}


def show_cells(figures: RatingFigures, names: tuple[str, ...] = NAMES) -> list[str]:
    """Return the figures as a row of a table: shares with their sign, what can't be said as a dash."""
    values = [(name, getattr(figures, name)) for name in names]
    shares = ("satisfaction", "handled_rate")
    return [
        figures.title,
        *("—" if value is None else f"{value}%" if name in shares else str(value) for name, value in values),
    ]


@require_GET
@for_staff(VIEW)
def show(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    context = {
        **asked,
        "columns": [
            ("title", _("名称"), "main"),
            *((name, title, "number") for name, title in zip(NAMES, list_titles(), strict=True)),
        ],
        "rows": [{"cells": show_cells(each)} for each in ([*figures, total] if figures else [])],
        "total": total,
        "choices": [("organisation", _("按单位")), ("item", _("按事项"))],
    }
    return render(request, "ratings_desk/statistics.html", context)


@require_GET
@for_staff(VIEW)
def export(request: HttpRequest) -> HttpResponse:
    figures, total, asked = _read(request)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([_("名称"), *list_titles()])
    writer.writerows(show_cells(each) for each in [*figures, total])
    after = {"since": asked["since"], "until": asked["until"], "by": asked["by"]}
    record(actor_of(request), "ratings.export", ("ratings.followup", "statistics"), after=after)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ratings.csv"'
    return response
