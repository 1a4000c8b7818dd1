"""The guide's desk: check people in by code or phone, give numbers, bring back those who missed their turn."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import (
    CODE_LENGTH,
    GUIDE,
    Care,
    Hall,
    LobbyConflict,
    LobbyRefused,
    Reservation,
    TicketState,
)
from zhengtong.core.identity.public import mask_name
from zhengtong.desks.lobby.taking import take_number
from zhengtong.screens.access import actor_of, for_staff

SHOWN = 20


def _pick_hall(request: HttpRequest) -> tuple[Hall | None, list[Hall]]:
    halls = reservations.list_work_halls(actor_of(request))
    wanted = request.GET.get("hall", "")
    return next((hall for hall in halls if hall.code == wanted), halls[0] if halls else None), halls


@require_http_methods(["GET", "POST"])
@for_staff(GUIDE)
def show(request: HttpRequest) -> HttpResponse:
    hall, halls = _pick_hall(request)
    if hall is None:
        return render(request, "lobby/no_hall.html", {})
    if request.method != "POST":
        return _render(request, hall, halls)
    try:
        said = _perform(request, hall)
    except LobbyRefused as error:
        return _render(request, hall, halls, str(error), 409 if isinstance(error, LobbyConflict) else 422)
    messages.success(request, said)
    return redirect(f"{reverse('lobby:reception')}?hall={hall.code}")


def _perform(request: HttpRequest, hall: Hall) -> str:
    actor, given = actor_of(request), request.POST
    match given.get("act"):
        case "check-in":
            found = _find_reservation(given.get("reservation", ""))
            ticket = reservations.check_in(actor=actor, hall=hall, reservation=found)
            return _("已报到，%(label)s") % {"label": ticket.label}
        case "take":
            return _("已取号，%(label)s") % {"label": take_number(request, hall).label}
        case "requeue":
            number = given.get("ticket", "")
            ticket_id = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
            ticket = reservations.requeue_ticket(actor=actor, hall=hall, ticket_id=ticket_id)
            return _("%(label)s 已重新排队") % {"label": ticket.label}
    raise Http404


def _find_reservation(text: str) -> Reservation:
    try:
        found = Reservation.objects.select_related("hall", "slot").filter(public_id=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _search(request: HttpRequest, hall: Hall) -> tuple[list[Reservation], str]:
    """Return what code or phone finds, and what is to be said when that is nothing."""
    typed = "".join(sign for sign in request.GET.get("q", "")[:30] if sign.isascii() and sign.isdigit())
    if len(typed) == CODE_LENGTH:
        rows = Reservation.objects.select_related("hall", "slot__group", "item").filter(hall=hall, code=typed)
        found = list(rows)
        return found, "" if found else _("本厅没有这个预约码。请核对短信里的8位数字，也可以按手机号查。")
    try:
        return reservations.find_by_phone(actor_of(request), hall, typed), ""
    except LobbyRefused as error:
        return [], str(error)


def _render(request: HttpRequest, hall: Hall, halls: list[Hall], problem: str = "", status: int = 200) -> HttpResponse:
    query = request.GET.get("q", "")[:30]
    found, nothing = _search(request, hall) if query else ([], "")
    now = reservations.read_hall(hall)
    today = reservations.list_todays_tickets(hall)
    waiting = today.filter(state=TicketState.WAITING).order_by("rank_at", "id")
    expected = reservations.list_todays_reservations(hall)
    context: dict[str, Any] = {
        "hall": hall,
        "halls": [(each, each.pk == hall.pk) for each in halls] if len(halls) > 1 else [],
        "query": query,
        "found": [(each, mask_name(each.name)) for each in found],
        "nothing": nothing,
        "expected": [(each, mask_name(each.name)) for each in expected[:SHOWN]],
        "groups": [(group, now.waiting.get(group.pk, 0)) for group in now.groups],
        "cares": Care.choices,
        "waiting": waiting[:SHOWN],
        "count": waiting.count(),
        "passed": today.filter(state=TicketState.PASSED).order_by("-id")[:SHOWN],
        "last": today.order_by("-id").first(),
        "form_token": uuid4().hex,
        "problem": problem,
    }
    return render(request, "lobby/reception.html", context, status=status)


@require_POST
@for_staff(GUIDE)
def issue_kiosk(request: HttpRequest, code: str) -> HttpResponse:
    """Make a new address for the hall's kiosks; it is shown this once, and the one before ends."""
    halls = reservations.list_work_halls(actor_of(request))
    hall = next((each for each in halls if each.code == code), None)
    if hall is None:
        raise Http404
    token = reservations.issue_kiosk_link(actor=actor_of(request), hall=hall)
    made = request.build_absolute_uri(reverse("lobby:kiosk", args=[token]))
    return render(request, "lobby/kiosk_link.html", {"hall": hall, "made": made})
