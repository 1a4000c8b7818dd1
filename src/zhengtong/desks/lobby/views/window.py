"""The officer's window: open it, call, serve, finish, pass over, transfer, pause; by mouse or by keyboard."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhengtong.capabilities.cases.public import TaskNode, TaskPage, get_case
from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import (
    CALL,
    HallWindow,
    LobbyRefused,
    Ticket,
    TicketState,
    WindowState,
)
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.menu import MenuEntry

SHOWN = 12
# The counter's line in the menu: what the next person came for is filed there.
FILING = "window.new"
ACTS: dict[str, Callable[..., Any]] = {
    "open": reservations.open_window,
    "pause": reservations.pause_window,
    "close": reservations.close_window,
    "next": reservations.call_next,
    "again": reservations.call_again,
    "start": reservations.start_serving,
    "finish": reservations.finish_serving,
    "pass": reservations.pass_over,
}


@require_GET
@for_staff(CALL)
def show(request: HttpRequest) -> HttpResponse:
    return _render(request)


def _render(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    window = reservations.get_own_window(actor)
    if window is None:
        context: dict[str, Any] = {"windows": list(reservations.list_windows(actor)[:60]), "problem": problem}
        return render(request, "lobby/windows.html", context, status=status)
    context = _context(actor, window) | {"problem": problem}
    is_part = request.method == "GET" and request.headers.get("HX-Request") == "true"
    return render(request, "lobby/window_queue.html" if is_part else "lobby/window.html", context, status=status)


def _context(actor: Actor, window: HallWindow) -> dict[str, Any]:
    ticket = reservations.get_current_ticket(window)
    waiting = reservations.list_waiting_at(window).select_related("group").order_by("rank_at", "id")
    today = reservations.list_todays_tickets(window.hall)
    now = timezone.now()
    return {
        "window": window,
        "is_open": window.state == WindowState.OPEN,
        "ticket": ticket,
        "is_called": ticket is not None and ticket.state == TicketState.CALLED,
        "links": _links(actor, ticket) if ticket is not None else [],
        "waiting": [(each, int((now - each.taken_at).total_seconds() // 60)) for each in waiting[:SHOWN]],
        "count": waiting.count(),
        "passed": today.filter(state=TicketState.PASSED, window=window).order_by("-id")[:5],
        "served": today.filter(state=TicketState.SERVED, window=window).count(),
        "others": [
            (each.pk, _("%(n)s号窗口 %(name)s") % {"n": each.number, "name": each.name})
            for each in HallWindow.objects.filter(hall=window.hall, is_active=True)
            .exclude(state=WindowState.CLOSED)
            .exclude(pk=window.pk)
        ],
        "now": now,
    }


def _links(actor: Actor, ticket: Ticket) -> list[tuple[str, str, str]]:
    """Return where the work on what she came for goes on: her case, or a new application at the counter."""
    found = []
    case = ticket.reservation.case if ticket.reservation is not None else None
    if case is not None and case.number and get_case(actor, case.number) is not None:
        page = next((each for each in registry.of(TaskPage) if each.key == TaskNode.ACCEPTANCE), None)
        if page is not None:
            address = reverse(page.url_name, args=[case.number])
            found.append((address, _("打开办件 %(number)s") % {"number": case.number}, "file"))
    entry = next((each for each in registry.of(MenuEntry) if each.code == FILING), None)
    if entry is not None and entry.is_for(actor):
        found.append((reverse(entry.url_name), _("收件：代办申请"), "plus"))
    return found


@require_POST
@for_staff(CALL)
def act(request: HttpRequest, window_id: int, act: str) -> HttpResponse:
    """Do what a button says. What isn't possible any more is said on the page as it is now."""
    actor = actor_of(request)
    try:
        if act == "transfer":
            to = request.POST.get("to_window", "")
            target = int(to) if to.isascii() and to.isdigit() and len(to) < 18 else 0
            done: Any = reservations.transfer_ticket(actor=actor, window_id=window_id, to_window_id=target)
        elif act == "requeue":
            done = _requeue(actor, request.POST.get("ticket", ""))
        elif act in ACTS:
            done = ACTS[act](actor=actor, window_id=window_id)
        else:
            raise Http404
    except LobbyRefused as error:
        return _render(request, str(error), 409)
    said = _say(act, done)
    if said:
        messages.success(request, said)
    return redirect("lobby:window")


def _requeue(actor: Actor, ticket: str) -> Ticket:
    window = reservations.get_own_window(actor)
    if window is None:
        raise Http404
    ticket_id = int(ticket) if ticket.isascii() and ticket.isdigit() and len(ticket) < 18 else 0
    return reservations.requeue_ticket(actor=actor, hall=window.hall, ticket_id=ticket_id)


def _say(act: str, done: Any) -> str:
    words = {
        "close": _("已关窗"),
        "finish": _("%(label)s 已办结"),
        "pass": _("%(label)s 已过号"),
        "transfer": _("%(label)s 已转窗"),
        "requeue": _("%(label)s 已重新排队"),
    }
    return words.get(act, "") % {"label": getattr(done, "label", "")} if act in words else ""
