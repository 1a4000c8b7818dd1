"""The window: open it, call the next, serve, finish, pass over, transfer; no number is ever called by two windows."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.reservations.errors import LobbyConflict, LobbyRefused
from zhengtong.capabilities.reservations.models import (
    HallWindow,
    Reservation,
    ReservationState,
    Ticket,
    TicketCall,
    TicketState,
    WindowState,
)
from zhengtong.capabilities.reservations.opening import find_rule, require_open_now
from zhengtong.capabilities.reservations.permissions import CALL
from zhengtong.capabilities.reservations.selectors import list_waiting_at
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

AT_WINDOW = (TicketState.CALLED, TicketState.SERVING)


def _lock_window(actor: Actor, window_id: int) -> HallWindow:
    # Without the officer: joined, she is who sat there before a colleague's transaction that was waited for.
    rows = HallWindow.objects.select_for_update(of=("self",)).select_related("hall__organisation__region")
    window = find_sole(rows.filter(pk=window_id))
    if window is None:
        raise LobbyConflict(_("没有这个窗口，请刷新页面。"))
    require(actor, CALL, window)
    return window


def _hold_own(actor: Actor, window_id: int) -> HallWindow:
    window = _lock_window(actor, window_id)
    if window.officer_id != actor.held_appointment or window.state == WindowState.CLOSED:
        raise LobbyConflict(_("%(n)s号窗口不是您开的，请先开窗。"), n=window.number)
    return window


def _current(window: HallWindow) -> Ticket | None:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("group")
    return find_sole(rows.filter(window=window, state__in=AT_WINDOW))


def _hold_current(window: HallWindow, *states: TicketState) -> Ticket:
    ticket = _current(window)
    if ticket is None:
        raise LobbyConflict(_("%(n)s号窗口现在没有叫到的号，请先叫下一位。"), n=window.number)
    if states and ticket.state not in states:
        raise LobbyConflict(
            _("%(label)s现在是“%(state)s”，不能这样操作。"), label=ticket.label, state=ticket.get_state_display()
        )
    return ticket


@step()
def open_window(*, actor: Actor, window_id: int) -> HallWindow:
    """Sit down at a window, or go on after a pause. Raises LobbyRefused when a colleague sits there."""
    window = _lock_window(actor, window_id)
    own = actor.held_appointment
    if window.officer_id is not None and window.officer_id != own:
        name = Appointment.objects.select_related("staff").get(pk=window.officer_id).staff.name
        raise LobbyConflict(_("%(n)s号窗口由%(name)s开着，请选择其他窗口。"), n=window.number, name=name)
    if not window.is_active or not window.hall.is_active:
        raise LobbyRefused(_("%(n)s号窗口已经停用，请选择其他窗口。"), n=window.number)
    if window.state == WindowState.OPEN:
        return window
    before = window.state
    window.state, window.officer_id = WindowState.OPEN, own
    window.opened_at = window.opened_at or timezone.now()
    try:
        with transaction.atomic():
            window.save(update_fields=["state", "officer", "opened_at"])
    except IntegrityError as error:
        raise LobbyConflict(_("您已经开着另一个窗口，请先在那里关窗。")) from error
    record(actor, "reservations.open_window", window, before={"state": before}, after={"state": window.state})
    return window


@step()
def pause_window(*, actor: Actor, window_id: int) -> HallWindow:
    """Call nobody for a while; whoever is at the window is served to the end."""
    window = _hold_own(actor, window_id)
    if window.state == WindowState.PAUSED:
        return window
    window.state = WindowState.PAUSED
    window.save(update_fields=["state"])
    record(actor, "reservations.pause_window", window, before={"state": "open"}, after={"state": window.state})
    return window


@step()
def close_window(*, actor: Actor, window_id: int) -> HallWindow:
    """Leave the window. Raises LobbyConflict while somebody is called or served there."""
    window = _hold_own(actor, window_id)
    ticket = _current(window)
    if ticket is not None:
        raise LobbyConflict(_("%(label)s还没有办结，办结、过号或者转窗以后再关窗。"), label=ticket.label)
    before = window.state
    _vacate(window)
    record(actor, "reservations.close_window", window, before={"state": before}, after={"state": window.state})
    return window


def _vacate(window: HallWindow) -> None:
    window.state, window.officer, window.opened_at = WindowState.CLOSED, None, None
    window.save(update_fields=["state", "officer", "opened_at"])


def vacate_windows(*, actor: Actor, appointment_id: int) -> None:
    """Close the windows of somebody who left; whoever is called there goes back to the queue, before the others."""
    for window in HallWindow.objects.select_for_update(of=("self",)).filter(officer_id=appointment_id):
        ticket = _current(window)
        if ticket is not None:
            before, ticket.state, ticket.window, ticket.started_at = ticket.state, TicketState.WAITING, None, None
            ticket.save(update_fields=["state", "window", "started_at"])
            _record(actor, "transfer_ticket", ticket, before)
        before = window.state
        _vacate(window)
        record(actor, "reservations.close_window", window, before={"state": before}, after={"state": window.state})


@step()
def call_next(*, actor: Actor, window_id: int) -> Ticket:
    """Call the first of those that wait for the window's letters. Raises LobbyRefused when nobody does.

    A number that a colleague is just calling is locked and passed by, so the two never wait for each other.
    """
    window = _hold_own(actor, window_id)
    if window.state == WindowState.PAUSED:
        raise LobbyConflict(_("%(n)s号窗口正在暂停，恢复以后才能叫号。"), n=window.number)
    current = _current(window)
    if current is not None:
        raise LobbyConflict(
            _("%(n)s号窗口的%(label)s还没有办结。先办结、过号或者转窗，再叫下一位。"),
            n=window.number,
            label=current.label,
        )
    require_open_now(window.hall, late=find_rule().overtime_minutes)
    waiting = list_waiting_at(window).select_for_update(skip_locked=True, of=("self",)).select_related("group")
    ticket = waiting.order_by("rank_at", "id").first()
    if ticket is None:
        raise LobbyRefused(_("现在没有人等候“%(letters)s”业务，稍后再叫。"), letters=window.letters)
    now = timezone.now()
    ticket.state, ticket.window, ticket.officer_id = TicketState.CALLED, window, actor.held_appointment
    ticket.called_at, ticket.calls = ticket.called_at or now, ticket.calls + 1
    ticket.save(update_fields=["state", "window", "officer", "called_at", "calls"])
    TicketCall.objects.create(hall=window.hall, ticket=ticket, window=window, at=now)
    after = {"label": ticket.label, "window": window.number}
    record(actor, "reservations.call_next", ticket, before={"state": "waiting"}, after=after)
    return ticket


@step()
def call_again(*, actor: Actor, window_id: int) -> Ticket:
    """Call the number that is called once more."""
    window = _hold_own(actor, window_id)
    ticket = _hold_current(window, TicketState.CALLED)
    ticket.calls += 1
    ticket.save(update_fields=["calls"])
    TicketCall.objects.create(hall=window.hall, ticket=ticket, window=window, at=timezone.now())
    record(actor, "reservations.call_again", ticket, after={"label": ticket.label, "calls": ticket.calls})
    return ticket


@step()
def start_serving(*, actor: Actor, window_id: int) -> Ticket:
    """Note that whoever was called has come; started twice it is started once."""
    ticket = _hold_current(_hold_own(actor, window_id))
    if ticket.state == TicketState.SERVING:
        return ticket
    ticket.state, ticket.started_at = TicketState.SERVING, timezone.now()
    ticket.save(update_fields=["state", "started_at"])
    _record(actor, "start_serving", ticket, TicketState.CALLED)
    return ticket


@step()
def finish_serving(*, actor: Actor, window_id: int) -> Ticket:
    """Note that the person at the window has been served; what she had reserved is served with it."""
    ticket = _hold_current(_hold_own(actor, window_id), TicketState.SERVING)
    ticket.state, ticket.finished_at = TicketState.SERVED, timezone.now()
    ticket.save(update_fields=["state", "finished_at"])
    if ticket.reservation_id is not None:
        Reservation.objects.filter(pk=ticket.reservation_id).update(
            state=ReservationState.SERVED, ended_at=ticket.finished_at
        )
    _record(actor, "finish_serving", ticket, TicketState.SERVING)
    return ticket


@step()
def pass_over(*, actor: Actor, window_id: int) -> Ticket:
    """Note that nobody came to the call (过号)."""
    ticket = _hold_current(_hold_own(actor, window_id), TicketState.CALLED)
    ticket.state = TicketState.PASSED
    ticket.save(update_fields=["state"])
    _record(actor, "pass_over", ticket, TicketState.CALLED)
    return ticket


@step()
def transfer_ticket(*, actor: Actor, window_id: int, to_window_id: int) -> Ticket:
    """Send whoever is at the window to another one, where she is the first to be called. Raises LobbyRefused."""
    window = _hold_own(actor, window_id)
    ticket = _hold_current(window)
    target = HallWindow.objects.filter(pk=to_window_id, hall=window.hall, is_active=True).exclude(pk=window.pk).first()
    if target is None or target.state == WindowState.CLOSED:
        raise LobbyRefused(_("请选择一个开着的窗口再转。"), "to_window")
    before = ticket.state
    ticket.state, ticket.window, ticket.for_window = TicketState.WAITING, None, target
    ticket.started_at = None
    # Before everybody who waits: she has had her turn already.
    ticket.rank_at = min(ticket.rank_at, timezone.now() - timedelta(hours=12))
    ticket.save(update_fields=["state", "window", "for_window", "started_at", "rank_at"])
    after = {"label": ticket.label, "window": target.number}
    record(actor, "reservations.transfer_ticket", ticket, before={"state": before}, after=after)
    return ticket


def _record(actor: Actor, act: str, ticket: Ticket, before: str) -> None:
    after = {"state": ticket.state, "label": ticket.label}
    record(actor, f"reservations.{act}", ticket, before={"state": before}, after=after)


@transaction.atomic
def end_day(*, actor: Actor) -> int:
    """Note of yesterday's numbers that nobody served that their people left, and close the windows left open.

    Return how many numbers; run again it finds none.
    """
    today = timezone.localdate()
    left = Ticket.objects.select_for_update(skip_locked=True).filter(
        day__lt=today, state__in=(TicketState.WAITING, *AT_WINDOW)
    )
    count = 0
    for ticket in left.order_by("pk")[:500]:
        before = ticket.state
        ticket.state = TicketState.LEFT
        ticket.save(update_fields=["state"])
        _record(actor, "end_day", ticket, before)
        count += 1
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    stale = HallWindow.objects.select_for_update(skip_locked=True, of=("self",))
    for window in stale.filter(opened_at__lt=midnight).exclude(state=WindowState.CLOSED):
        before = window.state
        _vacate(window)
        after = {"state": window.state}
        record(actor, "reservations.close_window", window, before={"state": before}, after=after)
    return count
