"""What owners of work call. Each function is part of the caller's transaction and of its journal record."""

from datetime import datetime

from django.utils import timezone

from zhengtong.core.worklist.declarations import WorkKind
from zhengtong.core.worklist.models import AlertLevel, Nature, WorkItem, WorkState
from zhengtong.kernel.modules import registry


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
    """Put something on the list of an office, or of one appointee; what is only to be read has a reader.

    Raises LookupError when nobody declared the kind, ValueError when it doesn't name the permission: such an item
    would be on nobody's list.
    """
    declared = registry.get(WorkKind, kind)
    if permission not in declared.permissions:
        raise ValueError(f"{kind} doesn't declare {permission}")
    return WorkItem.objects.create(
        kind=kind,
        object_id=object_id,
        nature=declared.nature,
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


def reschedule_items(
    *, kind: str, object_ids: list[int], due_at: datetime | None, next_alert_at: datetime | None, level: str
) -> None:
    """Move the deadline shown on open items after their clock moved."""
    WorkItem.objects.filter(kind=kind, object_id__in=object_ids, state=WorkState.OPEN, nature=Nature.TO_DO).update(
        due_at=due_at, next_alert_at=next_alert_at, level=level
    )


def rename_items(*, reference: str, title: str, party: str) -> None:
    """Say the items with a number by other words, those that are done too, after what has it got a mark or lost it."""
    WorkItem.objects.filter(reference=reference).update(title=title, party=party)


def close_item(*, kind: str, object_id: int, done_by_id: int | None, done_by_agent_id: int | None = None) -> None:
    """Mark an open item done by an appointee (by her agent, if one acted), or cancelled when nobody did it."""
    WorkItem.objects.filter(kind=kind, object_id=object_id, state=WorkState.OPEN, nature=Nature.TO_DO).update(
        state=WorkState.DONE if done_by_id else WorkState.CANCELLED,
        **({"assignee_id": done_by_id, "done_by_agent_id": done_by_agent_id} if done_by_id else {}),
        done_at=timezone.now(),
    )
