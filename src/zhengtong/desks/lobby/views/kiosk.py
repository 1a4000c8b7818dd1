"""The kiosk in the hall: check in with a code, or take a number. Nobody is signed in; its address is the key."""

from typing import Any
from uuid import UUID, uuid4

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import Care, Hall, LobbyConflict, LobbyRefused, Ticket
from zhengtong.desks.lobby.taking import take_number
from zhengtong.screens.access import actor_of


@require_http_methods(["GET", "POST"])
@never_cache
def show(request: HttpRequest, token: str) -> HttpResponseBase:
    hall = reservations.get_kiosk_hall(token)
    if hall is None:
        raise Http404
    if request.method != "POST":
        return _kept_secret(_render(request, hall, _shown_ticket(request, hall)))
    act = request.POST.get("act", "")
    try:
        if act == "check-in":
            code = request.POST.get("code", "")[:20]
            if limited := ratelimit.consume_or_429(request, action="lobby_check_in", key=code):
                return limited
            found = reservations.find_by_code(hall, code, request.POST.get("tail", ""))
            ticket = reservations.check_in(actor=actor_of(request), hall=hall, reservation=found)
        else:
            ticket = take_number(request, hall)
    except LobbyRefused as error:
        status = 409 if isinstance(error, LobbyConflict) else 422
        return _kept_secret(_render(request, hall, None, error, status))
    return redirect(f"{reverse('lobby:kiosk', args=[token])}?ticket={ticket.public_id}")


def _shown_ticket(request: HttpRequest, hall: Hall) -> Ticket | None:
    try:
        ticket = reservations.get_ticket(UUID(request.GET.get("ticket", "")))
    except ValueError:
        return None
    return ticket if ticket is not None and ticket.hall_id == hall.pk else None


def _render(
    request: HttpRequest, hall: Hall, ticket: Ticket | None, error: LobbyRefused | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "hall": hall,
        "groups": [],
        "cares": Care.choices,
        "form_token": uuid4().hex,
        "ticket": ticket,
        "errors": [(error.field or "main", str(error))] if error is not None else [],
        "code": request.POST.get("code", "")[:20],
    }
    now = reservations.read_hall(hall)
    context["groups"] = [(group, now.waiting.get(group.pk, 0)) for group in now.groups]
    if ticket is not None:
        context["standing"] = reservations.get_standing(ticket, now)
    return render(request, "lobby/kiosk.html", context, status=status)


def _kept_secret(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is neither told to anybody else nor found by searching."""
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
