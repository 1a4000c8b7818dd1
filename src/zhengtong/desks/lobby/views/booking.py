"""A citizen's appointments: which hall, day and slot; moved, given up, kept in her calendar, printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from zhengtong.capabilities.cases.public import Case, ServiceItem, get_case_by_public_id, get_item
from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import (
    LobbyRefused,
    Purpose,
    Reservation,
    ReservationState,
    ServiceGroup,
)
from zhengtong.desks.lobby.access import for_citizens
from zhengtong.desks.lobby.calendar_file import write_calendar
from zhengtong.desks.lobby.hours import describe_hours
from zhengtong.kernel.policy import ActorKind
from zhengtong.screens.access import actor_of
from zhengtong.screens.paging import paginate
from zhengtong.screens.templatetags.look import chip

TONES = {
    ReservationState.BOOKED: "info",
    ReservationState.CHECKED_IN: "info",
    ReservationState.SERVED: "success",
    ReservationState.CANCELLED: "neutral",
    ReservationState.NO_SHOW: "warning",
}


def state_chip(reservation: Reservation) -> Any:
    return chip(reservation.get_state_display(), TONES[ReservationState(reservation.state)])


def _rule() -> Any:
    """Return the rule for the page to say, None before the administration set one."""
    try:
        return reservations.find_rule()
    except LobbyRefused:
        return None


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Halls, the rules, and one's own appointments when one is signed in."""
    actor = actor_of(request)
    is_citizen = actor.kind is ActorKind.CITIZEN
    page = paginate(reservations.list_own_reservations(actor), request.GET, order=("-id",), size=10)
    rule = _rule()
    context = {
        "is_citizen": is_citizen,
        "page": page,
        "rows": [(each, (each.item or each.slot.group).name, state_chip(each)) for each in page.rows],
        "halls": [(hall, describe_hours(hall)) for hall in reservations.list_halls()[:30]],
        "rule": rule,
        "blocked_until": reservations.blocked_until(actor.owner_id, rule) if is_citizen and rule else None,
    }
    response = render(request, "lobby/appointments.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True)
class Wish:
    """What somebody comes for, as the address says it."""

    item: ServiceItem | None
    case: Case | None
    purpose: str
    group: ServiceGroup | None

    @classmethod
    def read(cls, request: HttpRequest) -> "Wish":
        given = request.GET
        case = _find_case(request, given.get("case", ""))
        item = case.office.item if case is not None else get_item(given.get("item", "")[:60])
        purpose = request.POST.get("purpose", given.get("purpose", ""))
        purpose = purpose if purpose in Purpose.values else (Purpose.SUPPLEMENT if case is not None else Purpose.APPLY)
        hall = reservations.get_hall(given.get("hall", "")[:40])
        letter = given.get("group", "")[:1]
        offered = reservations.list_groups_for(item) if item is not None else None
        group = None
        if hall is not None and letter:
            group = reservations.list_groups(hall).filter(letter=letter).first()
        elif offered is not None and len(offered) == 1:
            group = offered[0]
        return cls(item, case, purpose, group)

    def address(self, **changes: str) -> str:
        """Return the address of the page with this wish."""
        found: dict[str, str] = {}
        if self.case is not None:
            found["case"] = str(self.case.public_id)
        elif self.item is not None:
            found["item"] = self.item.code
        if self.purpose != Purpose.APPLY:
            found["purpose"] = self.purpose
        if self.group is not None:
            found |= {"hall": self.group.hall.code, "group": self.group.letter}
        return f"{reverse('lobby:book')}?{urlencode(found | changes)}"

    @property
    def purposes(self) -> list[tuple[str, Any]]:
        shown = [Purpose.SUPPLEMENT, Purpose.COLLECT, Purpose.CONSULT] if self.case is not None else list(Purpose)
        return [(each.value, each.label) for each in shown]


def _find_case(request: HttpRequest, text: str) -> Case | None:
    try:
        return get_case_by_public_id(actor_of(request), UUID(text))
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@for_citizens
def book(request: HttpRequest) -> HttpResponseBase:
    """Choose hall and business, then day, then slot; what is full is shown as full."""
    wish = Wish.read(request)
    if wish.group is None:
        return _choose_group(request, wish)
    context = {
        "wish": wish,
        "group": wish.group,
        "here": wish.address(),
        "other_url": wish.address(hall="", group=""),
        "hours": describe_hours(wish.group.hall),
        "rule": _rule(),
    }
    if request.method != "POST":
        return _show_slots(request, "lobby/book.html", wish.group, context)
    try:
        made = reservations.book_slot(
            actor=actor_of(request),
            group=wish.group,
            starts_at=_read_slot(request),
            purpose=wish.purpose,
            item=wish.item,
            case=wish.case,
        )
    except LobbyRefused as error:
        return _show_slots(request, "lobby/book.html", wish.group, context, str(error), 422)
    messages.success(request, _("预约成功，短信已经发出。"))
    return redirect("lobby:appointment", made.public_id)


def _choose_group(request: HttpRequest, wish: Wish) -> HttpResponse:
    if wish.item is not None:
        found = [(each.hall, [each]) for each in reservations.list_groups_for(wish.item)]
    else:
        halls = list(reservations.list_halls()[:30])
        found = [(hall, list(reservations.list_groups(hall))) for hall in halls]
    wanted = reservations.get_hall(request.GET.get("hall", "")[:40])
    if wanted is not None:
        found = [(hall, groups) for hall, groups in found if hall.pk == wanted.pk]
    shown = [
        (hall, [(group, wish.address(hall=hall.code, group=group.letter)) for group in groups])
        for hall, groups in found
        if groups
    ]
    return render(request, "lobby/choose.html", {"wish": wish, "halls": shown})


def _read_slot(request: HttpRequest) -> datetime:
    """Return the moment that was chosen. Raises LobbyRefused when none was."""
    try:
        moment = parse_datetime(request.POST.get("slot", "")[:40])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 < moment.year < 2100:
        raise LobbyRefused(_noop("请选择一个时段。"), "slot")
    return moment


def _show_slots(
    request: HttpRequest,
    template: str,
    group: ServiceGroup,
    context: dict[str, Any],
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The days within reach and the slots of the chosen one."""
    errors: list[tuple[str, str]] = [("slots", problem)] if problem else []
    days: Sequence[Any] = ()
    slots: Sequence[Any] = ()
    day = None
    try:
        days = reservations.list_days(group)
        day = _read_day(request) or next((each.day for each in days if each.left), days[0].day if days else None)
        slots = reservations.list_slots(group, day) if day is not None else ()
    except LobbyRefused as error:
        status = max(status, 422)
        errors = errors or [("slots", str(error))]
    given = request.POST.get("slot", "")
    page = {
        "errors": errors,
        "day": day,
        "days": [(each, each.day == day) for each in days],
        "slots": [(each, each.starts_at.isoformat(), each.starts_at.isoformat() == given) for each in slots],
        "has_places": any(each.left and not each.is_past for each in slots),
    }
    return render(request, template, context | page, status=status)


def _read_day(request: HttpRequest) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("day", "")[:10])
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None


def _find(request: HttpRequest, public_id: UUID) -> Reservation:
    """Return her reservation; what is somebody else's doesn't exist."""
    found = reservations.get_own_reservation(actor_of(request), public_id)
    if found is None:
        raise Http404
    return found


def _summary(reservation: Reservation) -> list[tuple[str, Any]]:
    slot = reservation.slot
    local = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    rows = [
        (_("大厅"), reservation.hall.name),
        (_("地址"), reservation.hall.address),
        (_("时间"), f"{local[0]:%H:%M}—{local[1]:%H:%M}"),
        (_("业务"), f"{slot.group.letter} {slot.group.name}"),
        (_("来办什么"), reservation.get_purpose_display()),
    ]
    if reservation.item is not None:
        rows.append((_("事项"), reservation.item.name))
    if reservation.case is not None and reservation.case.number:
        rows.append((_("办件编号"), reservation.case.number))
    return rows


@require_GET
@for_citizens
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _render(request, _find(request, public_id))


def _render(request: HttpRequest, reservation: Reservation, problem: str = "", status: int = 200) -> HttpResponse:
    rule = _rule()
    context = {
        "reservation": reservation,
        "state": state_chip(reservation),
        "summary": _summary(reservation),
        "rule": rule,
        "is_booked": reservation.state == ReservationState.BOOKED,
        "is_changeable": rule is not None and reservations.is_changeable(reservation, rule),
        "ticket": getattr(reservation, "ticket", None),
        "problem": problem,
    }
    return render(request, "lobby/appointment.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_citizens
def change(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    reservation = _find(request, public_id)
    group, here = reservation.slot.group, reverse("lobby:change", args=[public_id])
    context = {"reservation": reservation, "group": group, "here": f"{here}?", "summary": _summary(reservation)}
    if request.method != "POST":
        rule = _rule()
        if rule is None or not reservations.is_changeable(reservation, rule):
            return _render(request, reservation, _("这个预约现在不能改期。"), 409)
        return _show_slots(request, "lobby/change.html", group, context)
    try:
        reservations.change_reservation(actor=actor_of(request), reservation=reservation, starts_at=_read_slot(request))
    except LobbyRefused as error:
        return _show_slots(request, "lobby/change.html", group, context, str(error), 422)
    messages.success(request, _("已改期，预约码不变。"))
    return redirect("lobby:appointment", public_id)


@require_POST
@for_citizens
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    reservation = _find(request, public_id)
    try:
        reservations.cancel_reservation(actor=actor_of(request), reservation=reservation)
    except LobbyRefused as error:
        return _render(request, _find(request, public_id), str(error), 409)
    messages.success(request, _("已取消，位置让给了别人。"))
    return redirect("lobby:appointments")


@require_GET
@for_citizens
def download_calendar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    written = write_calendar(_find(request, public_id), request.get_host().partition(":")[0])
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@require_GET
@for_citizens
def show_slip(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What she prints and brings: the code in figures and for a scanner."""
    reservation = _find(request, public_id)
    picture = segno.make_qr(reservation.code, error="m").svg_data_uri(scale=6, border=2)
    context = {"reservation": reservation, "summary": _summary(reservation), "picture": picture, "rule": _rule()}
    return render(request, "lobby/slip.html", context)
