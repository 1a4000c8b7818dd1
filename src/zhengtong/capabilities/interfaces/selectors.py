"""Reading what the desk shows: services with their figures, the log, one call with its proof."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.interfaces.domain import BUCKETS_MS, PROBLEMS, find_quantile
from zhengtong.capabilities.interfaces.models import (
    Call,
    Change,
    ChangeState,
    HourTally,
    RefusalTally,
    Service,
)
from zhengtong.capabilities.interfaces.permissions import READ, VIEW
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Actor, require, visible


@dataclass(slots=True)
class Figures:
    """Sums over some hours. ``p95`` is the upper bound of the bucket in milliseconds, None of no calls."""

    calls: int = 0
    refused: int = 0
    failed: int = 0
    rows: int = 0
    microseconds: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_MS) + 1))

    def add(self, tally: HourTally) -> None:
        self.calls += tally.calls
        self.refused += tally.refused
        self.failed += tally.failed
        self.rows += tally.rows
        self.microseconds += tally.microseconds
        self.buckets = [a + b for a, b in zip(self.buckets, tally.buckets, strict=True)]

    @property
    def mean_ms(self) -> float | None:
        return round(self.microseconds / self.calls / 1000, 1) if self.calls else None

    @property
    def p95_ms(self) -> int | None:
        return find_quantile(self.buckets, 0.95)


def list_services() -> QuerySet[Service]:
    """Return every service: whoever may apply for data has to find what there is. Figures are another matter."""
    return Service.objects.select_related("resource", "provider", "source").order_by("state", "name", "pk")


def count_by_service(actor: Actor, services: Iterable[Service], hours: int = 24) -> dict[int, Figures]:
    """Return the figures of those services whose provider the actor reaches, by their key."""
    reached = actor.reach(VIEW)
    keys = [each.pk for each in services if each.provider_id in reached]
    found: dict[int, Figures] = {key: Figures() for key in keys}
    for tally in HourTally.objects.filter(service_id__in=keys, hour__gte=timezone.now() - timedelta(hours=hours)):
        if tally.service_id is not None:
            found[tally.service_id].add(tally)
    return found


def count_by_hour(service: Service, hours: int = 24) -> list[tuple[datetime, Figures]]:
    """Return a service's figures hour by hour, the latest first; hours without a call are left out."""
    sums: dict[datetime, Figures] = defaultdict(Figures)
    for tally in HourTally.objects.filter(service=service, hour__gte=timezone.now() - timedelta(hours=hours)):
        sums[tally.hour].add(tally)
    return sorted(sums.items(), reverse=True)


def list_calls(actor: Actor) -> QuerySet[Call]:
    """Return the calls of organisations that the actor reaches, and those of services that they provide."""
    reached = actor.reach(VIEW)
    return (
        Call.objects.filter(Q(organisation_id__in=reached) | Q(provider_id__in=reached))
        .select_related("member", "service", "organisation", "contract")
        .defer("body", "envelope")
    )


def read_body(*, actor: Actor, call: Call, purpose: str) -> dict[str, Any] | None:
    """Return what was asked and answered; the look is journalled with its purpose. Raises Refused and Denied."""
    require(actor, READ, call)
    if len(purpose.strip()) < 2:
        raise Refused("purpose", _("请写明查看的用途。"), "purpose")
    with transaction.atomic():
        record(actor.stating(purpose.strip()), "interfaces.read_body", call, after={"number": call.number})
    body: dict[str, Any] | None = Call.objects.values_list("body", flat=True).get(pk=call.pk)
    return body


def count_dead(actor: Actor) -> int:
    return visible(actor, VIEW, Change.objects.filter(state=ChangeState.DEAD)).count()


def count_strangers(hours: int = 24) -> int:
    """Return how many calls came that nobody known had sent."""
    found = RefusalTally.objects.filter(hour__gte=timezone.now() - timedelta(hours=hours))
    return found.aggregate(n=Sum("count"))["n"] or 0


def say_code(code: str) -> str:
    """Return a result's code in words."""
    return str(PROBLEMS[code].title) if code in PROBLEMS else (code or _("成功"))
