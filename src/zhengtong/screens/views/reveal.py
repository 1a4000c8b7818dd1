"""Asking for a masked value, and showing it: in place with a script, on a page of its own without."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.screens import presenting
from zhengtong.screens.columns import BoundColumn
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.reveal import LONGEST_PURPOSE, SHOWN_SECONDS, TooMany, find_column, reveal_value
from zhengtong.screens.routing import Route, url_of
from zhengtong.screens.views.details import get_row, name_of


@require_http_methods(["GET", "POST"])
@sensitive_variables("value")
def reveal(request: HttpRequest, screens: ModelScreens, actor: Actor, id: Any) -> HttpResponse:
    """GET asks for the purpose on a page; POST shows the value in place (htmx) or on the page."""
    row = get_row(screens, actor, id)
    asked = request.POST if request.method == "POST" else request.GET
    try:
        column = find_column(screens, actor, asked.get("field", request.GET.get("field", "")))
    except LookupError:
        raise Http404 from None
    require(actor, screens.reveal, row)
    value, problem, status = "", "", 200
    if request.method == "POST":
        try:
            value = reveal_value(
                actor=actor, screens=screens, row=row, column=column.name, purpose=request.POST.get("purpose", "")
            )
        except Refused as refused:
            problem, status = str(refused.message), 429 if isinstance(refused, TooMany) else 422
    context = {
        "line": {"name": column.name, "label": column.title, "value": column.cell(row)},
        "value": value,
        "masked": column.shown(row),
        "problem": problem,
        "purpose": request.POST.get("purpose", "")[:LONGEST_PURPOSE],
        "seconds": SHOWN_SECONDS,
        "reveal_url": url_of(screens, "reveal", row),
    }
    if request.headers.get("HX-Request"):
        response = _answer_in_place(request, column, context)
    else:
        back = presenting.row_url(screens, row) or url_of(screens)
        page = presenting.shell(request, screens, actor, name=name_of(screens, row), back=back, **context)
        response = render(request, "screens/model/reveal_page.html", page, status=status)
    add_never_cache_headers(response)
    return response


def _answer_in_place(request: HttpRequest, column: BoundColumn, context: dict[str, Any]) -> HttpResponse:
    """The value where the mask was; a problem beside the purpose in the dialog, which stays open."""
    if not context["problem"]:
        return render(request, "screens/model/reveal_value.html", context)
    # 422 whatever the reason: scripts put it where it says, and say other errors in a corner of the page.
    response = render(request, "screens/model/reveal_problem.html", context, status=422)
    response.headers["HX-Retarget"] = f"#reveal-problem-{column.name}"
    return response


ROUTES = (Route("reveal", "{id}/reveal/", reveal, lambda screens: bool(screens.reveal)),)
