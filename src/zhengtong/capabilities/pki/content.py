"""Signs marks together with their content, by the platform's own certificate for that."""

from asn1crypto import x509

from zhengtong.capabilities.pki.services.founding import ensure_service_certificate
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.core.marks.public import ContentSigner
from zhengtong_verify import sm2


def _sign(content: bytes) -> tuple[bytes, bytes]:
    certificate = ensure_service_certificate("content", Algorithm.SM2)
    return signer.sign(certificate.key_name, content, purpose=Purpose.CONTENT), bytes(certificate.der)


def _verify(content: bytes, signature: bytes, certificate: bytes) -> bool:
    spki = x509.Certificate.load(certificate).public_key.dump()
    return sm2.verify(spki, content, signature)


CONTENT_SIGNER = ContentSigner("pki", _sign, _verify)
