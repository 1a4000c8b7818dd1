"""Writing the worklist. Each function is part of the caller's transaction and of its journal record."""

from datetime import datetime

from django.utils import timezone

from zhengtong.core.worklist.models import AlertLevel, WorkItem, WorkState


def open_item(
    *,
    kind: str,
    object_id: int,
    organisation_id: int,
    permission: str,
    reference: str,
    title: str,
    party: str,
    step: str,
    url: str,
    assignee_id: int | None = None,
    due_at: datetime | None = None,
    next_alert_at: datetime | None = None,
    level: str = AlertLevel.GREEN,
) -> WorkItem:
    """Put something on the list of an office, or of one appointee."""
    return WorkItem.objects.create(
        kind=kind,
        object_id=object_id,
        organisation_id=organisation_id,
        permission=permission,
        assignee_id=assignee_id,
        reference=reference,
        title=title,
        party=party,
        step=step,
        url=url,
        due_at=due_at,
        next_alert_at=next_alert_at,
        level=level,
    )


def assign_item(*, kind: str, object_id: int, assignee_id: int | None) -> None:
    """Give an open item to an appointee, or back to the office when there is none."""
    WorkItem.objects.filter(kind=kind, object_id=object_id, state=WorkState.OPEN).update(assignee_id=assignee_id)


def reschedule_items(
    *, kind: str, object_ids: list[int], due_at: datetime | None, next_alert_at: datetime | None, level: str
) -> None:
    """Move the deadline shown on open items after their clock moved."""
    WorkItem.objects.filter(kind=kind, object_id__in=object_ids, state=WorkState.OPEN).update(
        due_at=due_at, next_alert_at=next_alert_at, level=level
    )


def close_item(*, kind: str, object_id: int, done_by_id: int | None) -> None:
    """Mark an open item done by an appointee, or cancelled when nobody did it."""
    WorkItem.objects.filter(kind=kind, object_id=object_id, state=WorkState.OPEN).update(
        state=WorkState.DONE if done_by_id else WorkState.CANCELLED,
        **({"assignee_id": done_by_id} if done_by_id else {}),
        done_at=timezone.now(),
    )
