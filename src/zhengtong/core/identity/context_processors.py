"""Gives every template the actor: who is signed in, in which capacity, and what others there are."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from zhengtong.core.identity.models import Account, AccountKind, Representation, RepresentationKind
from zhengtong.core.identity.representations import list_live_representations
from zhengtong.core.identity.selectors import list_live_mandates


@dataclass(frozen=True)
class Capacity:
    """In whose name a citizen acts: ``name`` is the legal entity's or the represented citizen's, "" for herself.

    ``choices`` are all others of hers: value, name and whether it is the present one.
    """

    name: str
    is_for_person: bool
    choices: tuple[tuple[str, str, bool], ...]
    switch_url: str

    @property
    def enterprises(self) -> tuple[tuple[str, str, bool], ...]:
        """Those of ``choices`` that are legal entities."""
        return tuple(choice for choice in self.choices if choice[0].startswith("mandate-"))


def get_capacity(request: HttpRequest) -> Capacity:
    user, actor = request.user, getattr(request, "actor", None)
    found: list[tuple[str, str, str, bool]] = []
    if isinstance(user, Account) and user.kind == AccountKind.CITIZEN and actor is not None:
        found += [
            (f"mandate-{m.pk}", m.legal_entity.name, m.legal_entity.name, m.pk == actor.mandate)
            for m in list_live_mandates(user)
        ]
        found += [
            (f"representation-{r.pk}", _say(r), r.principal.name, r.pk == actor.representation)
            for r in list_live_representations(user)
        ]
    name = next((name for *_rest, name, is_current in found if is_current), "")
    is_for_person = actor is not None and actor.representation is not None
    choices = tuple((value, title, is_current) for value, title, _name, is_current in found)
    return Capacity(name, is_for_person, choices, reverse("identity:capacity"))


def _say(representation: Representation) -> str:
    kind = {RepresentationKind.GUARDIAN: _("监护人"), RepresentationKind.AGENT: _("代理人")}
    return _("代%(name)s（%(kind)s）") % {
        "name": representation.principal.name,
        "kind": kind[RepresentationKind(representation.kind)],
    }


def actor(request: HttpRequest) -> dict[str, Any]:
    return {
        "actor": getattr(request, "actor", None),
        "capacity": SimpleLazyObject(lambda: get_capacity(request)),
        "is_demo": settings.DEMO,
        "offers_certificates": bool(settings.CLIENT_CERTIFICATE_SECRET),
    }
