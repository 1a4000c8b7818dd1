"""The list of a declared model: with scripts only the part that changes is fetched, without them the page."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.routing import Route
from zhengtong.screens.view_bar import make_view_bar

# What htmx calls the part of the page that a filter, a sort or a page changes.
PART = "div#listing"
# As many filters stand in sight; the others are unfolded.
FIRST_FILTERS = 4


@require_GET
def show_list(request: HttpRequest, screens: ModelScreens, actor: Actor) -> HttpResponse:
    listing = Listing(screens, actor, request.GET)
    bar = make_view_bar(listing)
    if bar.start:
        return redirect(bar.start)
    page = listing.page()
    bulk = presenting.bulk_buttons(screens, actor)
    context = presenting.shell(
        request,
        screens,
        actor,
        listing=listing,
        page=page,
        table=presenting.table_of(listing, page.rows),
        create=presenting.create_button(screens, actor),
        bulk=bulk,
        select="row" if bulk else "",
        bar=bar,
        token=uuid4().hex,
        exports=presenting.list_exports(screens, actor, request.GET.urlencode()),
        import_url=presenting.import_url(screens, actor),
        conditions=presenting.list_conditions(listing),
        more_open=any(bound.is_active for bound in listing.filters[FIRST_FILTERS:]),
        search_label=presenting.search_label(screens),
        further=presenting.carried(listing),
        query_string=request.GET.urlencode(),
    )
    is_part = request.headers.get("HX-Target") == PART
    response = render(request, "screens/model/listing.html" if is_part else "screens/model/list.html", context)
    patch_vary_headers(response, ("HX-Target",))
    return response


ROUTES = (Route("list", "", show_list),)
