"""A personal certificate of the platform's own authority signs its holder in, until it is taken back."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from tests.cast import Cast
from zhengtong.capabilities.pki.models import Certificate
from zhengtong.capabilities.pki.public import Subject, issue_for_key, prepare_trust, revoke_certificate
from zhengtong.capabilities.pki.services.collecting import make_key
from zhengtong.core.crypto.public import Algorithm
from zhengtong.kernel.policy import SYSTEM

SECRET = "nginx-and-the-platform-know-this-0002"
ADDRESS = "/account/login/certificate/"


@pytest.fixture
def held(cast: Cast, settings: Any) -> Certificate:
    settings.TRUSTED_PROXIES, settings.CLIENT_CERTIFICATE_SECRET = frozenset({"127.0.0.1"}), SECRET
    prepare_trust()
    _private, spki = make_key(Algorithm.P256)
    subject = Subject({"country_name": "CN", "common_name": "林国栋"})
    return issue_for_key(actor=SYSTEM, profile="person", subject=subject, spki=spki, holder=cast.accounts["reviewer"])


def come_with(certificate: Certificate) -> Client:
    """Return a browser whose requests come through the proxy with ``certificate``."""
    pem = x509.load_der_x509_certificate(bytes(certificate.der)).public_bytes(Encoding.PEM).decode()
    shown = {"X-Client-Certificate": quote(pem), "X-Client-Verify": "SUCCESS", "X-Proxy-Secret": SECRET}
    return Client(headers=shown)


def test_its_holder_signs_in_without_binding_it(held: Certificate, cast: Cast) -> None:
    browser = come_with(held)
    assert "林国栋" in browser.get(ADDRESS).content.decode()
    assert browser.post(ADDRESS).headers["Location"] == "/desk/"
    assert browser.session["_auth_user_id"] == str(cast.accounts["reviewer"].pk)


def test_once_revoked_it_is_refused_at_once(held: Certificate) -> None:
    revoke_certificate(actor=SYSTEM, certificate=held, reason="key_compromise")
    browser = come_with(held)
    answer = browser.post(ADDRESS)
    assert answer.status_code == 422
    assert "已经被吊销" in re.sub(r"<[^>]+>|\s+", "", answer.content.decode())
    assert "_auth_user_id" not in browser.session
