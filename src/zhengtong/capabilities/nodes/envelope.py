"""The envelope of what travels between nodes: who, to whom, what, when, over which body, signed.

The text that is signed is the canonical JSON of the envelope's fields (docs/reference/nodes.md). ``issued_at`` is the
moment of this attempt, not of the message: one that waited for days is as fresh as any when it is sent.
"""

import base64
import binascii
import json
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from zhengtong.capabilities.nodes.signing import Signed, sign_text
from zhengtong.kernel.marks import Mark
from zhengtong_verify.canonical import canonical

MOST_SKEW: Final = timedelta(minutes=5)
LONGEST: Final = 64 * 1024
HELLO: Final = "nodes.hello"


class BadEnvelope(ValueError):
    """It can't be read as an envelope; the text says what is wrong, for a program's log."""


@dataclass(frozen=True)
class Envelope:
    """``size`` in bytes and ``digest`` (SM3, hex) are of the body; ``mark`` is what its content is marked with."""

    id: str
    sender: str
    receiver: str
    kind: str
    title: str
    mark: int
    number: int
    size: int
    digest: str
    issued_at: str
    nonce: str

    @property
    def text(self) -> bytes:
        return canonical({**asdict(self), "format": "zhengtong-envelope", "version": 1})

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.issued_at)


def make_envelope(**values: Any) -> Envelope:
    """Return an envelope of this moment; ``values`` are the fields but ``issued_at`` and ``nonce``."""
    return Envelope(**values, issued_at=datetime.now(UTC).isoformat(), nonce=secrets.token_hex(16))


def write_envelope(envelope: Envelope, *, body: bytes | None = None) -> bytes:
    """Return the signed envelope as it is sent, with a small body inside. Raises what signing raises."""
    signed = sign_text(envelope.text)
    written: dict[str, Any] = {
        "envelope": asdict(envelope),
        "algorithm": signed.algorithm,
        "signature": base64.b64encode(signed.signature).decode(),
        "certificates": [base64.b64encode(each).decode() for each in signed.certificates],
    }
    if body is not None:
        written["body"] = base64.b64encode(body).decode()
    return json.dumps(written, ensure_ascii=False).encode()


def read_envelope(content: bytes) -> tuple[Envelope, Signed, bytes | None]:
    """Return what was sent; nothing of it is judged yet. Raises BadEnvelope."""
    try:
        given = json.loads(content)
        stated = given["envelope"]
        envelope = Envelope(**{field.name: _read(stated[field.name], field.name) for field in fields(Envelope)})
        UUID(envelope.id)
        if envelope.at.tzinfo is None or envelope.size < 0 or envelope.mark not in Mark.values:
            raise BadEnvelope("value")
        signed = Signed(
            str(given["algorithm"]),
            base64.b64decode(given["signature"], validate=True),
            tuple(base64.b64decode(each, validate=True) for each in given["certificates"][:8]),
        )
        body = base64.b64decode(given["body"], validate=True) if "body" in given else None
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise BadEnvelope(str(error)[:100]) from error
    return envelope, signed, body


_NUMBERS: Final = frozenset({"mark", "number", "size"})
_LONGEST: Final = {"title": 200, "kind": 60, "digest": 64, "nonce": 64}


def _read(value: Any, name: str) -> Any:
    if name in _NUMBERS:
        if type(value) is not int or value >= 1 << 62:
            raise BadEnvelope(name)
        return value
    if not isinstance(value, str) or "\x00" in value or len(value) > _LONGEST.get(name, 100):
        raise BadEnvelope(name)
    return value


def skew_of(envelope: Envelope, now: datetime) -> timedelta:
    """Return how far the sender's clock is from ours, either way."""
    return abs(envelope.at - now)
