"""Whether a CMS signature is the certificate's over exactly these bytes: said without judging the certificate."""

import hmac
from hashlib import new as new_digest
from typing import Any

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from zhengtong_verify import sm2

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
# What nobody can forge today. SHA-1 in an old foreign seal is said to be too weak, not wrong.
STRONG = frozenset({"sha256", "sha384", "sha512", "sm3"})
SM2_CURVE = "1.2.156.10197.1.301"


def has_its_digest(signature: EmbeddedPdfSignature) -> bool:
    """Tell whether a PDF's signature is its certificate's own over the bytes that it says it covers."""
    return is_signed_by(signature.signer_info, signature.signer_cert, signature.compute_digest())


def is_signed_by(info: cms.SignerInfo, certificate: x509.Certificate, content_digest: bytes) -> bool:
    """Tell whether ``info`` is a signature by the key of ``certificate`` over content of this digest."""
    attributes = info["signed_attrs"]
    stated = _get_attribute(attributes, "message_digest")
    if stated is None or not hmac.compare_digest(stated.native, content_digest):
        return False
    return is_signature(
        certificate.public_key.dump(),
        attributes.untag().dump(),
        info["signature"].native,
        info["digest_algorithm"]["algorithm"].native,
        info["signature_algorithm"],
    )


def is_signature(spki: bytes, message: bytes, signature: bytes, digest_name: str, algorithm: Any = None) -> bool:
    """Tell whether ``signature`` over ``message`` is by the key ``spki``: SM2 with SM3, ECDSA, RSA (PKCS #1, PSS)."""
    if sm2.is_public_key(spki):
        return sm2.verify(spki, message, signature)
    try:
        key = load_der_public_key(spki)
        digest = _HASHES[digest_name]()
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, _rsa_padding(algorithm, digest), digest)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, KeyError):
        return False
    return True


def digest_of(name: str, content: bytes) -> bytes:
    """Return the digest called ``name`` of ``content``; raise ValueError for one that nobody here knows."""
    return sm2.sm3(content) if name in ("sm3", "1.2.156.10197.1.401") else new_digest(name, content).digest()


def _rsa_padding(algorithm: Any, digest: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if algorithm is not None and algorithm["algorithm"].native == "rsassa_pss":
        return padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
    return padding.PKCS1v15()


def _get_attribute(attributes: Any, name: str) -> Any:
    for each in attributes:
        if each["type"].native == name:
            return each["values"][0] if len(each["values"]) == 1 else None
    return None
