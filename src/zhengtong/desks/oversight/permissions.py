"""Who looks at what: the journal's own permissions, and which records they reach."""

from django.db.models import Q, QuerySet

from zhengtong.core.audit.public import AuditRecord
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong.kernel.reach import reached

VIEW = "audit.view_journal"
VIEW_PUBLIC = "audit.view_public_journal"
EXPORT = "audit.export_evidence"
STAFF, PUBLIC = "staff", "public"


def list_reachable(actor: Actor, whose: str = "", found: QuerySet[AuditRecord] | None = None) -> QuerySet[AuditRecord]:
    """Return the records that ``actor`` may read: of organisations within her reach, and, with the permission for it,
    those of the public and of the platform itself. ``whose`` narrows to one of these."""
    records = AuditRecord.objects.all() if found is None else found
    is_public = ~Q(actor_kind=ActorKind.STAFF)
    within = Q(reached("organisation", actor.reach(VIEW)))
    if not actor.has(VIEW_PUBLIC):
        return records.filter(within) if whose != PUBLIC else records.none()
    if whose == STAFF:
        return records.filter(within)
    if whose == PUBLIC:
        return records.filter(is_public)
    return records.filter(within | is_public)
