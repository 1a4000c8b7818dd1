"""Whoever scans the code that a holder shows: genuine, fresh and in force, or why not; and the certificates to check it
without this platform."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from zhengtong.capabilities.licences.public import judge_presented, list_content_certificates


@never_cache
@require_safe
def judge(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("c", "")[:4000]
    return render(
        request, "licences_desk/scanned.html", {"text": text, "judged": judge_presented(text) if text else None}
    )


@require_GET
def list_certificates(_request: HttpRequest) -> HttpResponse:
    """The platform's certificate for content and those above it, as PEM: what ``zhengtong-verify`` takes as roots."""
    response = HttpResponse(list_content_certificates(), content_type="application/x-pem-file")
    response.headers["Content-Disposition"] = 'attachment; filename="licence-certificates.pem"'
    return response
