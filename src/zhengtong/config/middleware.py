"""What happens to every request: it gets an id, unusable input is refused, errors are put into words."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from zhengtong.config import errors
from zhengtong.config.logs import request_id
from zhengtong.core.files.public import refuse_oversized_body
from zhengtong.kernel.policy import ActorKind, Denied

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUESTS = Counter("zhengtong_requests", "Requests by method and status", ["method", "status"])
SECONDS = Histogram("zhengtong_request_seconds", "Time to answer", buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10))
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


class RefuseUnusableInput:
    """Refuses what is too large to read, and null bytes, which PostgreSQL can't hold, before any form sees them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or any(
            "\x00" in v for values in request.GET.lists() for v in (values[0], *values[1])
        ):
            return errors.answer(request, errors.BAD_REQUEST)
        if sentence := refuse_oversized_body(request):
            return errors.answer(request, errors.TOO_LARGE, sentence)
        if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
            try:
                posted = request.POST
            except (RequestDataTooBig, TooManyFieldsSent):
                return errors.answer(request, errors.TOO_LARGE)
            if any("\x00" in v for values in posted.lists() for v in (values[0], *values[1])):
                return errors.answer(request, errors.BAD_REQUEST)
        return self.get_response(request)


class ErrorsInWords:
    """Turns what services raise into the answer that fits it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            actor = getattr(request, "actor", None)
            if actor is not None and actor.kind == ActorKind.ANONYMOUS and not errors.wants_json(request):
                return redirect_to_login(request.get_full_path())
            return errors.answer(request, errors.FORBIDDEN if exception.visible else errors.NOT_FOUND)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
            return errors.answer(request, errors.TOO_LARGE)
        if isinstance(exception, OperationalError) and "lock timeout" in str(exception):
            return errors.answer(request, errors.CONFLICT)
        return None
