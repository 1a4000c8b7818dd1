"""The key that this process signs its answers with: made here, living a day, certified by the platform in the signer.

A signature in the signer takes a turn over a socket and a device; no call waits for one. What the platform's content
certificate signs there is a statement over this process' own key, once a day.
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.interfaces.models import AnswerKey
from zhengtong.capabilities.pki.public import ensure_service_certificate
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong_client.keys import PrivateKey
from zhengtong_client.trust import PURPOSE

LIFE: Final = timedelta(hours=24)
_RENEWED: Final = timedelta(hours=12)
# Another machine's clock may be behind ours.
_BEFORE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class HeldKey:
    key: PrivateKey
    renew_at: datetime
    until: datetime


class AnswerKeys:
    """The held key, replaced when it is half a day old."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: HeldKey | None = None

    def get(self) -> PrivateKey:
        """Return the key to sign with. Raises SignerUnavailable, SignerRefused when there is none and none is made."""
        held, now = self._held, datetime.now(UTC)
        if held is not None and now < held.renew_at:
            return held.key
        with self._lock:
            if self._held is not None and now < self._held.renew_at:
                return self._held.key
            try:
                self._held = make_answer_key(now)
            except signer.SignerUnavailable:
                if self._held is None or now >= self._held.until:
                    raise
            return self._held.key

    def forget(self) -> None:
        with self._lock:
            self._held = None


@transaction.atomic
def make_answer_key(now: datetime) -> HeldKey:
    """Make a key and have it certified. Raises SignerUnavailable, SignerRefused."""
    key, until = PrivateKey.generate(), now + LIFE
    certificate = ensure_service_certificate("content", Algorithm.P256)
    statement = json.dumps(
        {
            "purpose": PURPOSE,
            "key": key.key_id,
            "public_key": key.public_pem,
            "not_before": (now - _BEFORE).isoformat(timespec="seconds"),
            "not_after": until.isoformat(timespec="seconds"),
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    AnswerKey.objects.create(
        key_id=key.key_id,
        statement=statement,
        signature=signer.sign(certificate.key_name, statement, purpose=Purpose.CONTENT),
        certificates="".join(_to_pem(der) for der in (bytes(certificate.der), *certificate.chain_der())),
        not_before=now - _BEFORE,
        not_after=until,
    )
    return HeldKey(key, now + _RENEWED, until)


def _to_pem(der: bytes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate

    return load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def remove_old_keys(days: int) -> int:
    """Remove keys whose answers are older than the log is kept; return how many."""
    removed, _by = AnswerKey.objects.filter(not_after__lt=timezone.now() - timedelta(days=days)).delete()
    return removed


answer_keys = AnswerKeys()
