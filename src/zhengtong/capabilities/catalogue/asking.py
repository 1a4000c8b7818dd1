"""Whether a reader may ask for an entry, and where: what is offered beside it in lists and on its pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from zhengtong.capabilities.catalogue.models import Resource, ShareType
from zhengtong.kernel.modules import Declaration, registry
from zhengtong.kernel.policy import Actor


@dataclass(frozen=True)
class AskingPage(Declaration):
    """Where entries are asked for: ``page`` is the name of the address that takes an entry's code.

    Only who has ``permission`` is led there. ``why_not`` returns why an entry can't be asked for, "" when it can.
    """

    page: str
    permission: str
    why_not: Callable[[Resource], str]

    @property
    def key(self) -> str:
        return "catalogue"


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands beside an entry. ``url``: where this reader asks for it, "" when she can't.

    ``withheld_basis`` is by which law it isn't shared (国发〔2016〕51号 第九条: 不予共享 needs one), "" when it is.
    """

    name: str = ""
    url: str = ""
    withheld_basis: str = ""


NOTHING: Final = Offer()


def offer_entry(actor: Actor, resource: Resource) -> Offer:
    """Return what is offered to ``actor`` beside an entry whose ``current`` version is read already."""
    version = resource.current
    if version is None:
        return NOTHING
    if ShareType.WITHHELD in (version.share_type, resource.share_type):
        return Offer(version.name, withheld_basis=version.withheld_basis)
    try:
        page = registry.get(AskingPage, "catalogue")
    except LookupError:
        return NOTHING
    # Nobody asks her own office, or for another one; nobody is led to a page that refuses her.
    may_ask = actor.organisation in actor.reach(page.permission) and resource.provider_id != actor.organisation
    if not may_ask or page.why_not(resource):
        return NOTHING
    return Offer(version.name, reverse(page.page, args=[resource.code]))


def offer_each(actor: Actor, ids: Iterable[int]) -> Mapping[int, Offer]:
    """Return what is offered beside each of a page's entries, by their ids."""
    found = Resource.objects.filter(pk__in=list(ids)).select_related("current")
    return {resource.pk: offer_entry(actor, resource) for resource in found}
