"""Who may open a page of the workbench: staff with one of some permissions; others sign in or are refused."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zhengtong.kernel.policy import Actor, Denied, require

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
