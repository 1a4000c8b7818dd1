"""Where certificates say that lists, authorities and status are found: fixed, because certificates outlive pages."""

from django.conf import settings


def list_url(code: str) -> str:
    return f"{settings.PUBLIC_URL}/trust/crl/{code}.crl"


def certificate_url(code: str) -> str:
    return f"{settings.PUBLIC_URL}/trust/ca/{code}.cer"


def ocsp_url() -> str:
    return f"{settings.PUBLIC_URL}/trust/ocsp"
