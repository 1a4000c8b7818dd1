"""Changes that a system fetches itself: asking after a number says that all up to it arrived."""

import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.interfaces.gateway.admission import Sender, admit_subscriber
from zhengtong.capabilities.interfaces.gateway.serving import Given
from zhengtong.capabilities.interfaces.models import Change, ChangeState, Subscription, SubscriptionState, Way

MOST_CHANGES = 500


def pull_changes(sender: Sender, code: str) -> Given:
    """Return the changes behind the number that the system names. Raises Problem."""
    admit_subscriber(sender, recipient=f"subscription:{code}")
    try:
        asked: Any = json.loads(sender.body or b"{}")
        after, limit = int(asked.get("after", 0)), int(asked.get("limit", 100))
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Problem("body-form", "after, limit") from None
    if after < 0 or not 1 <= limit <= MOST_CHANGES:
        raise Problem("body-form", "after, limit")
    with transaction.atomic():
        found = Subscription.objects.select_for_update().filter(code=code, member_id=sender.member, way=Way.PULL)
        subscription = found.exclude(state=SubscriptionState.ENDED).first()
        if subscription is None:
            raise Problem("subscription-unknown", code)
        if after > subscription.last:
            raise Problem("body-form", "after")
        if after > subscription.arrived:
            settled = Change.objects.filter(subscription=subscription, sequence__lte=after, state=ChangeState.WAITING)
            settled.update(state=ChangeState.ARRIVED, arrived_at=timezone.now(), next_at=None)
            subscription.arrived = after
            subscription.save(update_fields=["arrived"])
    waiting = list(
        Change.objects.filter(subscription=subscription, sequence__gt=after).order_by("sequence")[: limit + 1]
    )
    rows = [describe_change(code, each) for each in waiting[:limit]]
    return Given(rows, 0, str(rows[-1]["sequence"]) if len(waiting) > limit else "")


def describe_change(code: str, change: Change) -> dict[str, Any]:
    """Return what a subscriber is told, by either way."""
    return {
        "subscription": code,
        "sequence": change.sequence,
        "kind": change.kind,
        "at": change.made_at.isoformat(timespec="milliseconds"),
    } | dict(change.content)
