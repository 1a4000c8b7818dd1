"""What happens to every request: it gets an id, unusable input is refused, errors are put into words."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from prometheus_client import Counter, Histogram
from psycopg.errors import DeadlockDetected, LockNotAvailable

from zhengtong.capabilities.cases.public import RuleBroken, say
from zhengtong.config import errors
from zhengtong.config.logs import request_id
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong.core.files.public import refuse_oversized_body
from zhengtong.kernel.policy import ActorKind, Denied

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUESTS = Counter("zhengtong_requests", "Requests by method and status", ["method", "status"])
SECONDS = Histogram("zhengtong_request_seconds", "Time to answer", buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10))
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_OTHERS_AT_WORK = (DeadlockDetected, LockNotAvailable)
# As long as the longest of the short limits; those of a day say so in words.
_RETRY_AFTER_SECONDS = 600
# What passes by itself; every other refusal is the caller's to put into words.
_SIGNER_PAUSES = frozenset({"device_away", "busy"})
_SIGNER_RETRY_SECONDS = 30
_USABLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestId:
    """Gives the request an id (the proxy's, when it sent a usable one) and counts it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-Id", "")
        rid = sent if _USABLE_ID.fullmatch(sent) else uuid4().hex
        request.request_id = rid  # type: ignore[attr-defined]  # Django's request is open for this
        token, started = request_id.set(rid), time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        REQUESTS.labels(request.method, response.status_code).inc()
        SECONDS.observe(time.perf_counter() - started)
        response.headers["X-Request-Id"] = rid
        return response


class DropUnusableCookies:
    """Leaves out cookies with null bytes (sent as ``\\000``), before the session is looked up by one of them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\x00" not in name + value}
        return self.get_response(request)


class RefuseUnusableInput:
    """Refuses what is too large to read, what isn't UTF-8 and null bytes, which PostgreSQL can't hold.

    Before any form sees them, and in a form with files as well as in one without.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower() not in {"utf-8", "utf8"}:
            return errors.answer(request, errors.BAD_REQUEST, _("只能读 UTF-8 编码的内容。"))
        if "\x00" in request.path or _has_null(request.GET):
            return errors.answer(request, errors.BAD_REQUEST)
        if sentence := refuse_oversized_body(request):
            return errors.answer(request, errors.TOO_LARGE, sentence)
        # A program's body stays unread: nothing under /api/ takes a form, and its errors are the interface's own.
        if request.method == "POST" and request.content_type in _FORMS and not request.path.startswith("/api/"):
            try:
                posted = request.POST
            except (RequestDataTooBig, TooManyFieldsSent):
                return errors.answer(request, errors.TOO_LARGE)
            if _has_null(posted):
                return errors.answer(request, errors.BAD_REQUEST)
        return self.get_response(request)


def _has_null(given: QueryDict) -> bool:
    return any("\x00" in text for name, values in given.lists() for text in (name, *values))


class ErrorsInWords:
    """Turns what services raise into the answer that fits it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            allow = response.headers["Allow"]
            response = errors.answer(request, errors.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = allow
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(_RETRY_AFTER_SECONDS))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            actor = getattr(request, "actor", None)
            if actor is not None and actor.kind == ActorKind.ANONYMOUS and not errors.wants_json(request):
                return redirect_to_login(request.get_full_path())
            return errors.answer(request, errors.FORBIDDEN if exception.visible else errors.NOT_FOUND)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
            return errors.answer(request, errors.TOO_LARGE)
        if isinstance(exception, RuleBroken):
            # A page whose own answer didn't expect it: the case changed while the request was on its way.
            return errors.answer(request, errors.CONFLICT, say(exception))
        if isinstance(exception, SignerUnavailable) or (
            isinstance(exception, SignerRefused) and exception.code in _SIGNER_PAUSES
        ):
            response = errors.answer(request, errors.SIGNER_AWAY, str(exception))
            response.headers["Retry-After"] = str(_SIGNER_RETRY_SECONDS)
            return response
        if isinstance(exception, OperationalError) and isinstance(exception.__cause__, _OTHERS_AT_WORK):
            return errors.answer(request, errors.CONFLICT)
        return None
