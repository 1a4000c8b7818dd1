"""Text messages by a gateway's HTTP interface: one signed request a text, as SMS operators ask for.

The request is ``POST {SMS_URL}`` with JSON ``{"phone", "text", "sign", "reference"}``. It is signed with HMAC-SHA256
over method, path, time, nonce and the body's SHA-256, each on a line of its own, under the key that both sides share:

    X-Key: <SMS_KEY>    X-Timestamp: <unix seconds>    X-Nonce: <32 hex>    X-Signature: <hex>

The answer is JSON ``{"code": "OK", "id": "…"}``. A gateway that speaks otherwise gets a small adapter before it, or a
class of its own beside this one. The port's rules are those of ``SmsProvider``.
"""

import hashlib
import hmac
import json
import secrets
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from zhengtong.core.messages.providers import Receipt, SendFailed

TIMEOUT = 10
LARGEST = 64 * 1024
# What a gateway says when trying again is no use.
_PERMANENT = frozenset({"INVALID_PHONE", "BLACKLISTED", "TEXT_REFUSED"})


def sign(secret: str, *, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """Return the signature of a request, by which the gateway knows who sent it and that nobody changed it."""
    lines = "\n".join((method, path, timestamp, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


class HttpSmsProvider:
    """Speaks to the gateway of ``settings.SMS_URL``."""

    def send(self, phone: str, text: str, reference: str) -> Receipt:
        url = urlsplit(settings.SMS_URL)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise SendFailed("not-configured")
        body = json.dumps(
            {"phone": phone, "text": text, "sign": settings.SMS_SIGN, "reference": reference}, ensure_ascii=False
        ).encode()
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Key": settings.SMS_KEY,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": sign(
                settings.SMS_SECRET, method="POST", path=path, timestamp=timestamp, nonce=nonce, body=body
            ),
        }
        connection = (HTTPSConnection if url.scheme == "https" else HTTPConnection)(
            url.hostname, url.port, timeout=TIMEOUT
        )
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read(LARGEST)
        except (OSError, HTTPException) as error:
            raise SendFailed(f"http-{type(error).__name__}") from None
        finally:
            connection.close()
        return _read(status, answer)


def _read(status: int, answer: bytes) -> Receipt:
    """Return the gateway's receipt. Raises SendFailed with the gateway's own code, which names no person."""
    try:
        said: Any = json.loads(answer)
    except ValueError:
        said = {}
    code = str(said.get("code", "")) if isinstance(said, dict) else ""
    code = "".join(c for c in code if c.isascii() and (c.isalnum() or c in "_-."))[:40]
    if status == 200 and code == "OK":
        return Receipt(reference=str(said.get("id", ""))[:120])
    # Too many requests, and whatever the gateway itself broke on, is worth another try.
    is_permanent = code in _PERMANENT or (400 <= status < 500 and status not in (401, 403, 408, 425, 429))
    raise SendFailed(code or f"http-{status}", is_permanent=is_permanent)
