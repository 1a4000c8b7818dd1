"""The second certificate of SM2 (双证书): its key is made in the signer, held in escrow there, and delivered encrypted.

Who decrypts with it must be able to after the loss of a card, and a court may ask for it; who signs must be alone with
the key. So the two are separate, and only this one has a copy (《电子签名法》 art. 13: signing data is its owner's).
"""

import base64
from typing import Any
from uuid import uuid4

from asn1crypto import core
from asn1crypto.algos import AlgorithmIdentifier
from asn1crypto.x509 import Certificate as Parsed
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.models import Certificate
from zhengtong.capabilities.pki.services.issuing import issue
from zhengtong.core.crypto.public import Algorithm, Purpose, signer, sm2
from zhengtong.kernel.policy import Actor


class _EnvelopedKey(core.Sequence):
    """SM2EnvelopedKey of GM/T 0009, 7.4."""

    _fields = [
        ("algorithm", AlgorithmIdentifier),
        ("encrypted_key", core.Any),
        ("public_key", core.OctetBitString),
        ("encrypted_private_key", core.OctetBitString),
    ]


# A class over one without types has no types itself.
ENVELOPED_KEY: Any = _EnvelopedKey


def issue_encryption(*, actor: Actor, certificate: Certificate, subject: Subject) -> Certificate:
    """Issue the encryption certificate that belongs to a signing one, with its key enveloped to the signing key.

    Raises SignerUnavailable, SignerRefused, CertificateRefused.
    """
    key = signer.create_key(f"encipherment-{uuid4().hex}", Algorithm.SM2, Purpose.ENCIPHERMENT)
    recipient = Parsed.load(bytes(certificate.der)).public_key.dump()
    enveloped = base64.b64decode(signer.call("envelope", name=key.name, recipient=recipient)["enveloped"])
    encryption = issue(
        actor=actor,
        profile=get_profile("encryption"),
        subject=subject,
        spki=key.spki,
        key_name=key.name,
        holder=certificate.account or certificate.legal_entity or certificate.organisation,
        not_after=certificate.not_after,
        pair=certificate,
    )
    encryption.enveloped_key = enveloped
    encryption.save(update_fields=["enveloped_key"])
    return encryption


def open_envelope(enveloped: bytes, private_key: bytes) -> bytes:
    """Return the 32 bytes of the enveloped private key, opened with the recipient's (PKCS #8). Raises ValueError."""
    parsed = ENVELOPED_KEY.load(enveloped, strict=True)
    session = sm2.decrypt(private_key, parsed["encrypted_key"].dump())
    decryptor = Cipher(algorithms.SM4(session), modes.ECB()).decryptor()  # one block pair, GM/T 0009 says so
    return decryptor.update(bytes(parsed["encrypted_private_key"])) + decryptor.finalize()
