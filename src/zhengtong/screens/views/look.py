"""The switch of contrast and size, and the style guide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from zhengtong.screens import guide
from zhengtong.screens.context_processors import COOKIE, read_choice

_YEAR = 365 * 24 * 3600


@require_POST
def switch_look(request: HttpRequest) -> HttpResponse:
    """Sets ``contrast`` (high, normal) and ``size`` (large, normal), each if given, and goes back to ``next``."""
    contrast, size = read_choice(request)
    contrast = {"high": "high", "normal": ""}.get(request.POST.get("contrast", ""), contrast)
    size = {"large": "large", "normal": ""}.get(request.POST.get("size", ""), size)
    target = request.POST.get("next", "")
    secure = request.is_secure()
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=secure):
        target = "/"
    response = redirect(target)
    choice = ".".join(filter(None, (contrast, size)))
    response.set_cookie(COOKIE, choice, max_age=_YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@require_GET
def show_guide(request: HttpRequest) -> HttpResponse:
    """Every component with realistic text; ``?face=desk`` shows it in the workbench. Only while developing."""
    if not settings.DEBUG:
        raise Http404
    desk = request.GET.get("face") == "desk"
    return render(request, "screens/guide_desk.html" if desk else "screens/guide.html", guide.sample(request))
