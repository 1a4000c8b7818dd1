"""Reading the worklist: what waits for me, what waits for my office, what I have done."""

from collections import defaultdict

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhengtong.core.worklist.models import WorkItem, WorkState
from zhengtong.kernel.policy import Actor


def list_mine(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items that this appointee has claimed or was given, the soonest due first."""
    return WorkItem.objects.filter(assignee_id=actor.appointment, state=WorkState.OPEN).order_by("due_at", "id")


def list_office(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items that nobody has claimed yet and that this appointee's roles may do."""
    by_reach: dict[frozenset[int], set[str]] = defaultdict(set)
    for grant in actor.grants:
        by_reach[grant.organisations] |= grant.permissions
    allowed = Q(pk__in=[])
    for organisations, permissions in by_reach.items():
        allowed |= Q(organisation_id__in=organisations, permission__in=permissions)
    found = WorkItem.objects.filter(allowed, assignee=None, state=WorkState.OPEN)
    return found.order_by("due_at", "id")


def list_done(actor: Actor) -> QuerySet[WorkItem]:
    """Return what this appointee has done, the latest first."""
    return WorkItem.objects.filter(assignee_id=actor.appointment, state=WorkState.DONE).order_by("-done_at", "-id")


def count_mine(actor: Actor) -> dict[str, int]:
    """Return how many open items wait for this appointee: all, due today, overdue."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=23, minute=59, second=59, microsecond=999999)
    return list_mine(actor).aggregate(
        all=Count("id"),
        today=Count("id", filter=Q(due_at__gte=now, due_at__lte=midnight)),
        overdue=Count("id", filter=Q(due_at__lt=now)),
    )
