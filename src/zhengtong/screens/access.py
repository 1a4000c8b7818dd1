"""Who may open a page: of the workbench, staff with one of some permissions; of declared screens, their audience."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind, Denied, can, require
from zhengtong.screens.declaration import CITIZEN, PUBLIC, ModelScreens

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of the request itself, not the proxy that makes it when first asked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # put there by identity's middleware
    _made = actor.kind
    return copy(actor)


def for_staff(*permissions: str) -> Callable[[View], View]:
    """Let in whoever holds one of ``permissions`` anywhere; what rows she may see is the view's question.

    What the pages show is personal, so nothing on the way may keep them. Raises Denied.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            actor = actor_of(request)
            if not any(actor.has(permission) for permission in permissions):
                require(actor, permissions[0])
                raise Denied(permissions[0])
            response = view(request, *args, **options)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return cast(View, guarded)

    return wrap


def for_citizens(view: View) -> View:
    """Let citizens in; whoever isn't signed in is asked to, staff have no business there. Raises Denied."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor.kind is ActorKind.ANONYMOUS:
            return redirect_to_login(request.get_full_path())
        if actor.kind is not ActorKind.CITIZEN:
            raise Denied("be a citizen")
        response = view(request, *args, **options)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return cast(View, guarded)


def may(actor: Actor, screens: ModelScreens, permission: str, row: Any = None) -> bool:
    """Return whether a button for ``permission`` is shown; what it leads to decides again.

    A citizen holds no roles: hers is what the model's protection lets an owner do.
    """
    if row is not None:
        return can(actor, permission, row)
    if actor.kind is ActorKind.CITIZEN:
        return permission in registry.get(Protected, screens.model._meta.label_lower).owner_actions
    return can(actor, permission)


def enter(screens: ModelScreens, actor: Actor) -> None:
    """Raise Denied unless ``actor`` is one of those that the screens are for."""
    if screens.audience == PUBLIC:
        return
    audience = ActorKind.CITIZEN if screens.audience == CITIZEN else ActorKind.STAFF
    if actor.kind is not audience or not may(actor, screens, screens.permission):
        require(actor, screens.permission)
        raise Denied(screens.permission)
