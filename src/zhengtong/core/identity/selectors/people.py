"""Reading people: who holds which post, who may act for which legal entity."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from zhengtong.core.identity.models import Account, Appointment, Mandate

# The head of every page of the workbench asks this, so it is one statement, and delegations are only looked for.
_POSTS = """
SELECT a.id, o.short_name || ' ' || p.title, EXISTS (
    SELECT FROM identity_delegation d
    WHERE d.agent_id = a.id AND d.revoked_at IS NULL AND d.start_date <= %(day)s AND d.end_date >= %(day)s
)
FROM identity_appointment a
JOIN identity_staffmember s ON s.id = a.staff_id
JOIN identity_post p ON p.id = a.post_id
JOIN identity_organisation o ON o.id = p.organisation_id
WHERE s.account_id = %(account)s AND a.start_date <= %(day)s AND (a.end_date IS NULL OR a.end_date >= %(day)s)
ORDER BY a.kind DESC, a.id
"""


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A current appointment by id and title; ``has_delegations`` where there may be matters delegated to it."""

    appointment: int
    title: str
    has_delegations: bool


def list_held_posts(account: Account) -> list[HeldPost]:
    """Return what :func:`list_current_appointments` returns for today, as far as a choice of posts needs it."""
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, {"account": account.pk, "day": timezone.localdate()})
        return [HeldPost(*row) for row in cursor.fetchall()]


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
