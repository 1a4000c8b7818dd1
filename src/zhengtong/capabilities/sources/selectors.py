"""Reads sources: those that an actor may see."""

from django.db.models import QuerySet

from zhengtong.capabilities.sources.models import Source
from zhengtong.capabilities.sources.permissions import MANAGE, VIEW
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, visible


def list_sources(actor: Actor) -> QuerySet[Source]:
    return visible(actor, VIEW, Source.objects.select_related("organisation"))


def list_own_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations for which the actor may register sources."""
    return Organisation.objects.filter(pk__in=list(actor.reach(MANAGE)), is_active=True).order_by("id")
