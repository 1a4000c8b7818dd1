"""Looking for an item without knowing its name: by what happens in a life, by department, by whom it is for."""

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.cases.public import Audience, ItemOffice, LifeEvent, list_items
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.desks.hall.access import HallRequest
from zhengtong.desks.hall.selectors import list_live_definitions
from zhengtong.screens.paging import paginate

ORDER = ("name", "pk")


@require_safe
def show_ways(request: HallRequest) -> HttpResponse:
    """The life events, the departments of a region and the audiences that have items, each with how many."""
    events: dict[str, int] = {}
    for named in list_items().order_by().values_list("life_events", flat=True):
        for event in named:
            events[event] = events.get(event, 0) + 1
    regions = list(
        Region.objects.filter(pk__in=ItemOffice.objects.values("region")).order_by("code").only("code", "name")
    )
    chosen = next((each for each in regions if each.code == request.GET.get("region", "")), None)
    chosen = chosen or (regions[0] if regions else None)
    context = {
        "events": [(each.value, each.label, events[each.value]) for each in LifeEvent if each.value in events],
        "departments": _list_departments(chosen) if chosen else [],
        "regions": regions,
        "region": chosen,
        "audiences": [
            (each.value, each.label, list_items(each.value).count())
            for each in Audience
            if list_items(each.value).exists()
        ],
    }
    return render(request, "hall/browse.html", context)


def _list_departments(region: Region) -> list[Any]:
    offices = ItemOffice.objects.filter(region=region, item__is_published=True, item__is_standard=False).order_by()
    counts = dict(offices.values_list("organisation").annotate(items=Count("item", distinct=True)))
    organs = Organisation.objects.filter(pk__in=counts, is_active=True).order_by("name")
    return [(organ, counts[organ.pk]) for organ in organs]


@require_safe
def show_items(request: HallRequest, by: str, code: str) -> HttpResponse:
    """The items of one life event, department or audience, a page at a time."""
    items = list_items()
    if by == "event" and code in LifeEvent.values:
        title, items = str(LifeEvent(code).label), items.filter(life_events__contains=[code])
    elif by == "department" and code.isdecimal() and len(code) < 10:
        organ = Organisation.objects.filter(pk=int(code)).first()
        if organ is None:
            raise Http404
        handled = ItemOffice.objects.filter(organisation=organ).values("item")
        title, items = organ.name, items.filter(pk__in=handled)
    elif by == "audience" and code in Audience.values:
        title, items = _("%(audience)s办事") % {"audience": Audience(code).label}, items.filter(audience=code)
    else:
        raise Http404
    page = paginate(items, request.GET, order=ORDER)
    context = {"title": title, "page": page, "found": list_live_definitions(page.rows)}
    return render(request, "hall/browse_items.html", context)
