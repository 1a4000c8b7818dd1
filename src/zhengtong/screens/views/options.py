"""What a chooser offers while one types: the rows of another model whose code or name begins so."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_GET

from zhengtong.kernel.policy import Actor
from zhengtong.screens.choosing import Chosen
from zhengtong.screens.columns import find_path
from zhengtong.screens.declaration import Choice, Filter, ModelScreens
from zhengtong.screens.routing import Route
from zhengtong.screens.writing import read_signature


def find_target(screens: ModelScreens, name: str) -> Any:
    """Return the foreign key that these screens ask people for under ``name``: nothing else is looked up here.

    Raises LookupError.
    """
    names = {each.field if isinstance(each, Filter) else each for each in screens.filters}
    for act in (screens.create, screens.amend, *screens.actions):
        if act is None or act.form is not None:
            continue
        choice = act.asks.get(name)
        if isinstance(choice, Choice):
            return choice.target
        names |= {asked.removesuffix("_id") for asked in read_signature(screens, act).asked}
    if name not in names:
        raise LookupError(name)
    try:
        return find_path(screens.model, name)[-1]
    except FieldDoesNotExist:
        raise LookupError(name) from None


@require_GET
def show_options(request: HttpRequest, screens: ModelScreens, actor: Actor, field: str) -> HttpResponse:
    try:
        target = find_target(screens, field)
    except LookupError:
        raise Http404 from None
    if not isinstance(target.related_model, type):
        raise Http404
    # A parameter may be called owner_id: the chooser says under which name it sends what was typed.
    text = request.GET.get(request.GET.get("chooser", field), "")
    offered = Chosen(screens, target, actor).offer(text)
    return HttpResponse(format_html_join("\n", '<option value="{}"></option>', ((label,) for label in offered)))


ROUTES = (Route("options", "options/<str:field>/", show_options),)
