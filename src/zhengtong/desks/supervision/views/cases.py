"""The live list of all running cases within the watcher's reach, with both clocks; and what was decided in a month."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhengtong.capabilities.cases.public import (
    DUE_WITHIN,
    ENDED,
    NOBODY,
    Case,
    LegalState,
    ServiceItem,
    read_id,
    record_export,
)
from zhengtong.core.identity.public import Appointment, Organisation, Region
from zhengtong.desks.supervision.listing import (
    EXPORTED,
    FILTERS,
    WATCH,
    draw_columns,
    draw_rows,
    list_watched,
    order_of,
    read_month,
    write_lines,
)
from zhengtong.kernel.assurance import require_assurance
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.paging import Page, paginate
from zhengtong.screens.sheets.plain_csv import csv_response

MOST_CHOICES = 500


def read_filters(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in FILTERS}


def _choices(actor: Actor) -> dict[str, Any]:
    """Return what the filters offer: organs and items within reach, states of what runs, lamps."""
    organs = Organisation.objects.filter(pk__in=actor.reach(WATCH), is_active=True, kind__in=_HANDLING)
    return {
        "organisations": list(organs.order_by("region_id", "id").values_list("pk", "name")[:MOST_CHOICES]),
        "items": list(ServiceItem.objects.order_by("name").values_list("code", "name")[:MOST_CHOICES]),
        "states": [
            (state.value, _(state.label))
            for state in LegalState
            if state not in ENDED and state is not LegalState.DRAFT
        ],
    }


_HANDLING = ("department", "service_centre", "town")


def _say_filters(given: dict[str, str]) -> list[str]:
    """Return those filters in words that the form doesn't show."""
    said = []
    if given["region"] and (region := Region.objects.filter(code=given["region"]).first()):
        said.append(region.name)
    if given["holder"] == NOBODY:
        said.append(_("待领办"))
    elif (pk := read_id(given["holder"])) and (
        held := Appointment.objects.filter(pk=pk).select_related("staff").first()
    ):
        said.append(_("经办人%(name)s") % {"name": held.staff.name})
    if month := read_month(given):
        results = {"late": _("超承诺期限"), "on_time": _("按期")}
        said.append(_("%(year)d年%(month)d月作出决定") % {"year": month.year, "month": month.month})
        said += [results[given["result"]]] if given["result"] in results else []
    if given["due"] in map(str, DUE_WITHIN):
        said.append(_("%(n)s个工作日内到期") % {"n": given["due"]})
    return said


@require_GET
@for_staff(WATCH)
def show_cases(request: HttpRequest) -> HttpResponse:
    """The list; asked for by the page itself every half minute, only its rows."""
    actor, given, now = actor_of(request), read_filters(request), timezone.now()
    page: Page[Case] = paginate(list_watched(actor, given, now), request.GET, order=order_of(given))
    context = {
        "page": page,
        "columns": draw_columns(),
        "rows": draw_rows(page.rows, actor, now),
        "now": now,
        "is_filtered": any(given.values()),
    }
    if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
        return render(request, "supervision/cases_rows.html", context)
    context |= {
        "given": given,
        **_choices(actor),
        "said": _say_filters(given),
        "tabs": _tabs(request, given["lamp"]),
        "here": request.get_full_path(),
        "export_url": reverse("supervision:export") + "?" + request.GET.urlencode(),
    }
    return render(request, "supervision/cases.html", context)


def _tabs(request: HttpRequest, lamp: str) -> list[tuple[str, str, bool]]:
    """Return the lamps as tabs; the other filters stay."""
    tabs = []
    for code, title in (("", _("全部在办")), ("red", _("超期")), ("yellow", _("预警")), ("green", _("正常"))):
        query = request.GET.copy()
        for name in ("lamp", "after", "before"):
            query.pop(name, None)
        if code:
            query["lamp"] = code
        tabs.append((title, f"?{query.urlencode()}", lamp == code))
    return tabs


@require_GET
@for_staff(WATCH)
def export_cases(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, natural persons masked; the journal says who took which list."""
    require_assurance(request, "export")
    actor, given, now = actor_of(request), read_filters(request), timezone.now()
    record_export(actor=actor, filters={"running": "1", **{name: value for name, value in given.items() if value}})
    return csv_response(
        "running-cases", EXPORTED, write_lines(list_watched(actor, given, now).order_by(*order_of(given)), now)
    )
