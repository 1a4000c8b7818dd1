"""Signing what goes to other nodes, and judging what they signed: by the content key, which the signer holds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509
from django.conf import settings

from zhengtong.capabilities.pki.public import ensure_service_certificate, get_profile, get_trust_anchors
from zhengtong.capabilities.timestamps.public import make_token
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong_verify.chain import check_chain
from zhengtong_verify.faults import READING_FAULTS
from zhengtong_verify.sealing import Seal, is_signed


@dataclass(frozen=True)
class Signed:
    """A signature and the DER certificates that it is judged by: the signer's first, the root last."""

    algorithm: str
    signature: bytes
    certificates: tuple[bytes, ...]


def sign_text(text: bytes) -> Signed:
    """Sign ``text``: by SM2 where the installation keeps its data under SM4, else by P-256.

    Raises SignerUnavailable, SignerRefused, CertificateRefused.
    """
    algorithm = Algorithm.SM2 if settings.DATA_CIPHER == "sm4" else Algorithm.P256
    certificate = ensure_service_certificate("content", algorithm)
    signature = signer.sign(certificate.key_name, text, purpose=Purpose.CONTENT)
    return Signed(str(algorithm), signature, (bytes(certificate.der), *certificate.chain_der()))


def seal_text(text: bytes) -> Seal:
    """Sign ``text`` and stamp it. Raises as :func:`sign_text`, and TimeNotAvailable."""
    signed = sign_text(text)
    return Seal(signed.algorithm, signed.signature, signed.certificates, make_token(hashlib.sha256(text).digest()))


def is_by(text: bytes, signed: Signed, roots: Sequence[bytes]) -> bool:
    """Return whether a content service under one of ``roots`` signed ``text``.

    Another certificate of the same authority (a person's, a machine's) doesn't speak for its platform.
    """
    if not signed.certificates or not roots:
        return False
    first, *others = signed.certificates
    try:
        if not _is_for_content(first):
            return False
        verdict = check_chain(first, anchors=roots, intermediates=others, usage="digital_signature")
        return verdict.is_valid and is_signed(first, signed.algorithm, text, signed.signature)
    except READING_FAULTS:
        return False


def own_roots() -> list[bytes]:
    """Return the roots under which this platform's own signatures are judged."""
    algorithm = Algorithm.SM2 if settings.DATA_CIPHER == "sm4" else Algorithm.P256
    root = ensure_service_certificate("content", algorithm).chain_der()[-1]
    return [root] if root in get_trust_anchors() else []


def _is_for_content(der: bytes) -> bool:
    policies = x509.Certificate.load(der).certificate_policies_value
    wanted = get_profile("content").policy_oid
    return policies is not None and any(each["policy_identifier"].dotted == wanted for each in policies)
