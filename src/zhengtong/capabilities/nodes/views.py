"""The door for other nodes at /exchange/v1/nodes/: behind nginx, which takes their client certificates."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhengtong.capabilities.nodes.bundle import write_bundle
from zhengtong.capabilities.nodes.envelope import LONGEST, BadEnvelope, Envelope, read_envelope
from zhengtong.capabilities.nodes.models import Node
from zhengtong.capabilities.nodes.presented import Turned, find_caller
from zhengtong.capabilities.nodes.services.delivering import INLINE
from zhengtong.capabilities.nodes.services.own import make_own_bundle
from zhengtong.capabilities.nodes.services.receiving import (
    LONGEST_PIECE,
    Answer,
    find_offered,
    take_hello,
    take_offer,
    take_piece,
)
from zhengtong.capabilities.nodes.signing import Signed
from zhengtong.core.identity.public import Refused

Door = Callable[..., HttpResponse]


def problem(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    """Return an error as RFC 9457 has it; ``code`` is stable, ``detail`` is for the people of the other side."""
    body = {"status": status, "code": code, "detail": detail, **more}
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/problem+json"
    answer["Cache-Control"] = "no-store"
    return answer


def for_nodes(door: Door) -> Door:
    """Let in nodes of the trust list; whoever is turned away is told why in a stable code and a sentence."""

    @wraps(door)
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        try:
            answer = door(request, find_caller(request), *args, **options)
        except Turned as turned:
            return problem(turned.status, turned.code, turned.message, **turned.more)
        except RequestDataTooBig:
            return problem(413, "too-large", _("这次请求太大，请把内容分成不超过 1 MB 的几段。"))
        answer["Cache-Control"] = "no-store"
        return answer

    return csrf_exempt(guarded)


@for_nodes
@require_POST
def hello(request: HttpRequest, node: Node) -> HttpResponse:
    envelope, signed, _body = _read(request)
    return _say(take_hello(node, envelope, signed))


@for_nodes
@require_POST
def messages(request: HttpRequest, node: Node) -> HttpResponse:
    envelope, signed, body = _read(request)
    return _say(take_offer(node, envelope, signed, body))


@for_nodes
@require_http_methods(["PUT"])
def body(request: HttpRequest, node: Node, message_id: UUID) -> HttpResponse:
    start = request.GET.get("from", "")
    if not start.isdecimal() or len(start) > 15:
        raise Turned(400, "bad-offset", _("请在 from 里写明从第几个字节开始。"))
    content = request.body
    if len(content) > LONGEST_PIECE:
        raise Turned(413, "too-large", _("这次请求太大，请把内容分成不超过 1 MB 的几段。"))
    return _say(take_piece(node, find_offered(node, str(message_id)), int(start), content))


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    """This platform's card, for whoever fetches it by address: public certificates, compared by people afterwards."""
    try:
        content = write_bundle(make_own_bundle())
    except Refused as refused:
        return problem(404, refused.code, str(refused.message))
    return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "no-store"})


def _read(request: HttpRequest) -> tuple[Envelope, Signed, bytes | None]:
    content = request.body
    if len(content) > LONGEST + INLINE * 4 // 3:
        raise Turned(413, "too-large", _("信封太大，较大的内容请分段传。"))
    try:
        return read_envelope(content)
    except BadEnvelope as error:
        raise Turned(400, "bad-envelope", _("信封读不懂：%s") % str(error)) from error


def _say(answer: Answer) -> HttpResponse:
    return JsonResponse(answer.body, status=answer.status, json_dumps_params={"ensure_ascii": False})
