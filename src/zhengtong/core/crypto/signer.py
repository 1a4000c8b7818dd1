"""Talking to the signer: the one process that holds the keys that sign, seal, certify and open other keys.

The wire: over a Unix socket each message is a four-byte big-endian length and that many bytes of JSON; bytes inside are
base64. A request is ``{"act": …, …}``, an answer ``{"ok": true, …}`` or ``{"ok": false, "code": …, "say": …}``. A
connection carries any number of requests, one after the other.
"""

import base64
import contextlib
import json
import select
import socket
import struct
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

MAX_MESSAGE = 64 * 1024 * 1024
TIMEOUT_SECONDS = 30.0


class Algorithm(StrEnum):
    """What a key is. The values are those of the wire."""

    P256 = "p256"
    RSA3072 = "rsa3072"
    SM2 = "sm2"


class Purpose(StrEnum):
    """What a key may be used for, and nothing else: the signer refuses another use."""

    CA = "ca"
    TIMESTAMP = "timestamp"
    SEAL = "seal"
    IDENTITY = "identity"  # ID tokens and log-out tokens for outside systems
    JOURNAL = "journal"  # blocks of the journal
    CONTENT = "content"  # marks, licences, receipts
    ENCIPHERMENT = "encipherment"  # private keys of encryption certificates; the only ones held in escrow


class SignerUnavailable(Exception):
    """Nobody answers at the signer's socket, or it went away in the middle. Shown to a person as 503."""

    def __str__(self) -> str:
        return _("签名服务没有应答，请稍后再试；如果一直这样，请联系平台管理员。")


class SignerRefused(Exception):
    """The signer answered no: ``code`` for programs, the text for people."""

    def __init__(self, code: str, say: str) -> None:
        super().__init__(say)
        self.code = code


@dataclass(frozen=True)
class PublicKey:
    """A key's public side. ``spki`` is its DER SubjectPublicKeyInfo."""

    name: str
    algorithm: Algorithm
    purpose: Purpose
    spki: bytes


_here = threading.local()


def call(act: str, **values: Any) -> dict[str, Any]:
    """Ask the signer for ``act`` and return its answer; raise SignerUnavailable or SignerRefused.

    Bytes go and come as base64 text. A kept connection that the signer closed meanwhile (it was restarted) is opened
    once more; an act is only sent again when nothing of it was sent before.
    """
    message = json.dumps({"act": act} | {name: _out(value) for name, value in values.items()}).encode()
    answer = _exchange(message)
    if not answer.get("ok"):
        raise SignerRefused(str(answer.get("code", "")), str(answer.get("say", "")))
    return answer


def create_key(name: str, algorithm: Algorithm, purpose: Purpose) -> PublicKey:
    """Make a key called ``name`` in the signer; the same call again returns the same key."""
    return _read_key(call("create", name=name, algorithm=algorithm, purpose=purpose))


def get_public_key(name: str) -> PublicKey:
    """Return the public side of the key ``name``; raise SignerRefused ``unknown_key`` when there is none."""
    return _read_key(call("public", name=name))


def sign(name: str, message: bytes, *, purpose: Purpose, token: str = "", document: str = "") -> bytes:
    """Return the signature of the key ``name`` over ``message``: DER ``SEQUENCE {r, s}`` for P-256 (SHA-256) and SM2
    (SM3, the default identifier 1234567812345678), PKCS #1 v1.5 with SHA-256 for RSA.

    ``token`` is the one-time permission without which a seal's key signs nothing, ``document`` the hex SHA-256 that it
    was given for.
    """
    answer = call("sign", name=name, message=message, purpose=purpose, token=token, document=document)
    return base64.b64decode(answer["signature"])


def _out(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _read_key(answer: dict[str, Any]) -> PublicKey:
    return PublicKey(
        answer["name"], Algorithm(answer["algorithm"]), Purpose(answer["purpose"]), base64.b64decode(answer["spki"])
    )


def _exchange(message: bytes) -> dict[str, Any]:
    kept: socket.socket | None = getattr(_here, "connection", None)
    _here.connection = None
    try:
        if kept is not None and (kept.getpeername() != str(settings.SIGNER_SOCKET) or _is_closed(kept)):
            kept.close()
            kept = None
        connection = kept or _connect()
        # Who is refused while still sending (too long a message, too many callers) was told why all the same.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(struct.pack(">I", len(message)) + message)
        answer: dict[str, Any] = json.loads(_read(connection, struct.unpack(">I", _read(connection, 4))[0]))
    except (OSError, ValueError, EOFError) as error:
        raise SignerUnavailable from error
    _here.connection = connection
    return answer


def _is_closed(connection: socket.socket) -> bool:
    # Between two requests nothing is to be read; what is readable is the other side's end. (MSG_DONTWAIT would wait:
    # on a socket with a timeout Python tries again until it has passed.)
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _connect() -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(TIMEOUT_SECONDS)
    connection.connect(str(settings.SIGNER_SOCKET))
    return connection


def _read(connection: socket.socket, size: int) -> bytes:
    if size > MAX_MESSAGE:
        raise EOFError
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
