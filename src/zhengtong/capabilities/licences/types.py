"""The types of licence that organs issue (证照目录), as far as one reaches: how many, and by which seal."""

from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from zhengtong.capabilities.licences.models import Licence
from zhengtong.capabilities.seals.public import find_authorised
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import Actor, visible


@dataclass(frozen=True)
class TypeInUse:
    """A type of licence in one organ. ``seal`` is the name of the seal that its licences bear, "" for none."""

    code: str
    title: str
    office: str
    issued: int
    in_force: int
    seal: str


def count_types(actor: Actor) -> list[TypeInUse]:
    """Return the types that the organs in reach have issued, the most used first; two hundred at most."""
    today = timezone.localdate()
    holds = Q(paper__revoked_at=None, paper__suspended_at=None) & (Q(valid_until=None) | Q(valid_until__gte=today))
    found = (
        visible(actor, "licences.view_licence", Licence.objects.all())
        .values("kind", "organisation_id")
        .annotate(issued=Count("id"), in_force=Count("id", filter=holds), title=Max("paper__title"))
        .order_by("-issued", "kind", "organisation_id")[:200]
    )
    rows = list(found)
    offices = Organisation.objects.in_bulk([row["organisation_id"] for row in rows])
    return [
        TypeInUse(
            row["kind"],
            row["title"],
            offices[row["organisation_id"]].name,
            row["issued"],
            row["in_force"],
            authorised.seal.name
            if (authorised := find_authorised(offices[row["organisation_id"]], row["kind"])) is not None
            else "",
        )
        for row in rows
    ]
