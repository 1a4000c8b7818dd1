"""Finding an item and reading its guide."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhengtong.capabilities.cases.public import (
    Audience,
    CaseKind,
    describe_guide,
    get_definition,
    get_item,
    get_live_version,
    list_items,
    list_offices,
)
from zhengtong.desks.hall.access import HallRequest
from zhengtong.desks.hall.record import get_item_record
from zhengtong.desks.hall.selectors import find_items, list_live_definitions, list_popular
from zhengtong.desks.hall.views.bundles import show_bundle


@require_safe
def search(request: HallRequest) -> HttpResponse:
    """Items by name, popular name or pinyin; without words all of them, or those for one kind of applicant."""
    query = request.GET.get("q", "").strip()[:100]
    audience = request.GET.get("for", "")
    if audience not in Audience.values:
        audience = ""
    found = find_items(request.actor, query) if query else list_items(audience)[:100]
    context = {
        "query": query,
        "audience": Audience(audience).label if audience else "",
        "found": list_live_definitions(found),
        "popular": list_popular(6),
    }
    return render(request, "hall/search.html", context)


@require_safe
def show_item(request: HallRequest, code: str) -> HttpResponse:
    """The guide of one item, and where it is handled."""
    item = get_item(code)
    if item is None:
        raise Http404
    version = get_live_version(item)
    definition = get_definition(version.pk)
    offices = list(list_offices(item))
    chosen = request.GET.get("region", "")
    office = next((each for each in offices if each.region.code == chosen), None)
    office = office or (offices[0] if len(offices) == 1 else None)
    if item.kind == CaseKind.BUNDLE:
        return show_bundle(request, item, version, definition, offices, office)
    context = {
        "item": item,
        **describe_guide(definition, request.GET),
        "plan_url": reverse("hall:plan", args=[item.code]),
        "offices": offices,
        "office": office,
        "record": get_item_record(item),
    }
    return render(request, "hall/item.html", context)
