"""Reading people: who holds which post, who may act for which legal entity."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from zhengtong.core.identity.models import Account, Appointment, Mandate


def list_current_appointments(account: Account, on: date | None = None) -> QuerySet[Appointment]:
    """Return the appointments that ``account`` holds on a day, the main one first."""
    day = on or timezone.localdate()
    return (
        Appointment.objects.filter(staff__account=account, start_date__lte=day)
        .filter(Q(end_date=None) | Q(end_date__gte=day))
        .select_related("post__organisation__region", "staff")
        .prefetch_related(Prefetch("post__roles"))
        .order_by("-kind", "id")
    )


def list_live_mandates(account: Account) -> QuerySet[Mandate]:
    """Return the legal entities that a citizen may act for now."""
    lasts = Q(end_date=None) | Q(end_date__gte=timezone.localdate())
    return Mandate.objects.filter(lasts, citizen__account=account, revoked_at=None).select_related("legal_entity")


def list_colleagues(organisation_id: int, role: str | None = None, on: date | None = None) -> QuerySet[Appointment]:
    """Return who holds a post in an organisation today, optionally only holders of ``role``."""
    day = on or timezone.localdate()
    found = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=day),
        post__organisation_id=organisation_id,
        start_date__lte=day,
        staff__account__is_active=True,
    )
    if role:
        found = found.filter(post__roles__role=role)
    return found.select_related("staff", "post__organisation").order_by("staff_id", "kind").distinct()
