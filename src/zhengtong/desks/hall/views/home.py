"""The front door: one search box, what waits for the visitor, what was granted lately."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengtong.capabilities.bundles.public import list_part_texts
from zhengtong.capabilities.cases.public import Audience, CaseKind, list_items, list_published_grants
from zhengtong.desks.hall.access import HallRequest
from zhengtong.desks.hall.selectors import (
    get_own_summary,
    list_live_definitions,
    list_popular,
    list_shown_grants,
    suggest_items,
)
from zhengtong.kernel.policy import ActorKind

BUNDLES = 6
POPULAR = 8
LATEST = 5


@require_safe
def show_home(request: HallRequest) -> HttpResponse:
    items = list_items()
    context = {
        "bundles": [
            (item, definition, len(list(list_part_texts(definition))))
            for item, definition in list_live_definitions(items.filter(kind=CaseKind.BUNDLE)[:BUNDLES])
        ],
        "popular": list_live_definitions(list_popular(POPULAR)),
        "audiences": [(each.value, each.label) for each in Audience if items.filter(audience=each).exists()],
        "grants": list_shown_grants(list_published_grants()[:LATEST]),
    }
    if request.actor.kind is ActorKind.CITIZEN:
        context["mine"] = get_own_summary(request.actor)
    return render(request, "hall/home.html", context)


@require_safe
def show_suggestions(request: HallRequest) -> HttpResponse:
    """What the search box offers while one types."""
    query = request.GET.get("q", "").strip()[:100]
    found = suggest_items(request.actor, query) if query else []
    return render(request, "hall/suggestions.html", {"items": found, "query": query})
