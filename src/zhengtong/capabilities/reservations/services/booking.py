"""Booking a slot, moving it, giving it up: never more people than places, never more open ones than the rule allows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Case, ServiceItem
from zhengtong.capabilities.reservations.domain import cut_slots, make_code
from zhengtong.capabilities.reservations.errors import LobbyRefused, SlotFull
from zhengtong.capabilities.reservations.messages import say_when, tell_reserver
from zhengtong.capabilities.reservations.models import (
    Hall,
    LobbyRule,
    Purpose,
    Reservation,
    ReservationState,
    ServiceGroup,
    Slot,
)
from zhengtong.capabilities.reservations.opening import (
    OpeningTimes,
    find_rule,
    list_open_days,
    moment,
    read_opening,
)
from zhengtong.capabilities.reservations.permissions import CHANGE
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Citizen
from zhengtong.kernel.policy import Actor, ActorKind, Denied, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

BOOKED = ReservationState.BOOKED


@dataclass(frozen=True, slots=True)
class OfferedSlot:
    """A slot as it is offered: ``left`` places; one that ``is_past`` has begun."""

    starts_at: datetime
    ends_at: datetime
    left: int
    is_past: bool


@dataclass(frozen=True, slots=True)
class OfferedDay:
    day: date
    left: int


def list_days(group: ServiceGroup) -> list[OfferedDay]:
    """Return the open days within reach, each with the places that are left on it."""
    rule, opening = find_rule(), read_opening(group.hall)
    days = list_open_days(opening, rule.days_ahead)
    if not days:
        return []
    taken = _taken(group, days[0], days[-1])
    return [
        OfferedDay(day, sum(each.left for each in _offer(group, opening, day, taken) if not each.is_past))
        for day in days
    ]


def list_slots(group: ServiceGroup, day: date) -> list[OfferedSlot]:
    """Return the slots of a day that can be booked, full and past ones included. Raises LobbyRefused for a day that is
    past, closed or too far away."""
    opening = read_opening(group.hall)
    _check_day(group.hall, day, opening, find_rule())
    return list(_offer(group, opening, day, _taken(group, day, day)))


def _taken(group: ServiceGroup, first: date, last: date) -> dict[datetime, int]:
    span = (moment(first, datetime.min.time()), moment(last + timedelta(days=1), datetime.min.time()))
    rows = Slot.objects.filter(group=group, starts_at__gte=span[0], starts_at__lt=span[1])
    return {row.starts_at: row.capacity - row.taken for row in rows}


def _offer(group: ServiceGroup, opening: OpeningTimes, day: date, left: dict[datetime, int]) -> Iterator[OfferedSlot]:
    now = timezone.now()
    for first, last in cut_slots(opening.sessions(day), group.slot_minutes):
        starts_at = moment(day, first)
        yield OfferedSlot(starts_at, moment(day, last), left.get(starts_at, group.capacity), starts_at <= now)


def _check_day(hall: Hall, day: date, opening: OpeningTimes, rule: LobbyRule) -> None:
    today = timezone.localdate()
    if day < today:
        raise LobbyRefused(_("%(day)s已经过去，请选择今天以后的日子。"), "day", day=_say(day))
    if (day - today).days < 60 and not opening.sessions(day):
        why = opening.why_closed(day)
        raise LobbyRefused(
            _("%(hall)s%(day)s不开放（%(why)s），请选择其他日子。"), "day", hall=hall.name, day=_say(day), why=why
        )
    if day not in list_open_days(opening, rule.days_ahead):
        raise LobbyRefused(_("最多提前%(n)s个开放日预约，%(day)s还不能约。"), "day", n=rule.days_ahead, day=_say(day))


def _say(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _pick(group: ServiceGroup, starts_at: datetime, rule: LobbyRule) -> OfferedSlot:
    """Return the slot that begins at ``starts_at``. Raises LobbyRefused for one that there isn't or that has begun."""
    day, opening = timezone.localdate(starts_at), read_opening(group.hall)
    _check_day(group.hall, day, opening, rule)
    found = next((each for each in _offer(group, opening, day, {}) if each.starts_at == starts_at), None)
    if found is None:
        raise LobbyRefused(_("没有这个时段，请从页面上列出的时段里选。"), "slot")
    if found.is_past:
        raise LobbyRefused(_("这个时段已经开始，请选择后面的时段，或者直接到大厅取号。"), "slot")
    return found


def _take_place(group: ServiceGroup, offered: OfferedSlot) -> Slot:
    """Return the slot with one place more taken, locked until the transaction ends. Raises SlotFull."""
    Slot.objects.bulk_create(
        [Slot(group=group, starts_at=offered.starts_at, ends_at=offered.ends_at, capacity=group.capacity)],
        ignore_conflicts=True,
    )
    slot = Slot.objects.select_for_update().get(group=group, starts_at=offered.starts_at)
    if slot.taken >= slot.capacity:
        raise SlotFull(
            _("%(when)s已经约满，请选择其他时段。"), "slot", when=say_when(offered.starts_at, offered.ends_at)
        )
    slot.taken += 1
    slot.save(update_fields=["taken"])
    return slot


def _give_back(slot_id: int) -> None:
    slot = Slot.objects.select_for_update().get(pk=slot_id)
    slot.taken -= 1
    slot.save(update_fields=["taken"])


def _hold_person(actor: Actor) -> Citizen:
    """Lock the person whose reservations are to be counted: two taps at once come one after the other."""
    if actor.kind is not ActorKind.CITIZEN or actor.owner_id is None:
        raise Denied(CHANGE)
    found = find_sole(Citizen.objects.select_for_update(of=("self",)).filter(account_id=actor.owner_id))
    if found is None:
        raise Denied(CHANGE)
    return found


def blocked_until(account_id: int | None, rule: LobbyRule) -> date | None:
    """Return the last day on which she can't book on the web since she didn't come too often; None: she can."""
    if account_id is None:
        return None
    since = timezone.now() - timedelta(days=rule.no_show_days)
    missed = Reservation.objects.filter(account_id=account_id, state=ReservationState.NO_SHOW, ended_at__gte=since)
    moments = list(missed.order_by("-ended_at").values_list("ended_at", flat=True)[: rule.no_shows])
    if len(moments) < rule.no_shows or moments[0] is None:
        return None
    until = timezone.localdate(moments[0]) + timedelta(days=rule.blocked_days)
    return until if until >= timezone.localdate() else None


@step()
def book_slot(
    *,
    actor: Actor,
    group: ServiceGroup,
    starts_at: datetime,
    purpose: str = Purpose.APPLY,
    item: ServiceItem | None = None,
    case: Case | None = None,
) -> Reservation:
    """Book a place for the citizen that acts; the same slot twice is one reservation. Raises LobbyRefused."""
    person = _hold_person(actor)
    if purpose not in Purpose.values:
        raise LobbyRefused(_("请选择来大厅办什么"), "purpose")
    if not group.is_active or not group.hall.is_active:
        raise LobbyRefused(_("这项业务现在不接受预约，请选择其他业务。"), "group")
    rule = find_rule()
    own = Reservation.objects.filter(account_id=person.account_id, state=BOOKED)
    same = own.filter(slot__group=group, slot__starts_at=starts_at).first()
    if same is not None:
        return same
    offered = _pick(group, starts_at, rule)
    until = blocked_until(person.account_id, rule)
    if until is not None:
        raise LobbyRefused(
            _("您在%(days)s天内有%(n)s次预约没有来，%(until)s以前不能在网上预约。可以直接到大厅现场取号。"),
            days=rule.no_show_days,
            n=rule.no_shows,
            until=_say(until + timedelta(days=1)),
        )
    count = own.count()
    if count >= rule.most_open:
        raise LobbyRefused(_("您已有%(n)s个未办的预约，最多同时预约%(n)s个。请先取消一个，或者办完再约。"), n=count)
    if own.filter(slot__starts_at__lt=offered.ends_at, slot__ends_at__gt=offered.starts_at).exists():
        raise LobbyRefused(_("您在这个时间已经有别的预约，请选择其他时段。"), "slot")
    slot = _take_place(group, offered)
    phone = Citizen.objects.get(account_id=actor.account_id).phone if actor.account_id else person.phone
    reservation = Reservation.objects.create(
        code=_new_code(),
        hall=group.hall,
        slot=slot,
        account_id=person.account_id,
        item=item,
        case=case,
        purpose=purpose,
        name=person.name,
        phone=phone,
        phone_digest=digest(phone) if phone else "",
        booked_at=timezone.now(),
    )
    record(actor, "reservations.book_slot", reservation, after={"slot": str(slot), "hall": group.hall.name})
    tell_reserver(reservation, "booked", actor=actor)
    return reservation


def _new_code() -> str:
    while True:
        code = make_code()
        if not Reservation.objects.filter(code=code).exists():
            return code


def lock_reservation(reservation: Reservation) -> Reservation:
    rows = Reservation.objects.select_for_update(of=("self",)).select_related(
        "slot__group__hall__organisation__region", "hall", "item", "account"
    )
    return rows.get(pk=reservation.pk)


def is_changeable(reservation: Reservation, rule: LobbyRule) -> bool:
    until = reservation.slot.starts_at - timedelta(minutes=rule.change_until_minutes)
    return reservation.state == BOOKED and timezone.now() < until


def _hold_changeable(actor: Actor, reservation: Reservation) -> tuple[Reservation, LobbyRule]:
    require(actor, CHANGE, reservation)
    _hold_person(actor)
    held, rule = lock_reservation(reservation), find_rule()
    if held.state != BOOKED:
        raise LobbyRefused(
            _("这个预约已经%(state)s，不能再改。"), state=str(held.get_state_display()).removeprefix("已")
        )
    if not is_changeable(held, rule):
        raise LobbyRefused(
            _("离预约时间不到%(n)s分钟，不能再改期或取消。不能来请电话告知大厅：%(phone)s。"),
            n=rule.change_until_minutes,
            phone=held.hall.phone,
        )
    return held, rule


@step()
def change_reservation(*, actor: Actor, reservation: Reservation, starts_at: datetime) -> Reservation:
    """Move a reservation to another slot of the same business; the code stays. Raises LobbyRefused."""
    held, rule = _hold_changeable(actor, reservation)
    group, before = held.slot.group, held.slot
    if starts_at == before.starts_at:
        return held
    offered = _pick(group, starts_at, rule)
    others = Reservation.objects.filter(account_id=held.account_id, state=BOOKED).exclude(pk=held.pk)
    if others.filter(slot__starts_at__lt=offered.ends_at, slot__ends_at__gt=offered.starts_at).exists():
        raise LobbyRefused(_("您在这个时间已经有别的预约，请选择其他时段。"), "slot")
    # In the order of time, so that two people who change places don't wait for each other.
    if before.starts_at < offered.starts_at:
        _give_back(before.pk)
        slot = _take_place(group, offered)
    else:
        slot = _take_place(group, offered)
        _give_back(before.pk)
    held.slot, held.changes, held.reminded_at = slot, held.changes + 1, None
    held.save(update_fields=["slot", "changes", "reminded_at"])
    slot.group = group
    record(actor, "reservations.change_reservation", held, before={"slot": str(before)}, after={"slot": str(slot)})
    tell_reserver(held, "changed", actor=actor)
    return held


@step()
def cancel_reservation(*, actor: Actor, reservation: Reservation) -> Reservation:
    """Give a place back; cancelled twice it is cancelled once. Raises LobbyRefused when it is too late."""
    require(actor, CHANGE, reservation)
    if Reservation.objects.filter(pk=reservation.pk, state=ReservationState.CANCELLED).exists():
        return reservation
    held, _rule = _hold_changeable(actor, reservation)
    _give_back(held.slot_id)
    held.state, held.ended_at = ReservationState.CANCELLED, timezone.now()
    held.save(update_fields=["state", "ended_at"])
    record(actor, "reservations.cancel_reservation", held, before={"state": BOOKED}, after={"state": held.state})
    tell_reserver(held, "cancelled", actor=actor)
    return held


@transaction.atomic
def note_no_shows(*, actor: Actor, limit: int = 200) -> int:
    """Note who didn't come within the time that a reservation is kept; return how many. Run again it finds none."""
    rule, now = find_rule(), timezone.now()
    missed = (
        Reservation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=BOOKED, slot__ends_at__lt=now - timedelta(minutes=rule.late_minutes))
        .select_related("slot__group", "hall", "item", "account")
        .order_by("pk")[:limit]
    )
    count = 0
    for each in missed:
        each.state, each.ended_at = ReservationState.NO_SHOW, now
        each.save(update_fields=["state", "ended_at"])
        record(actor, "reservations.note_no_show", each, before={"state": BOOKED}, after={"state": each.state})
        tell_reserver(each, "no_show", actor=actor)
        count += 1
    return count


@transaction.atomic
def remind_reservers(*, actor: Actor, limit: int = 200) -> int:
    """Remind those who come tomorrow; whoever booked for tomorrow today was told enough. Return how many."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    first = moment(tomorrow, datetime.min.time())
    due = (
        Reservation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=BOOKED, reminded_at=None, slot__starts_at__gte=first)
        .filter(slot__starts_at__lt=first + timedelta(days=1), booked_at__lt=first - timedelta(days=1))
        .select_related("slot__group", "hall", "item", "account")
        .order_by("pk")[:limit]
    )
    count = 0
    for each in due:
        each.reminded_at = timezone.now()
        each.save(update_fields=["reminded_at"])
        tell_reserver(each, "reminder", actor=actor)
        count += 1
    return count
