"""Pages that only say something."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengtong.core.files.public import describe_size, upload_limit
from zhengtong.desks.hall.access import HallRequest

_PRIVATE = (
    "/account/",
    "/messages/",
    "/desk/",
    "/hall/drafts/",
    "/hall/cases/",
    "/hall/licences/",
    "/hall/materials/",
    "/hall/progress/",
)


@require_safe
def show_help(request: HallRequest) -> HttpResponse:
    return render(request, "hall/help.html", {"limit": describe_size(upload_limit())})


@require_safe
def robots(request: HallRequest) -> HttpResponse:
    """Guides and publicity may be found by search engines; what is somebody's own may not."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
