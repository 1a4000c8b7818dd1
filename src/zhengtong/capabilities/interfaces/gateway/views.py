"""The doors under ``/exchange/v1/``: calls, changes that a system fetches, keys that answers are signed with."""

import base64

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from zhengtong.capabilities.interfaces.gateway.pulling import pull_changes
from zhengtong.capabilities.interfaces.gateway.serving import serve, serve_call
from zhengtong.capabilities.interfaces.models import AnswerKey


@csrf_exempt
def call_service(request: HttpRequest, code: str) -> HttpResponse:
    """What counts is the envelope's signature; there is no session here."""
    return serve_call(request, code)


@csrf_exempt
def fetch_changes(request: HttpRequest, code: str) -> HttpResponse:
    return serve(request, f"subscription:{code}", lambda sender, _found: pull_changes(sender, code))


@require_safe
def show_key(request: HttpRequest, key_id: str) -> HttpResponse:
    """The key of an answer, with the statement that the platform's certificate signed over it."""
    key = AnswerKey.objects.filter(key_id=key_id).first()
    if key is None:
        return JsonResponse({"code": "key-unknown", "status": 404, "title": "没有这把应答密钥。"}, status=404)
    return JsonResponse(
        {
            "key": key.key_id,
            "statement": base64.b64encode(bytes(key.statement)).decode(),
            "signature": base64.b64encode(bytes(key.signature)).decode(),
            "certificates": [key.certificates],
        }
    )
