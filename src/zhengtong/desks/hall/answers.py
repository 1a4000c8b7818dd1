"""Answers that several pages give: a broken rule in words, and a problem for the scripts of a page."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext

from zhengtong.capabilities.cases.public import RuleBroken


def in_words(error: RuleBroken) -> str:
    """Return the sentence of a broken rule in the reader's language."""
    return gettext(error.message) % error.params


def is_script(request: HttpRequest) -> bool:
    """Return whether a script of a page asks and reads JSON, not a person."""
    return request.accepts("application/json") and not request.accepts("text/html")


def problem(status: int, code: str, detail: str) -> JsonResponse:
    """Return RFC 9457 problem details; ``detail`` is shown beside the field or the file."""
    body = {"type": f"/problems/{code}", "title": detail, "status": status, "detail": detail, "code": code}
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
