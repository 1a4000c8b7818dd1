"""Addresses of declared screens: what a part of the engine offers at which address, and how to link there.

Each part (lists, sheets, maps …) has ``ROUTES``. A view takes ``(request, screens, actor)`` and what its path names;
the door is guarded before it is called.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from zhengtong.screens.access import actor_of, enter
from zhengtong.screens.columns import find_path
from zhengtong.screens.declaration import CITIZEN, PUBLIC, STAFF, ModelScreens

View = Callable[..., HttpResponseBase]
PREFIXES = {STAFF: "desk", CITIZEN: "my", PUBLIC: "open"}
# Part of a path: the row, in the form that its ``lookup`` has.
ID = "{id}"


@dataclass(frozen=True)
class Route:
    """``verb`` is the last part of the name (``screens:wells.wells.list``); ``path`` is what follows the list's own
    address, with ``{id}`` for a row. ``when`` says which screens have it."""

    verb: str
    path: str
    view: View
    when: Callable[[ModelScreens], bool] = lambda screens: True

    @property
    def is_of_row(self) -> bool:
        return ID in self.path


def id_converter(screens: ModelScreens) -> str:
    """Return the path converter for a row's ``lookup``: what can't be one is no address."""
    match find_path(screens.model, screens.lookup)[-1]:
        case models.AutoField() | models.IntegerField():
            return "<int:id>"
        case models.UUIDField():
            return "<uuid:id>"
    return "<str:id>"


def url_name(screens: ModelScreens, verb: str) -> str:
    return f"screens:{screens.key}.{verb}"


def url_of(screens: ModelScreens, verb: str = "list", row: Any = None, **parts: Any) -> str:
    """Return the address of a verb, of ``row`` when it is one of a row. Raises NoReverseMatch for one not declared."""
    if row is not None:
        parts["id"] = getattr(row, screens.lookup)
    return reverse(url_name(screens, verb), kwargs=parts)


def opened(screens: ModelScreens, route: Route) -> View:
    """Return the view of ``route`` for ``screens`` behind their door. What is personal isn't kept on the way."""

    @wraps(route.view)
    def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        actor = actor_of(request)
        enter(screens, actor)
        response = route.view(request, screens, actor, **parts)
        if screens.audience != PUBLIC:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    guarded.screens, guarded.route = screens, route  # type: ignore[attr-defined]  # for tests that go through all addresses
    return guarded
