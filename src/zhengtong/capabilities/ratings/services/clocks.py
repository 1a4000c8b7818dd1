"""The lamps of follow-ups: what changes at its moment, on the list and in the journal; offices that are succeeded."""

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.ratings.models import FollowUp, FollowUpState
from zhengtong.capabilities.ratings.steps import Node, due_of, lamp_of
from zhengtong.core.audit.public import build, record_all
from zhengtong.core.worklist.public import reschedule_items
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

BATCH = 500


@transaction.atomic
def fire_due(limit: int = BATCH) -> int:
    """Change the lamps whose moment has come; return how many. Run again it finds none."""
    now = timezone.now()
    due = list(
        FollowUp.objects.filter(closed_at=None, next_alert_at__lte=now)
        .select_related("case__office__region")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_alert_at")[:limit]
    )
    entries = []
    for follow_up in due:
        node, before = Node(follow_up.state), follow_up.level
        lamp = lamp_of(follow_up, node, now)
        follow_up.level, follow_up.next_alert_at = lamp.level, lamp.next_alert_at
        reschedule_items(
            kind=node.kind,
            object_ids=[follow_up.pk],
            due_at=due_of(follow_up, node),
            next_alert_at=lamp.next_alert_at,
            level=lamp.level,
        )
        entries.append(
            build(SYSTEM, "ratings.clock_alert", follow_up, before={"level": before}, after={"level": lamp.level})
        )
    FollowUp.objects.bulk_update(due, ["level", "next_alert_at"])
    record_all(entries)
    return len(due)


@step()
def succeed_office(*, actor: Actor, organisation_id: int, successor_id: int) -> int:
    """Let the successor of an office that ended go on with its follow-ups; their limits stay. Return how many."""
    running = FollowUp.objects.filter(organisation_id=organisation_id).exclude(state=FollowUpState.CLOSED)
    ids = list(running.order_by("pk").select_for_update().values_list("pk", flat=True))
    FollowUp.objects.filter(pk__in=ids).update(organisation_id=successor_id)
    before, after = {"organisation": organisation_id}, {"organisation": successor_id}
    record_all(
        build(actor, "ratings.succeed_office", ("ratings.followup", pk), before=before, after=after) for pk in ids
    )
    return len(ids)
