"""Whether an answer's key is the platform's: a statement over the key, signed under a certificate that is trusted."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from zhengtong_client.errors import AnswerNotTrusted
from zhengtong_client.keys import PublicKey

PURPOSE: Final = "exchange-answers"
_MOST_LINKS = 6


def read_roots(pem: bytes | str) -> list[x509.Certificate]:
    """Read the certificates that are trusted. Raises ValueError when there is none."""
    return x509.load_pem_x509_certificates(pem.encode() if isinstance(pem, str) else pem)


def read_key(described: dict[str, Any], roots: Sequence[x509.Certificate] | None, at: datetime) -> PublicKey:
    """Return the key of ``/exchange/v1/keys/<id>`` if it signs answers at that moment. Raises AnswerNotTrusted.

    Without ``roots`` the certificates are only checked to have signed the statement, not whose they are.
    """
    try:
        text = base64.b64decode(described["statement"], validate=True)
        signature = base64.b64decode(described["signature"], validate=True)
        chain = x509.load_pem_x509_certificates("".join(described["certificates"]).encode())
        stated = json.loads(text)
        key = PublicKey.read(str(stated["public_key"]))
        begin, end = datetime.fromisoformat(stated["not_before"]), datetime.fromisoformat(stated["not_after"])
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerNotTrusted("平台给出的应答密钥读不出来。") from error
    leaf = chain[0].public_key()
    if stated.get("purpose") != PURPOSE or not isinstance(leaf, ec.EllipticCurvePublicKey):
        raise AnswerNotTrusted("平台给出的密钥不是用来签应答的。")
    try:
        leaf.verify(signature, text, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise AnswerNotTrusted("应答密钥的证明不是平台签的。") from None
    if not begin <= at <= end:
        raise AnswerNotTrusted("应答密钥已经过了有效期。")
    if roots is not None:
        _climb(chain, roots)
    return key


def _climb(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> None:
    now, current = datetime.now(UTC), chain[0]
    for _link in range(_MOST_LINKS):
        if not current.not_valid_before_utc <= now <= current.not_valid_after_utc:
            raise AnswerNotTrusted("平台的证书不在有效期内。")
        if any(current == root for root in roots):
            return
        issuer = next((each for each in (*roots, *chain[1:]) if _issued(current, each)), None)
        if issuer is None:
            break
        current = issuer
    raise AnswerNotTrusted("平台的证书不是您信任的根证书签发的。")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate == issuer:
        return False
    try:
        is_authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return is_authority
