"""Whether a seal's certificate may be used to seal now: in its time, not revoked, and of the key that will sign."""

from datetime import UTC, datetime

from asn1crypto import x509

from zhengtong.capabilities.seals.engines.material import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    OtherKey,
)
from zhengtong.capabilities.seals.engines.trust import Trust
from zhengtong.core.crypto.public import signer


def check_for_sealing(certificate: bytes, key_name: str, trust: Trust) -> None:
    """Raise the SealingRefused that stands against sealing with ``certificate`` now."""
    read = x509.Certificate.load(certificate)
    now = datetime.now(UTC)
    if now < read.not_valid_before:
        raise CertificateNotYetValid
    if now > read.not_valid_after:
        raise CertificateExpired
    if trust.is_revoked(certificate):
        raise CertificateRevoked
    if signer.get_public_key(key_name).spki != read.public_key.dump():
        raise OtherKey
