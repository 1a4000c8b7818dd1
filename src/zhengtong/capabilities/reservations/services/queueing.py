"""Numbers: checking in with a reservation, taking one without, coming back after having missed one's turn."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.reservations.domain import CODE_LENGTH, rank_at, read_digits
from zhengtong.capabilities.reservations.errors import LobbyConflict, LobbyRefused
from zhengtong.capabilities.reservations.models import (
    Care,
    Hall,
    LobbyRule,
    Reservation,
    ReservationState,
    ServiceGroup,
    Ticket,
    TicketNumber,
    TicketState,
)
from zhengtong.capabilities.reservations.opening import find_rule, require_open_now
from zhengtong.capabilities.reservations.permissions import GUIDE
from zhengtong.capabilities.reservations.services.booking import lock_reservation
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import (
    InvalidIdentifier,
    age_on,
    mask_name,
    parse_citizen_number,
    parse_phone,
)
from zhengtong.kernel.policy import Actor, ActorKind, require
from zhengtong.kernel.steps import step

TAIL = 4


def find_by_code(hall: Hall, code: str, phone_tail: str) -> Reservation:
    """Return the reservation that code and end of phone number open together. The caller limits the rate.

    A wrong code and a wrong number get one and the same answer. Raises LobbyRefused.
    """
    typed, tail = read_digits(code)[:20], read_digits(phone_tail)[:20]
    found = None
    if len(typed) == CODE_LENGTH and len(tail) == TAIL:
        found = Reservation.objects.select_related("hall", "slot").filter(code=typed).first()
    if found is None or not found.phone.endswith(tail):
        raise LobbyRefused(_("预约码和手机尾号对不上。请核对短信里的8位预约码，或者到导办台办理。"), "code")
    _check_place(hall, found)
    return found


def find_by_phone(actor: Actor, hall: Hall, phone: str) -> list[Reservation]:
    """Return today's reservations of a phone in a hall, for the guide. Raises LobbyRefused for what is no number."""
    require(actor, GUIDE, hall)
    try:
        number = parse_phone(phone).value
    except InvalidIdentifier as error:
        raise LobbyRefused(_("请填写11位手机号码。"), "phone") from error
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    rows = Reservation.objects.filter(
        hall=hall,
        phone_digest=digest(number),
        state__in=(ReservationState.BOOKED, ReservationState.CHECKED_IN),
        slot__starts_at__gte=midnight,
        slot__starts_at__lt=midnight + timedelta(days=1),
    )
    found = list(rows.select_related("hall", "slot__group", "item").order_by("slot__starts_at")[:10])
    if not found:
        raise LobbyRefused(_("这个手机号今天在本厅没有预约。可以按现场号取号。"), "phone")
    return found


def _check_place(hall: Hall, reservation: Reservation) -> None:
    if reservation.hall_id != hall.pk:
        raise LobbyRefused(_("这个预约在%(hall)s，请到那里报到。"), "code", hall=reservation.hall.name)


@step()
def check_in(*, actor: Actor, hall: Hall, reservation: Reservation) -> Ticket:
    """Give the number for a reservation; asked for again it is the same number. Raises LobbyRefused.

    Who comes later than the rule keeps her place for is queued as one who has no reservation.
    """
    if actor.kind is ActorKind.STAFF:
        require(actor, GUIDE, hall)
    held = lock_reservation(reservation)
    _check_place(hall, held)
    existing = Ticket.objects.filter(reservation=held).first()
    if existing is not None:
        return existing
    if held.state != ReservationState.BOOKED:
        words = {
            ReservationState.CANCELLED: _("这个预约已经取消，请按现场号取号。"),
            ReservationState.NO_SHOW: _("这个预约已经过时，请按现场号取号。"),
        }
        raise LobbyRefused(words.get(ReservationState(held.state), _("这个预约已经办过。")), "code")
    rule, now = find_rule(), timezone.now()
    day = timezone.localdate(held.slot.starts_at)
    if day != timezone.localdate(now):
        raise LobbyRefused(_("这个预约是%(month)s月%(day)s日的，请当天来报到。"), "code", month=day.month, day=day.day)
    require_open_now(hall, early=rule.early_minutes)
    earliest = held.slot.starts_at - timedelta(minutes=rule.early_minutes)
    if now < earliest:
        raise LobbyRefused(
            _("来早了：请在%(time)s以后报到，预约时间是%(slot)s。"),
            "code",
            time=f"{timezone.localtime(earliest):%H:%M}",
            slot=f"{timezone.localtime(held.slot.starts_at):%H:%M}",
        )
    is_on_time = now <= held.slot.starts_at + timedelta(minutes=rule.late_minutes)
    ticket = _issue(
        held.slot.group,
        care=_care_of(held, rule),
        rule=rule,
        reservation=held,
        is_reserved=is_on_time,
        shown_name=mask_name(held.name) if held.name else "",
    )
    held.state = ReservationState.CHECKED_IN
    held.save(update_fields=["state"])
    record(actor, "reservations.check_in", ticket, after={"label": ticket.label, "code": held.code})
    return ticket


def _care_of(reservation: Reservation, rule: LobbyRule) -> str:
    """Return whether she is old enough to be called earlier, by the number that her account was verified with."""
    number = reservation.account.citizen.id_number
    try:
        born = parse_citizen_number(number).birth_date
    except InvalidIdentifier:
        return Care.NONE
    return Care.ELDERLY if age_on(born, timezone.localdate()) >= rule.care_from_age else Care.NONE


@step()
def take_number(*, actor: Actor, group: ServiceGroup, care: str = Care.NONE, name: str = "") -> Ticket:
    """Give a number to somebody without a reservation; ``name`` is kept masked only. Raises LobbyRefused."""
    if actor.kind is ActorKind.STAFF:
        require(actor, GUIDE, group.hall)
    if care not in Care.values:
        raise LobbyRefused(_("请选择是否需要照顾"), "care")
    if not group.is_active or not group.hall.is_active:
        raise LobbyRefused(_("这项业务现在不取号，请选择其他业务。"), "group")
    rule = find_rule()
    require_open_now(group.hall, early=rule.early_minutes)
    name = name.strip()[:20]
    ticket = _issue(group, care=care, rule=rule, shown_name=mask_name(name) if name else "")
    record(actor, "reservations.take_number", ticket, after={"label": ticket.label, "care": care})
    return ticket


def _issue(
    group: ServiceGroup,
    *,
    care: str,
    rule: LobbyRule,
    reservation: Reservation | None = None,
    is_reserved: bool = False,
    shown_name: str = "",
) -> Ticket:
    now = timezone.now()
    day = timezone.localdate(now)
    number = _next_number(group, day)
    leads = [rule.reserved_lead_minutes] * is_reserved + [rule.care_lead_minutes] * bool(care)
    return Ticket.objects.create(
        hall_id=group.hall_id,
        group=group,
        day=day,
        number=number,
        label=f"{group.letter}{number:03d}",
        reservation=reservation,
        shown_name=shown_name,
        care=care,
        is_reserved=is_reserved,
        rank_at=rank_at(now, *leads),
        taken_at=now,
    )


def _next_number(group: ServiceGroup, day: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TicketNumber._meta.db_table} (group_id, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (group_id, day) DO UPDATE SET last = reservations_ticketnumber.last + 1 RETURNING last",
            [group.pk, day],
        )
        return int(cursor.fetchone()[0])


def lock_ticket(ticket_id: int, hall: Hall) -> Ticket:
    """Return a ticket of the hall, locked. Raises LobbyConflict for one that there isn't."""
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("group", "hall", "window")
    found = rows.filter(pk=ticket_id, hall=hall).first()
    if found is None:
        raise LobbyConflict(_("没有这个号，请刷新页面。"))
    return found


@step()
def requeue_ticket(*, actor: Actor, hall: Hall, ticket_id: int) -> Ticket:
    """Put a number that was passed over back into the queue, behind as many as the rule says; once a number.

    Raises LobbyRefused.
    """
    if not actor.has("reservations.call_tickets"):
        require(actor, GUIDE, hall)
    ticket = lock_ticket(ticket_id, hall)
    if ticket.state != TicketState.PASSED:
        raise LobbyConflict(_("%(label)s现在不是过号，不用重排。"), label=ticket.label)
    if ticket.day != timezone.localdate():
        raise LobbyRefused(_("%(label)s不是今天的号，请重新取号。"), label=ticket.label)
    if ticket.has_requeued:
        raise LobbyRefused(_("%(label)s已经重排过一次，请重新取号。"), label=ticket.label)
    rule = find_rule()
    waiting = Ticket.objects.filter(group=ticket.group, day=ticket.day, state=TicketState.WAITING)
    ranks = list(waiting.order_by("rank_at", "id").values_list("rank_at", flat=True)[: rule.requeue_after])
    after = ranks[-1] + timedelta(microseconds=1) if ranks else timezone.now()
    ticket.state, ticket.rank_at, ticket.has_requeued = TicketState.WAITING, after, True
    ticket.window = ticket.for_window = None
    ticket.save(update_fields=["state", "rank_at", "has_requeued", "window", "for_window"])
    record(actor, "reservations.requeue_ticket", ticket, before={"state": "passed"}, after={"state": ticket.state})
    return ticket
