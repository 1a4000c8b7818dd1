"""A stranger tries every address: what isn't public asks her to sign in, and nothing ever breaks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from tests.cast import ITEM, Cast

# What the parameters of addresses are called, with something that exists where it can.
SAMPLES: dict[str, Any] = {
    "code": ITEM,
    "item_code": ITEM,
    "number": "AL-2026-000001",
    "act": "accept",
    "section": "operator",
    "key": "premises_plan",
    "uidb36": "1",
    "provider": "x",
    "path": "x",
}
CASE_ID = "00000000-0000-4000-8000-000000000000"
BY_CONVERTER: dict[type, Any] = {IntConverter: 1, UUIDConverter: CASE_ID, SlugConverter: "x", StringConverter: "x"}
CUSTOM = "ABCDEFGHJKLMNPQR"  # a paper's code
SIGNED_IN_ONLY = ("/desk/", "/hall/cases/", "/messages/", "/account/profile/")
OUTCOMES = {200, 301, 302, 400, 401, 403, 404, 405, 409, 410, 415, 422, 429}


def addresses(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    """Yield an address for every pattern, its parameters filled from the samples."""
    for pattern in patterns:
        route = getattr(pattern.pattern, "_route", None)
        if route is None:  # a regular expression, of a library
            continue
        for name, converter in pattern.pattern.converters.items():
            value = SAMPLES.get(name) if isinstance(converter, StringConverter) else None
            value = value or BY_CONVERTER.get(type(converter)) or CUSTOM
            route = re.sub(rf"<(\w+:)?{name}>", str(value), route)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            yield prefix + route


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))


def test_all_doors_are_tried() -> None:
    assert len(ADDRESSES) > 60
    assert not [address for address in ADDRESSES if "<" in address]
    for door in ("/", "/desk/", "/desk/window/", "/account/login/", "/healthz"):
        assert door in ADDRESSES


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_breaks_nothing(address: str, method: str, db: None) -> None:
    answer = getattr(Client(), method)(address)
    assert answer.status_code in OUTCOMES


@pytest.mark.parametrize("address", [each for each in ADDRESSES if each.startswith(SIGNED_IN_ONLY)])
def test_a_stranger_is_asked_to_sign_in(address: str, db: None) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address)
        if answer.status_code not in {403, 404, 405}:
            assert answer.status_code == 302, answer.status_code
            assert answer["Location"].startswith(settings.LOGIN_URL)


def test_a_citizen_is_no_clerk(cast: Cast) -> None:
    case = cast.submitted()
    client = Client()
    client.force_login(cast.accounts["citizen"], "allauth.account.auth_backends.AuthenticationBackend")
    tried = [a.replace(SAMPLES["number"], case.number or "") for a in ADDRESSES if a.startswith("/desk/")]
    assert len(tried) > 10
    answered = {
        f"{method} {address}": getattr(client, method)(address).status_code
        for address in tried
        for method in ("get", "post")
    }
    assert {said: status for said, status in answered.items() if status not in {302, 403, 404, 405}} == {}


def test_another_citizen_sees_nothing_of_a_case(cast: Cast) -> None:
    case = cast.submitted()
    material = case.materials.first()
    assert material is not None
    client = Client()
    client.force_login(cast.accounts["citizen"], "allauth.account.auth_backends.AuthenticationBackend")
    ours = [a.replace(CASE_ID, str(case.public_id)) for a in ADDRESSES if CASE_ID in a]
    assert ours
    for address in ours:
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert answer.status_code in {302, 403, 404, 405}, (address, method)
            assert case.applicant_name not in answer.content.decode()
