"""Reading halls: which there are, where an item is handled, who waits, how long one waits, what was called last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.cases.public import ServiceItem
from zhengtong.capabilities.reservations.domain import expected_minutes, middle
from zhengtong.capabilities.reservations.models import (
    GroupItem,
    Hall,
    HallWindow,
    Reservation,
    ReservationState,
    ServiceGroup,
    Ticket,
    TicketCall,
    TicketState,
    WindowState,
)
from zhengtong.capabilities.reservations.permissions import CALL, GUIDE, VIEW
from zhengtong.core.crypto.public import digest
from zhengtong.kernel.policy import Actor, ActorKind, visible

# The wait is told from so many of the last served of a business, of so many days.
SERVED_LAST, SERVED_DAYS = 30, 14


def list_halls() -> QuerySet[Hall]:
    return Hall.objects.filter(is_active=True).select_related("organisation__region").order_by("name")


def get_hall(code: str) -> Hall | None:
    return list_halls().filter(code=code).first()


def get_kiosk_hall(token: str) -> Hall | None:
    """Return the hall whose kiosk has this key in its address."""
    return list_halls().filter(kiosk_digest=digest(token)).first() if 20 <= len(token) <= 100 else None


def list_work_halls(actor: Actor, permission: str = GUIDE) -> list[Hall]:
    """Return the halls in which she has ``permission``."""
    return list(visible(actor, permission, list_halls()))


def list_windows(actor: Actor) -> QuerySet[HallWindow]:
    """Return the windows at which she may sit."""
    windows = visible(actor, CALL, HallWindow.objects.filter(is_active=True, hall__is_active=True))
    return windows.select_related("hall__organisation__region", "officer__staff").order_by("hall__name", "number")


def get_own_window(actor: Actor) -> HallWindow | None:
    """Return the window that she has open, None when she has none."""
    return list_windows(actor).filter(officer_id=actor.appointment).first() if actor.appointment else None


def list_groups(hall: Hall) -> QuerySet[ServiceGroup]:
    return ServiceGroup.objects.filter(hall=hall, is_active=True).select_related("hall__organisation__region")


def list_groups_for(item: ServiceItem) -> list[ServiceGroup]:
    """Return where an item is handled: in each hall the groups that name it, or the one that takes the others."""
    groups = ServiceGroup.objects.filter(is_active=True, hall__is_active=True).select_related(
        "hall__organisation__region"
    )
    named = list(groups.filter(pk__in=GroupItem.objects.filter(item=item).values("group_id")))
    halls = {group.hall_id for group in named}
    return named + list(groups.filter(takes_others=True).exclude(hall_id__in=halls))


def list_own_reservations(actor: Actor) -> QuerySet[Reservation]:
    """Return this citizen's reservations, the newest first."""
    if actor.kind is not ActorKind.CITIZEN:
        return Reservation.objects.none()
    rows = Reservation.objects.select_related("hall", "slot__group__hall__organisation__region", "item", "case")
    return visible(actor, VIEW, rows).order_by("-id")


def get_own_reservation(actor: Actor, public_id: UUID) -> Reservation | None:
    return list_own_reservations(actor).filter(public_id=public_id).first()


def list_todays_reservations(hall: Hall) -> QuerySet[Reservation]:
    """Return who is expected today and hasn't come yet, in the order of the slots."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Reservation.objects.filter(
        hall=hall,
        state=ReservationState.BOOKED,
        slot__starts_at__gte=midnight,
        slot__starts_at__lt=midnight + timedelta(days=1),
    )
    return rows.select_related("slot__group", "item").order_by("slot__starts_at", "id")


# The queue ------------------------------------------------------------------------------------------------


def list_todays_tickets(hall: Hall) -> QuerySet[Ticket]:
    return Ticket.objects.filter(hall=hall, day=timezone.localdate()).select_related("group", "window")


def list_waiting_at(window: HallWindow) -> QuerySet[Ticket]:
    """Return those whom the window may call: its letters, and whoever was transferred to it and to no other."""
    mine = Q(for_window=window) | Q(for_window=None, group__letter__in=list(window.letters))
    return Ticket.objects.filter(mine, hall_id=window.hall_id, day=timezone.localdate(), state=TicketState.WAITING)


def get_current_ticket(window: HallWindow) -> Ticket | None:
    rows = Ticket.objects.select_related("group", "reservation__item", "reservation__case")
    return rows.filter(window=window, state__in=(TicketState.CALLED, TicketState.SERVING)).first()


def get_ticket(public_id: UUID) -> Ticket | None:
    rows = Ticket.objects.select_related("group__hall__organisation__region", "hall", "window")
    return rows.filter(public_id=public_id).first()


def read_service_seconds(groups: Iterable[ServiceGroup]) -> dict[int, float]:
    """Return by group how long one person takes: the median of the last served, or what the administration expects."""
    since = timezone.now() - timedelta(days=SERVED_DAYS)
    found = {}
    for group in groups:
        last = Ticket.objects.filter(
            group=group, state=TicketState.SERVED, finished_at__gte=since, started_at__isnull=False
        ).order_by("-finished_at")
        spans = last.values_list("started_at", "finished_at")[:SERVED_LAST]
        seconds = middle([(end - start).total_seconds() for start, end in spans if start and end])
        found[group.pk] = group.usual_minutes * 60.0 if seconds is None else seconds
    return found


@dataclass(frozen=True)
class HallNow:
    """A hall at this moment: its windows, its groups, who waits in each, how long one person takes there."""

    windows: list[HallWindow]
    groups: list[ServiceGroup]
    waiting: dict[int, int]
    seconds: dict[int, float]

    def open_windows(self, letter: str) -> list[HallWindow]:
        return [each for each in self.windows if each.state == WindowState.OPEN and letter in each.letters]

    def expect(self, group: ServiceGroup, ahead: dict[int, int]) -> int | None:
        """Return the minutes that one waits in ``group`` behind ``ahead`` people of each group.

        The windows that call the group also call others: whoever of those stands before her counts as well.
        """
        windows = self.open_windows(group.letter)
        letters = {letter for window in windows for letter in window.letters}
        people = [(ahead.get(g.pk, 0), self.seconds[g.pk]) for g in self.groups if g.letter in letters]
        return expected_minutes(people, len(windows))


def read_hall(hall: Hall) -> HallNow:
    groups = list(list_groups(hall))
    windows = list(HallWindow.objects.filter(hall=hall, is_active=True).select_related("officer__staff"))
    counted = list_todays_tickets(hall).filter(state=TicketState.WAITING).order_by().values("group_id")
    waiting = {row["group_id"]: row["n"] for row in counted.annotate(n=Count("id"))}
    return HallNow(windows, groups, waiting, read_service_seconds(groups))


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands: ``ahead`` people of the same business before it, ``minutes`` None without a window."""

    ahead: int
    minutes: int | None


def get_standing(ticket: Ticket, now: HallNow | None = None) -> Standing:
    now = now or read_hall(ticket.hall)
    before = list_todays_tickets(ticket.hall).filter(
        Q(rank_at__lt=ticket.rank_at) | Q(rank_at=ticket.rank_at, pk__lt=ticket.pk), state=TicketState.WAITING
    )
    counted = before.select_related(None).order_by().values("group_id").annotate(n=Count("id"))
    ahead = {row["group_id"]: row["n"] for row in counted}
    return Standing(ahead.get(ticket.group_id, 0), now.expect(ticket.group, ahead))


def list_last_calls(hall: Hall, most: int = 8) -> list[TicketCall]:
    """Return today's last calls, the newest first, each number once."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = TicketCall.objects.filter(hall=hall, at__gte=midnight).select_related("ticket", "window").order_by("-id")
    found: dict[int, TicketCall] = {}
    for call in rows[: most * 4]:
        found.setdefault(call.ticket_id, call)
    return list(found.values())[:most]
