"""What ends by the clock: approvals that nobody used in their hours."""

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.seals.models import CopyState, SealedCopy, SealUse, UseState


@transaction.atomic
def expire_approvals() -> int:
    """End approvals whose hours are over; copies that were sealed in time stay. Twice is once."""
    # A batch goes on by itself: its documents fail one by one when their hours are over.
    over = SealUse.objects.filter(state=UseState.APPROVED, valid_until__lt=timezone.now(), batch=None)
    ids = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True))
    SealedCopy.objects.filter(use__in=ids, state=CopyState.WAITING).update(state=CopyState.CANCELLED)
    SealUse.objects.filter(pk__in=ids).update(state=UseState.EXPIRED)
    return len(ids)
