"""Sealing the journal: its blocks are signed by the journal's own key and stamped by the platform's authority."""

import hashlib

from django.conf import settings

from zhengtong.capabilities.pki.public import CertificateRefused, ensure_service_certificate
from zhengtong.capabilities.timestamps.authority import say_fault
from zhengtong.capabilities.timestamps.clock import TimeNotAvailable
from zhengtong.capabilities.timestamps.services import make_token
from zhengtong.core.audit.public import BlockSealer, CannotSeal, Seal
from zhengtong.core.crypto.public import Algorithm, Purpose, signer


def seal_header(header: bytes) -> Seal:
    """Sign and stamp a header: by SM2 where the installation keeps its data under SM4, else by P-256.

    Raises SignerUnavailable, SignerRefused, CannotSeal.
    """
    algorithm = Algorithm.SM2 if settings.DATA_CIPHER == "sm4" else Algorithm.P256
    try:
        certificate = ensure_service_certificate("journal", algorithm)
        signature = signer.sign(certificate.key_name, header, purpose=Purpose.JOURNAL)
        token = make_token(hashlib.sha256(header).digest())
    except CertificateRefused as error:
        raise CannotSeal(str(error)) from error
    except TimeNotAvailable as error:
        raise CannotSeal(say_fault(error.fault)) from error
    return Seal(str(algorithm), signature, (bytes(certificate.der), *certificate.chain_der()), token)


SEALER = BlockSealer("platform", seal_header)
