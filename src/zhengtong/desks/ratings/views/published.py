"""What everybody may read: how offices are rated, what became of bad ratings, and the ratings themselves, unnamed."""

from datetime import timedelta

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.ratings.public import (
    RatingFigures,
    add_up_ratings,
    list_public_ratings,
    list_rating_figures,
    show_public,
)
from zhengtong.desks.ratings.views.statistics import show_cells
from zhengtong.screens.paging import paginate

KEPT_SECONDS = 600
MONTHS_DAYS = 365
SHOWN = ("rated", "average", "satisfaction", "bad", "handled", "handled_rate")


def _count() -> list[RatingFigures]:
    """Return the figures of the last year; counted anew every ten minutes, however many people look."""
    today = timezone.localdate()
    found: list[RatingFigures] | None = cache.get("ratings.published")
    if found is None:
        since = today - timedelta(days=MONTHS_DAYS)
        found = list_rating_figures(list_public_ratings().select_related(None), since, today, "organisation")
        cache.set("ratings.published", found, KEPT_SECONDS)
    return found


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    figures = _count()
    only_bad = request.GET.get("show") == "bad"
    page = paginate(list_public_ratings(only_bad).order_by(), request.GET, order=("-given_at", "-id"), size=20)
    context = {
        "total": add_up_ratings(figures, _("合计")),
        "columns": [
            ("title", _("办理机关"), "main"),
            ("rated", _("评价"), "number"),
            ("average", _("平均分"), "number"),
            ("satisfaction", _("满意率"), "number"),
            ("bad", _("差评"), "number"),
            ("handled", _("差评办结"), "number"),
            ("handled_rate", _("差评办结率"), "number"),
        ],
        "rows": [{"cells": show_cells(each, SHOWN)} for each in figures],
        "page": page,
        "ratings": show_public(page.rows),
        "only_bad": only_bad,
    }
    return render(request, "ratings_desk/published.html", context)
