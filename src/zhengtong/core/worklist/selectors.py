"""Reading the worklist: what waits for me, for my office, what I am to read, have done, watch, gave and was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from zhengtong.core.identity.public import Appointment, list_colleagues
from zhengtong.core.worklist.leading import list_led
from zhengtong.core.worklist.messages import list_roles
from zhengtong.core.worklist.models import IS_OPEN, TO_DO, Nature, TransferAct, Watch, WorkItem, WorkState, WorkTransfer
from zhengtong.core.worklist.pool import PoolQuerySet, PoolReach
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.policy import Actor

CAP = 1000
SOON_DAYS = 3
DUE = ("", "today", "soon", "overdue")


def list_mine(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items that this appointee has claimed or was given, the soonest due first."""
    return _held(actor, Nature.TO_DO).order_by("due_at", "id")


def list_readings(actor: Actor) -> QuerySet[WorkItem]:
    """Return what this appointee is still to read, the soonest due first."""
    return _held(actor, Nature.TO_READ).order_by("due_at", "id")


def _held(actor: Actor, nature: Nature) -> QuerySet[WorkItem]:
    return _of_appointee(actor).filter(IS_OPEN, nature=nature)


def _of_appointee(actor: Actor) -> QuerySet[WorkItem]:
    """Return the items of the appointment in which ``actor`` acts; under a delegation those of its matters only."""
    if actor.appointment is None:
        return WorkItem.objects.none()
    found = WorkItem.objects.filter(assignee_id=actor.appointment)
    if actor.delegation is None:
        return found
    return found.filter(permission__in={permission for grant in actor.grants for permission in grant.permissions})


def list_office(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items that nobody has claimed yet and that this appointee's roles may do."""
    return PoolQuerySet.within(PoolReach.of(actor)).order_by("due_at", "id")


def list_unit(actor: Actor) -> QuerySet[WorkItem]:
    """Return what waits in the offices that this appointee leads: what colleagues hold, and what nobody does."""
    led = list_led(actor)
    if actor.appointment is None or not led:
        return WorkItem.objects.none()
    others = Q(assignee__isnull=True) | ~Q(assignee_id=actor.appointment)
    return WorkItem.objects.filter(IS_OPEN, TO_DO, others, organisation_id__in=led).order_by("due_at", "id")


def list_done(actor: Actor) -> QuerySet[WorkItem]:
    """Return what this appointee has done or read, the latest first."""
    return _of_appointee(actor).filter(state=WorkState.DONE).order_by("-done_at", "-id")


def list_watches(actor: Actor) -> QuerySet[Watch]:
    """Return what this appointee watches, the latest first."""
    if actor.appointment is None:
        return Watch.objects.none()
    return Watch.objects.filter(appointment_id=actor.appointment).order_by("-id")


def is_watching(actor: Actor, kind: str, object_id: int) -> bool:
    return list_watches(actor).filter(kind=kind, object_id=object_id).exists()


def filter_due(found: QuerySet[WorkItem], due: str, now: datetime | None = None) -> QuerySet[WorkItem]:
    """Keep what is ``overdue``, due ``today``, or ``soon``: by the end of the third working day from today, today
    included. A deadline is the end of its day, so that of today lies at midnight."""
    moment = now or timezone.now()
    midnight = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if due == "overdue":
        return found.filter(due_at__lte=moment)
    if due == "today":
        return found.filter(due_at__gt=moment, due_at__lte=midnight)
    if due == "soon":
        # Over all regions of a list: the country's calendar.
        last = get_calendar().add_working_days(timezone.localdate(moment), SOON_DAYS)
        end = midnight + (last - timezone.localdate(moment))
        return found.filter(due_at__gt=moment, due_at__lte=end)
    return found


def filter_words(found: QuerySet[WorkItem], words: str, *, by_beginning: bool) -> QuerySet[WorkItem]:
    """Keep what ``words`` name: the number from its beginning, the party or the title anywhere in it.

    ``by_beginning`` is for what many offices have: number or party, each from its beginning, which an index finds.
    """
    by_number = Q(reference__startswith=words.upper())
    if by_beginning:
        rows = found.at_once() if isinstance(found, PoolQuerySet) else found
        return rows.filter(by_number | Q(party__startswith=words))
    return found.filter(by_number | Q(party__icontains=words) | Q(title__icontains=words))


# Counting


def count_each(found: Mapping[str, QuerySet[Any]], cap: int = CAP) -> dict[str, int]:
    """Count each of ``found`` up to ``cap`` + 1 (which says that there are more), all in one statement.

    None of them looks at more rows than that, so a count costs the same whatever there is.
    """
    parts, given = [], []
    for name, rows in found.items():
        try:
            sql, params = _counting(rows.order_by()[: cap + 1])
        except EmptyResultSet:
            continue
        parts.append((name, sql))
        given += params
    counted = dict.fromkeys(found, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"({sql})" for _name, sql in parts), given)
            counted.update(zip((name for name, _sql in parts), cursor.fetchone(), strict=True))
    return counted


def _counting(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    if isinstance(rows, PoolQuerySet) and rows.is_by_pair:
        return rows.counting()
    sql, given = rows.values("pk").query.sql_with_params()
    return f"SELECT count(*) FROM ({sql}) AS counted", list(given)


def count_mine(actor: Actor) -> dict[str, int]:
    """Return how many open items wait for this appointee: all, due today, overdue; each up to ``CAP`` + 1."""
    mine, now = list_mine(actor), timezone.now()
    return count_each({"all": mine, **{due: filter_due(mine, due, now) for due in ("today", "overdue")}})


def count_open(actor: Actor) -> int:
    """Return how many open items wait for this appointee, up to ``CAP`` + 1."""
    return list_mine(actor).order_by()[: CAP + 1].count()


# Whom work may go to, and where it went


def list_receivers(items: list[WorkItem]) -> list[Appointment]:
    """Return the colleagues who may have all of ``items``: of each item's office, with its permission there."""
    able: dict[int, Appointment] | None = None
    for organisation_id, permission in {(item.organisation_id, item.permission) for item in items}:
        roles = list_roles([permission])
        found = {
            each.pk: each
            for each in list_colleagues(organisation_id)
            .filter(post__roles__role__in=roles)
            .select_related("post", "staff__account")
        }
        able = found if able is None else {pk: each for pk, each in able.items() if pk in found}
    return list((able or {}).values())


def list_transfers(kind: str, object_ids: Sequence[int]) -> QuerySet[WorkTransfer]:
    """Return the way that the items of some objects went, the latest first."""
    found = WorkTransfer.objects.filter(item__kind=kind, item__object_id__in=object_ids, item__nature=Nature.TO_DO)
    return _with_people(found.order_by("-id"))


def list_received(actor: Actor) -> QuerySet[WorkTransfer]:
    """Return what was handed over to this appointee by those who left, the latest first."""
    found = WorkTransfer.objects.filter(to_appointment_id=actor.appointment, act=TransferAct.HANDED_OVER)
    return _with_people(found.order_by("-id")) if actor.appointment else found.none()


def list_back_in_office(actor: Actor) -> QuerySet[WorkTransfer]:
    """Return what came back to this appointee's office from those who left, the latest first."""
    found = WorkTransfer.objects.filter(to_organisation_id=actor.organisation, act=TransferAct.HANDED_OVER)
    return _with_people(found.order_by("-id")) if actor.appointment and actor.organisation else found.none()


def list_given(actor: Actor) -> QuerySet[WorkTransfer]:
    """Return what this appointee gave to colleagues, the latest first."""
    given = (TransferAct.TRANSFERRED, TransferAct.DELEGATED)
    found = WorkTransfer.objects.filter(from_appointment_id=actor.appointment, act__in=given)
    return _with_people(found.order_by("-id")) if actor.appointment else found.none()


def _with_people(found: QuerySet[WorkTransfer]) -> QuerySet[WorkTransfer]:
    return found.select_related(
        "item__organisation__region",
        "item__assignee__staff",
        "from_appointment__staff",
        "to_appointment__staff",
        "to_organisation",
        "by__staff",
        "by_agent__staff",
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """How much came from one person who left, and how much of it is still open."""

    from_id: int
    name: str
    received: int
    open: int
    last_at: datetime


def summarise_received(found: QuerySet[WorkTransfer]) -> list[HandOver]:
    """Return a line for each person from whom something was handed over, the latest first."""
    rows = (
        found.order_by()
        .select_related(None)
        .values("from_appointment_id", "from_appointment__staff__name")
        .annotate(received=Count("id"), open=Count("id", filter=Q(item__state=WorkState.OPEN)), last_at=Max("at"))
    )
    lines = [
        HandOver(
            row["from_appointment_id"],
            row["from_appointment__staff__name"],
            row["received"],
            row["open"],
            row["last_at"],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.last_at, reverse=True)
