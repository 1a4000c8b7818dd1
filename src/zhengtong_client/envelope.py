"""The envelope that goes with every message: who says what to whom, under which contract, when, over which body.

Canonical form: a JSON object, its names in the order of their code points, no space between tokens, UTF-8 and nothing
escaped that JSON lets stand; ``in_reply_to`` and ``status`` are left out when they are empty. What is signed are the
bytes of that form, and those bytes travel: base64 in the header ``Exchange-Envelope``, the signature in
``Exchange-Signature``. A receiver verifies the bytes that came and refuses what isn't canonical, so that an envelope
has one reading only.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

ENVELOPE_HEADER: Final = "Exchange-Envelope"
SIGNATURE_HEADER: Final = "Exchange-Signature"
VERSION: Final = 1
# Longer ones aren't taken apart. A header line of eight kilobytes passes every proxy.
MOST_BYTES: Final = 4096
_NAMES: Final = {
    "id": "id",
    "from": "sender",
    "to": "recipient",
    "contract": "contract",
    "purpose": "purpose",
    "issued_at": "issued_at",
    "nonce": "nonce",
    "digest": "digest",
    "key": "key",
}
_LATER: Final = {"in_reply_to": "in_reply_to", "status": "status"}
_ID = re.compile(r"[0-9a-f-]{16,64}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_DIGEST = re.compile(r"sha-256:[0-9a-f]{64}")
_KEY = re.compile(r"[0-9a-f]{16}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


class EnvelopeError(ValueError):
    """What came isn't an envelope; the text says which part."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """``issued_at`` is UTC to the second (``2026-11-22T06:00:00Z``), ``digest`` ``sha-256:`` and the body's SHA-256.

    ``key`` names the signing key: the first 16 hex digits of the SHA-256 of its SubjectPublicKeyInfo. An answer names
    in ``in_reply_to`` the ``id`` that it answers, and in ``status`` its HTTP status.
    """

    id: str
    sender: str
    recipient: str
    contract: str
    purpose: str
    issued_at: str
    nonce: str
    digest: str
    key: str
    in_reply_to: str = ""
    status: str = ""

    @property
    def moment(self) -> datetime:
        return datetime.strptime(self.issued_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

    def canonical(self) -> bytes:
        fields: dict[str, Any] = {name: getattr(self, own) for name, own in _NAMES.items()} | {"v": VERSION}
        fields |= {name: getattr(self, own) for name, own in _LATER.items() if getattr(self, own)}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def build(
    *,
    sender: str,
    recipient: str,
    contract: str,
    purpose: str,
    body: bytes,
    key: str,
    in_reply_to: str = "",
    status: int | str = "",
    at: datetime | None = None,
) -> Envelope:
    """Return a new envelope over ``body``, with an id and a nonce of its own."""
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    return Envelope(
        id=str(uuid4()),
        sender=sender,
        recipient=recipient,
        contract=contract,
        purpose=purpose,
        issued_at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        nonce=secrets.token_urlsafe(18),
        digest=digest_body(body),
        key=key,
        in_reply_to=in_reply_to,
        status=str(status),
    )


def digest_body(body: bytes) -> str:
    return f"sha-256:{hashlib.sha256(body).hexdigest()}"


def parse(text: bytes) -> Envelope:
    """Return the envelope whose canonical form ``text`` is. Raises EnvelopeError."""
    if len(text) > MOST_BYTES:
        raise EnvelopeError(f"longer than {MOST_BYTES} bytes")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise EnvelopeError("not JSON") from None
    if not isinstance(fields, dict) or fields.pop("v", None) != VERSION:
        raise EnvelopeError("v")
    known = _NAMES | _LATER
    if unknown := sorted(fields.keys() - known.keys()):
        raise EnvelopeError(unknown[0])
    for name in _NAMES:
        if not isinstance(fields.get(name), str):
            raise EnvelopeError(name)
    envelope = Envelope(**{own: str(fields.get(name, "")) for name, own in known.items()})
    _check(envelope)
    try:
        is_same = envelope.canonical() == text
    except UnicodeEncodeError:
        is_same = False
    if not is_same:
        raise EnvelopeError("not in canonical form")
    return envelope


def _check(envelope: Envelope) -> None:
    shapes = (
        ("id", envelope.id, _ID),
        ("nonce", envelope.nonce, _NONCE),
        ("digest", envelope.digest, _DIGEST),
        ("key", envelope.key, _KEY),
        ("issued_at", envelope.issued_at, _MOMENT),
    )
    for name, value, shape in shapes:
        if not shape.fullmatch(value):
            raise EnvelopeError(name)
    for name, value, most in (
        ("from", envelope.sender, 60),
        ("to", envelope.recipient, 120),
        ("contract", envelope.contract, 30),
        ("purpose", envelope.purpose, 500),
    ):
        if len(value) > most or "\x00" in value:
            raise EnvelopeError(name)
    try:
        _ = envelope.moment
    except ValueError:
        raise EnvelopeError("issued_at") from None


def to_headers(envelope: Envelope, signature: bytes) -> dict[str, str]:
    """Return the two headers that an envelope travels in."""
    return {
        ENVELOPE_HEADER: base64.b64encode(envelope.canonical()).decode(),
        SIGNATURE_HEADER: base64.b64encode(signature).decode(),
    }


def from_headers(headers: Mapping[str, str]) -> tuple[Envelope, bytes, bytes]:
    """Return the envelope, the bytes that were signed, and the signature. Raises EnvelopeError."""
    try:
        text = base64.b64decode(headers.get(ENVELOPE_HEADER) or "", validate=True)
        signature = base64.b64decode(headers.get(SIGNATURE_HEADER) or "", validate=True)
    except (binascii.Error, ValueError):
        raise EnvelopeError("not base64") from None
    if not text:
        raise EnvelopeError("missing")
    return parse(text), text, signature
