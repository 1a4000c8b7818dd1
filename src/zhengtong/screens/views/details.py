"""One row: its panels, its acts, its history."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.listing import scope
from zhengtong.screens.panels import draw_panels
from zhengtong.screens.presenting import name_of as name_of  # other views take it from here
from zhengtong.screens.routing import Route


def get_row(screens: ModelScreens, actor: Actor, id: Any) -> Any:
    """Return the row, whole. Raises Http404 for one that doesn't exist and for one that isn't hers to see alike."""
    row = scope(screens, actor).filter(**{screens.lookup: id}).first()
    if row is None:
        raise Http404
    return row


@require_GET
def show_detail(request: HttpRequest, screens: ModelScreens, actor: Actor, id: Any) -> HttpResponse:
    row = get_row(screens, actor, id)
    context = presenting.shell(
        request,
        screens,
        actor,
        row=row,
        name=name_of(screens, row),
        panels=draw_panels(request, screens, actor, row),
        buttons=presenting.row_buttons(screens, actor, row),
        token=uuid4().hex,
    )
    return render(request, "screens/model/detail.html", context)


ROUTES = (Route("detail", "{id}/", show_detail, when=lambda screens: bool(screens.detail)),)
