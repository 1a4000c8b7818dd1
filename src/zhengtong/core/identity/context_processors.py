"""Gives every template the actor: who is signed in, in which capacity, and what others there are."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from zhengtong.core.identity.models import Account, AccountKind
from zhengtong.core.identity.selectors import list_live_mandates


@dataclass(frozen=True)
class Capacity:
    """``name`` is the legal entity that a citizen acts for now, "" when for herself; ``choices`` are all of hers."""

    name: str
    choices: tuple[tuple[int, str, bool], ...]
    switch_url: str


def get_capacity(request: HttpRequest) -> Capacity:
    user, chosen = request.user, getattr(getattr(request, "actor", None), "mandate", None)
    choices: tuple[tuple[int, str, bool], ...] = ()
    if isinstance(user, Account) and user.kind == AccountKind.CITIZEN:
        choices = tuple((m.pk, m.legal_entity.name, m.pk == chosen) for m in list_live_mandates(user))
    name = next((name for _, name, is_current in choices if is_current), "")
    return Capacity(name, choices, reverse("identity:capacity"))


def actor(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": getattr(request, "actor", None),
        "capacity": SimpleLazyObject(lambda: get_capacity(request)),
        "is_demo": settings.DEMO,
    }
