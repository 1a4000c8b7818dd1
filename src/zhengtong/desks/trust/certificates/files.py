"""A certificate as a file, and the page of profiles: for those who keep the desk."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhengtong.capabilities.pki import public as pki
from zhengtong.capabilities.pki.public import Certificate
from zhengtong.screens.access import for_staff

_FORMS: dict[str, tuple[str, Callable[[Certificate], bytes]]] = {
    "pem": ("application/x-pem-file", lambda row: pki.to_pem(bytes(row.der))),
    "cer": ("application/pkix-cert", lambda row: bytes(row.der)),
    "p7b": ("application/pkcs7-mime", lambda row: pki.to_pkcs7([bytes(row.der), *row.chain_der()])),
    "key": ("application/octet-stream", lambda row: bytes(row.enveloped_key or b"")),
}


def certificate_file(certificate: Certificate, form: str) -> HttpResponse:
    """Return it as ``pem``, ``cer`` (DER), ``p7b`` (with the chain), or as ``key``: the enveloped key of an encryption
    certificate, which only its holder's signing key opens."""
    kind, make = _FORMS.get(form, ("", None))
    content = make(certificate) if make is not None else b""
    if not content:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{certificate.serial}.{form}"'
    return response


@require_safe
@never_cache
@for_staff(pki.VIEW)
def download(request: HttpRequest, certificate_id: int, form: str) -> HttpResponse:
    rows = Certificate.objects.select_related("authority__parent")
    if form == "key":
        raise Http404
    return certificate_file(get_object_or_404(rows, pk=certificate_id), form)


@require_safe
@for_staff(pki.VIEW)
def show_profiles(request: HttpRequest) -> HttpResponse:
    return render(request, "trust/certificates/profiles.html", {"profiles": pki.describe_profiles()})
