"""Reading organisations: as they are, as they were on a day, what is planned, and how far a post reaches."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.identity.models import (
    Appointment,
    Organisation,
    OrganisationVersion,
    Reorganisation,
    Succession,
)
from zhengtong.core.identity.trees import get_stamp, list_organisation_ids
from zhengtong.kernel.modules import Text


def list_reachable_organisations(organisation: Organisation, reach: str) -> frozenset[int]:
    """Return the ids of the organisations that a role with ``reach`` on a post there covers, with their predecessors.

    ``reach`` is one of :class:`Reach`.
    """
    return list_organisation_ids(organisation.pk, organisation.region_id, reach, get_stamp())


def list_versions(organisation: Organisation) -> QuerySet[OrganisationVersion]:
    """Return what ``organisation`` has been, the newest version first."""
    return organisation.versions.select_related("region", "parent").order_by("-valid_from")


def get_version(organisation: Organisation, day: date) -> OrganisationVersion | None:
    """Return what ``organisation`` was on ``day``; None when it wasn't founded yet."""
    return list_versions(organisation).filter(valid_from__lte=day).first()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions say differently, in words."""

    title: Text
    before: str
    after: str


def compare_versions(before: OrganisationVersion, after: OrganisationVersion) -> list[Difference]:
    """Return what changed from one version to another; [] when nothing that a version holds did."""
    found = []
    for name in ("name", "short_name", "kind", "region", "parent", "is_active"):
        was, now = _say(before, name), _say(after, name)
        if was != now:
            found.append(Difference(OrganisationVersion._meta.get_field(name).verbose_name, was, now))  # type: ignore[union-attr]  # none of these is a reverse relation
    return found


def _say(version: OrganisationVersion, name: str) -> str:
    value = getattr(version, name)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    display = getattr(version, f"get_{name}_display", None)
    return str(display() if display else value if value is not None else "")


def list_planned_changes(organisation: Organisation | None = None) -> QuerySet[Reorganisation]:
    """Return the changes that wait for their day, the nearest first; of one organisation, or all."""
    found = Reorganisation.objects.filter(applied_at=None, cancelled_at=None).order_by("on_date", "id")
    return found.filter(organisations=organisation) if organisation else found


def list_predecessors(organisation: Organisation) -> QuerySet[Succession]:
    """Return from whom ``organisation`` took over, the newest first."""
    return organisation.inheritances.select_related("predecessor").order_by("-on_date", "id")


def list_successors(organisation: Organisation) -> QuerySet[Succession]:
    """Return who took over from ``organisation``."""
    return organisation.successions.select_related("successor").order_by("-on_date", "id")


def list_holders(organisation: Organisation, on: date | None = None) -> QuerySet[Appointment]:
    """Return the appointments in ``organisation`` that last on a day or begin after it."""
    day = on or timezone.localdate()
    return (
        Appointment.objects.filter(Q(end_date=None) | Q(end_date__gte=day), post__organisation=organisation)
        .select_related("staff__account", "post")
        .order_by("post_id", "id")
    )
