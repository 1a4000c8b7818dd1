"""The whole history of a row on a page of its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhengtong.kernel.policy import Actor
from zhengtong.screens import presenting
from zhengtong.screens.declaration import History, ModelScreens
from zhengtong.screens.history import history_panel
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.views.details import get_row, name_of

ON_PAGE = 30


@require_GET
def show_history(request: HttpRequest, screens: ModelScreens, actor: Actor, id: Any) -> HttpResponse:
    row = get_row(screens, actor, id)
    before = request.GET.get("before", "")
    context = presenting.shell(
        request,
        screens,
        actor,
        name=name_of(screens, row),
        detail_url=url_of(screens, "detail", row),
        history_url=url_of(screens, "history", row),
        history=history_panel(actor, screens, row, before=before, size=ON_PAGE),
        is_first_page=not before,
    )
    return render(request, "screens/model/history_page.html", context)


def _has_history(screens: ModelScreens) -> bool:
    return any(isinstance(panel, History) for panel in screens.detail)


ROUTES = (Route("history", "{id}/history/", show_history, _has_history),)
