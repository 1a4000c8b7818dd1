"""Where programs fetch what certificates point to: authorities, revocation lists, the state of a certificate."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zhengtong.capabilities.pki.domain.containers import list_to_pem, to_pem, to_pkcs7
from zhengtong.capabilities.pki.domain.status import LONGEST_REQUEST, Failure, fail
from zhengtong.capabilities.pki.models import Authority
from zhengtong.capabilities.pki.services.answering import answer_status
from zhengtong.capabilities.pki.services.lists import get_list

PEM_TYPE, CERTIFICATE_TYPE, CHAIN_TYPE = "application/x-pem-file", "application/pkix-cert", "application/pkcs7-mime"
LIST_TYPE = "application/pkix-crl"
REQUEST_TYPE, STATUS_TYPE = "application/ocsp-request", "application/ocsp-response"
# A list is fetched again after a minute; whoever needs to know at once asks by OCSP.
LIST_CACHE = "max-age=60, public"


def _authority(code: str) -> Authority:
    found = Authority.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _answer(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def show_authority(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """An authority's certificate: ``.cer`` in DER, ``.pem``."""
    der = bytes(_authority(code).der)
    if form == "cer":
        return _answer(der, CERTIFICATE_TYPE, f"{code}.cer")
    return _answer(to_pem(der), PEM_TYPE, f"{code}.pem")


@require_safe
def show_chain(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """An issuing authority's certificate and those above it: ``.pem``, or ``.p7b`` for Windows."""
    chain = _authority(code).chain_der()
    suffix = code.removeprefix("issuing")
    if form == "p7b":
        return _answer(to_pkcs7(chain), CHAIN_TYPE, f"chain{suffix}.p7b")
    return _answer(to_pem(*chain), PEM_TYPE, f"chain{suffix}.pem")


@require_safe
def show_list(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """An authority's revocation list as it stands: ``.crl`` in DER as RFC 5280 asks, ``.pem``."""
    newest = get_list(_authority(code))
    der = bytes(newest.der)
    if form == "crl":
        response = _answer(der, LIST_TYPE, f"{code}.crl")
    else:
        response = _answer(list_to_pem(der), PEM_TYPE, f"{code}-crl.pem")
    response.headers["Last-Modified"] = http_date(newest.this_update.timestamp())
    response.headers["Cache-Control"] = LIST_CACHE
    return response


@csrf_exempt
@never_cache
@require_http_methods(["POST"])
def post_status(request: HttpRequest) -> HttpResponse:
    """RFC 6960 A.1: the request is the body. What counts is in it, so there is no session and no form token."""
    if request.content_type != REQUEST_TYPE or int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_REQUEST:
        return HttpResponse(fail(Failure.MALFORMED), content_type=STATUS_TYPE)
    return HttpResponse(answer_status(request.body), content_type=STATUS_TYPE)


@never_cache
@require_safe
def get_status(request: HttpRequest, encoded: str) -> HttpResponse:
    """RFC 6960 A.1: the request is the rest of the address, in Base64 and percent-encoded."""
    try:
        # What the server decoded once may have been encoded twice; some clients write the alphabet for addresses.
        plain = unquote_to_bytes(encoded).replace(b"-", b"+").replace(b"_", b"/").replace(b" ", b"+")
        der = base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return HttpResponse(fail(Failure.MALFORMED), content_type=STATUS_TYPE)
    return HttpResponse(answer_status(der), content_type=STATUS_TYPE)
