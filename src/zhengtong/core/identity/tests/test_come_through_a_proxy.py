"""Whose address counts when a proxy stands between."""

import pytest
from django.test import RequestFactory, override_settings

from zhengtong.core.identity.public import client_address


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
@override_settings(TRUSTED_PROXIES=frozenset({"127.0.0.1"}))
def test_only_a_trusted_proxy_is_believed(peer: str, said: str, address: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-for": said})
    assert client_address(request) == address
