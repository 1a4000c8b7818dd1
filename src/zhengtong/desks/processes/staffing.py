"""Whether anybody can work at a node: asked at publishing, when a missing person can still be named."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.kernel.modules import Role, registry


def is_staffed(permission: str, organisation: str) -> bool:
    """Return whether somebody in office holds ``permission`` in the organisation with this code ("": in any)."""
    roles = [role.key for role in registry.of(Role) if permission in role.permissions]
    today = timezone.localdate()
    held = Appointment.objects.filter(
        Q(end_date=None) | Q(end_date__gte=today), start_date__lte=today, post__roles__role__in=roles
    )
    if organisation:
        found = find_organisation(organisation)
        if found is None:
            return False
        held = held.filter(post__organisation=found)
    return held.exists()


def find_organisation(code: str) -> Organisation | None:
    """Return the organisation with the unified social credit code, or, where it has none, the platform's own."""
    found = Organisation.objects.filter(credit_code=code).first()
    if found is None:
        try:
            found = Organisation.objects.filter(public_id=UUID(code)).first()
        except ValueError:
            return None
    return found
