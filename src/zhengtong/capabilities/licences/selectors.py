"""Reading licences."""

from django.db.models import QuerySet

from zhengtong.capabilities.licences.models import Licence
from zhengtong.kernel.policy import Actor, visible


def list_licences(actor: Actor) -> QuerySet[Licence]:
    """Return the licences that ``actor`` may see, the newest first: her own, or those of the organs in reach."""
    found = visible(actor, "licences.view_licence", Licence.objects.all())
    return found.select_related("paper", "organisation", "case").order_by("-id")
