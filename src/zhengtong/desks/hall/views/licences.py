"""Her licences, to be shown, downloaded and verified."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhengtong.capabilities.licences.public import Licence, list_licences
from zhengtong.core.files.public import file_response
from zhengtong.core.papers.public import Standing, ensure_rendered, get_status
from zhengtong.desks.hall.access import HallRequest, applicants_only
from zhengtong.desks.hall.paging import paginate

TONES = {Standing.IN_FORCE: "success", Standing.EXPIRED: "warning", Standing.SUSPENDED: "warning"}


@require_safe
@applicants_only
def list_own(request: HallRequest) -> HttpResponse:
    page = paginate(list_licences(request.actor), request, "paper__issued_at")
    context = {"page": page, "licences": [describe(licence) for licence in page.rows]}
    return render(request, "hall/licences.html", context)


def describe(licence: Licence) -> dict[str, object]:
    status = get_status(licence.paper)
    return {"licence": licence, "status": status, "tone": TONES.get(status.standing, "danger")}


@require_safe
@applicants_only
def download(request: HallRequest, number: str) -> FileResponse:
    """The electronic licence, made now if its job hasn't come to it yet."""
    licence = list_licences(request.actor).filter(number=number).first()
    if licence is None:
        raise Http404
    paper = ensure_rendered(licence.paper)
    assert paper.file is not None  # ensure_rendered gives it one
    return file_response(paper.file, as_attachment="open" not in request.GET)
