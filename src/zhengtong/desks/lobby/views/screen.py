"""What anybody sees of a hall: who is called (大屏), how many wait, how one's own number stands."""

from typing import Any
from uuid import UUID

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhengtong.capabilities.reservations import public as reservations
from zhengtong.capabilities.reservations.public import Hall, HallNow, TicketState, WindowState
from zhengtong.desks.lobby.hours import describe_hours

EVERY_SECONDS = 3
# Bundles of the build whose names change with their content: another name is another version of the page.
_ASSETS = ("build/app.js", "build/app.css")


def _find(code: str) -> Hall:
    hall = reservations.get_hall(code)
    if hall is None:
        raise Http404
    return hall


@require_safe
def list_halls(request: HttpRequest) -> HttpResponse:
    halls = [(hall, reservations.read_hall(hall)) for hall in reservations.list_halls()[:30]]
    rows = [(hall, sum(now.waiting.values()), _count_open(now)) for hall, now in halls]
    return render(request, "lobby/halls.html", {"rows": rows})


def _count_open(now: HallNow) -> int:
    return sum(window.state == WindowState.OPEN for window in now.windows)


@require_safe
@never_cache
def show_hall(request: HttpRequest, code: str) -> HttpResponse:
    """How many wait for each business, and how long whoever comes now would."""
    hall = _find(code)
    now = reservations.read_hall(hall)
    context = {
        "hall": hall,
        "now": timezone.now(),
        "hours": describe_hours(hall),
        "rows": [
            (group, now.waiting.get(group.pk, 0), now.expect(group, now.waiting), len(now.open_windows(group.letter)))
            for group in now.groups
        ],
        "windows": now.windows,
        "total": sum(now.waiting.values()),
        "open": _count_open(now),
        "rule": reservations.find_rule(),
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "lobby/hall_now.html" if is_part else "lobby/hall.html", context)


@require_safe
@never_cache
def show_ticket(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own number on one's own phone: what the slip of the kiosk leads to."""
    ticket = reservations.get_ticket(public_id)
    if ticket is None:
        raise Http404
    is_today = ticket.day == timezone.localdate()
    context: dict[str, Any] = {"ticket": ticket, "now": timezone.now(), "is_today": is_today}
    if is_today and ticket.state == TicketState.WAITING:
        context["standing"] = reservations.get_standing(ticket)
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "lobby/ticket_now.html" if is_part else "lobby/ticket.html", context)


@require_safe
@never_cache
def show_screen(request: HttpRequest, code: str) -> HttpResponse:
    hall = _find(code)
    page = {"calls_url": reverse("lobby:calls", args=[code]), "every": EVERY_SECONDS, "version": _version()}
    return render(request, "lobby/screen.html", _context(hall) | page)


@require_safe
@never_cache
def show_calls(request: HttpRequest, code: str) -> HttpResponse:
    response = render(request, "lobby/calls.html", _context(_find(code)))
    response.headers["X-Wall-Version"] = _version()
    return response


def _context(hall: Hall) -> dict[str, Any]:
    now = reservations.read_hall(hall)
    calls = reservations.list_last_calls(hall, 7)
    return {
        "hall": hall,
        "now": timezone.now(),
        "last": calls[0] if calls else None,
        "calls": calls[1:],
        "rows": [(group, now.waiting.get(group.pk, 0)) for group in now.groups],
        "total": sum(now.waiting.values()),
    }


def _version() -> str:
    return " ".join(staticfiles_storage.url(name) for name in _ASSETS)
