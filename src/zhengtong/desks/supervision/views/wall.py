"""The wall (大屏): every figure of the running work, live, for a signed-in supervisor and for screens nobody is at."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhengtong.capabilities.cases.public import RuleBroken, Unacceptable, say
from zhengtong.capabilities.supervision.public import (
    WallDisplay,
    create_display,
    get_display,
    list_displays,
    may_revoke,
    revoke_display,
)
from zhengtong.desks.supervision.display_forms import DisplayForm
from zhengtong.desks.supervision.wall_bars import draw_hours, draw_lines
from zhengtong.desks.supervision.wall_figures import read_wall
from zhengtong.desks.supervision.wall_map import HEIGHT, WIDTH, draw_map
from zhengtong.screens.access import actor_of, for_staff

WATCH, URGE = "supervision.watch", "supervision.urge"
EVERY_SECONDS = 10
UNPROCESSABLE = 422
# Bundles of the build whose names change with their content: another name is another version of the page.
_ASSETS = ("build/app.js", "build/app.css")


@require_GET
@for_staff(WATCH)
def show_wall(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    page = {
        "title": _("政务服务电子监察"),
        "figures_url": reverse("supervision:wall_figures"),
        "is_display": False,
        "may_share": actor.has(URGE),
    }
    return render(request, "supervision/wall.html", _frame(actor.reach(WATCH), has_links=True) | page)


@require_GET
@for_staff(WATCH)
def show_figures(request: HttpRequest) -> HttpResponseBase:
    response = render(request, "supervision/wall_figures.html", _context(actor_of(request).reach(WATCH), True))
    # A page that asks by itself is nobody at work: the session ends as it would have without.
    request.session.accessed = False
    return _dated(response)


@require_GET
def show_display(request: HttpRequest, token: str) -> HttpResponse:
    display = _find(token)
    page = {
        "title": display.title or _("政务服务电子监察"),
        "figures_url": reverse("supervision:display_figures", args=[token]),
        "is_display": True,
    }
    return _kept_nowhere(
        render(request, "supervision/wall.html", _frame(display.organisations, has_links=False) | page)
    )


@require_GET
def show_display_figures(request: HttpRequest, token: str) -> HttpResponse:
    display = _find(token)
    response = render(request, "supervision/wall_figures.html", _context(display.organisations, False))
    return _kept_nowhere(_dated(response))


@require_http_methods(["GET", "POST"])
@for_staff(URGE)
def show_displays(request: HttpRequest) -> HttpResponseBase:
    """The links that she can end, and the form for another; a new one's address is shown this once."""
    actor = actor_of(request)
    form = DisplayForm(request.POST or None)
    made = ""
    if request.method == "POST" and form.is_valid():
        try:
            _display, token = create_display(actor=actor, **form.cleaned_data)
        except RuleBroken as error:
            name = error.field if isinstance(error, Unacceptable) else ""
            form.add_error(name or None, say(error))
        else:
            made = request.build_absolute_uri(reverse("supervision:display", args=[token]))
            form = DisplayForm()
    now = timezone.now()
    rows = [
        {
            "display": each,
            "state": _("已停用") if each.revoked_at else _("已过期") if each.expires_at <= now else _("使用中"),
            "is_live": each.revoked_at is None and each.expires_at > now,
            "may_revoke": may_revoke(actor, each),
        }
        for each in list_displays(actor)[:100]
    ]
    context = {"form": form, "rows": rows, "made": made}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "supervision/wall_displays.html", context, status=status)


@require_POST
@for_staff(URGE)
def revoke(request: HttpRequest, display_id: int) -> HttpResponseBase:
    revoke_display(actor=actor_of(request), display_id=display_id)
    return redirect("supervision:displays")


def _find(token: str) -> WallDisplay:
    display = get_display(token)
    if display is None:
        raise Http404
    return display


def _frame(organisations: Iterable[int], *, has_links: bool) -> dict[str, Any]:
    """Return the page around the figures, the first of them included: it shows them before any script runs."""
    return _context(organisations, has_links) | {"every": EVERY_SECONDS, "version": _version()}


def _context(organisations: Iterable[int], has_links: bool) -> dict[str, Any]:
    wall = read_wall(organisations)
    today = timezone.localdate(wall.now)
    return {
        "wall": wall,
        "has_links": has_links,
        "list_url": f"{reverse('supervision:cases')}?kind=licence",
        "drill_url": reverse("supervision:drill"),
        "report_url": reverse("supervision:report"),
        "today": today.isoformat(),
        "this_month": f"{today:%Y-%m}",
        "hours": draw_hours(wall.hours),
        "offices": draw_lines(wall.offices, "organisation"),
        "items": draw_lines(wall.items, "item"),
        "counties": draw_lines(wall.counties, "region"),
        "shapes": draw_map(wall.counties),
        "map_width": WIDTH,
        "map_height": HEIGHT,
    }


def _version() -> str:
    return " ".join(staticfiles_storage.url(name) for name in _ASSETS)


def _dated(response: HttpResponse) -> HttpResponse:
    response.headers["X-Wall-Version"] = _version()
    return response


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """The address is the key: it is neither kept on the way nor told to anybody else, nor found by searching."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
