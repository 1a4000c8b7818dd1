"""Choosing the columns of a list and their order: boxes to tick, buttons up and down; works without a script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import COLUMNS, Listing
from zhengtong.screens.routing import Route
from zhengtong.screens.saved_views import columns_of, keeps_views, remember_columns
from zhengtong.screens.view_bar import PLAIN, VIEW, url_with

LONGEST_QUERY = 4000


@require_http_methods(["GET", "POST"])
def choose_columns(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    """GET shows the list's columns, those that it shows now first; POST moves one (``up``, ``down``: a name), takes
    over the choice, or with ``reset`` goes back to the columns as they are declared."""
    query = (request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode())[:LONGEST_QUERY]
    listing = Listing(screens, actor, QueryDict(query))
    problem = ""
    if request.method == "POST":
        order, shown = _read(request.POST, listing)
        if "reset" in request.POST:
            return _take_over(request, listing, [], query)
        if "up" in request.POST or "down" in request.POST:
            order = _move(order, request.POST.get("up", ""), request.POST.get("down", ""))
        else:
            chosen = [name for name in order if name in shown]
            if chosen:
                return _take_over(request, listing, chosen, query)
            problem = _("至少要留一列")
    else:
        shown = columns_of(listing)
        order = [*shown, *(column.name for column in listing.offered if column.name not in shown)]
    titles = {column.name: column.title for column in listing.offered}
    last = len(order) - 1
    lines = [(name, titles[name], name in shown, place > 0, place < last) for place, name in enumerate(order)]
    context = presenting.shell(
        request,
        screens,
        actor,
        lines=lines,
        query=query,
        problem=problem,
        back=url_with(screens, query),
        is_remembered=keeps_views(screens, actor),
    )
    return render(request, "screens/model/columns.html", context, status=422 if problem else 200)


def _read(posted: QueryDict, listing: Listing) -> tuple[list[str], list[str]]:
    """Return all columns in the order of the form, and those that are ticked; what isn't offered is left out."""
    offered = [column.name for column in listing.offered]
    order = [name for name in dict.fromkeys(posted.getlist("order")) if name in offered]
    order += [name for name in offered if name not in order]
    return order, [name for name in posted.getlist("shown") if name in offered]


def _move(order: list[str], up: str, down: str) -> list[str]:
    name, by = (up, -1) if up else (down, 1)
    if name in order:
        at = order.index(name)
        to = min(max(at + by, 0), len(order) - 1)
        order[at], order[to] = order[to], order[at]
    return order


def _take_over(request: HttpRequest, listing: Listing, chosen: list[str], query: str) -> HttpResponse:
    first = [column.name for column in listing.offered if column.column.is_shown]
    if chosen == first:
        chosen = []
    if keeps_views(listing.screens, listing.actor):
        remember_columns(actor=listing.actor, listing=listing, columns=chosen)
        messages.success(request, _("已记住您选的列") if chosen else _("已恢复原来的列"))
    parameters = QueryDict(query, mutable=True)
    parameters.pop(COLUMNS, None)
    if chosen:
        parameters[COLUMNS] = ",".join(chosen)
    elif VIEW not in parameters and keeps_views(listing.screens, listing.actor):
        parameters[VIEW] = PLAIN
    return redirect(url_with(listing.screens, parameters.urlencode()))


ROUTES = (Route("columns", "columns/", choose_columns),)
