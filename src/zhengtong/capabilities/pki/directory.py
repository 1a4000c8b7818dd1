"""Tells sign-on whose a client certificate is, and whether it was taken back."""

from hashlib import sha256

from zhengtong.capabilities.pki.models import Certificate
from zhengtong.capabilities.pki.selectors import find_account_by_certificate
from zhengtong.capabilities.signon.public import CertificateDirectory


def is_revoked(der: bytes) -> bool | None:
    """Return whether the certificate is revoked or on hold; None where it isn't one of ours."""
    found = Certificate.objects.filter(fingerprint=sha256(der).hexdigest()).first()
    return found.is_revoked if found else None


DIRECTORY = CertificateDirectory("pki", find_account_by_certificate, is_revoked)
