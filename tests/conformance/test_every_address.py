"""Every address of the platform: public by this list and for its reason, or it asks to sign in. Nothing ever breaks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from tests.cast import ITEM
from zhengtong.kernel.modules import registry
from zhengtong.screens.declaration import ModelScreens

# What may be opened by whoever comes, and why. An address, or the beginning of some with "*" behind it.
PUBLIC = {
    "/": "the hall's front door",
    "/robots.txt": "for search engines",
    "/hall/": "政务公开: which matters are handled, found by words",
    "/hall/suggest/": "the same, while typing",
    "/hall/items/*": "政务公开条例: the guide of an item; applying asks to sign in by itself",
    "/hall/browse/*": "政务公开: the same by life event, department, audience",
    "/hall/progress/": "progress by number and the applicant's own secret",
    "/hall/publicity/": "行政许可法 art. 40: grants are open to inspection",
    "/hall/help/": "how it works",
    "/open/powers/*": "行政许可法 art. 30 and the lists of power: published, with how often each was exercised",
    "/open/catalogue/*": "政务信息资源目录: which data departments have, without the data and where it is",
    "/open/sharing/": "how much departments share, in numbers of months",
    "/open/ratings/": "国办发〔2019〕51号: ratings and what became of bad ones, without who gave them",
    "/hall/letters/": "writing to the government and what was published of that",
    "/hall/letters/write/*": "a letter may be written without an account; a draft is its browser's",
    "/hall/letters/progress/": "progress by number and the code that the writer was given",
    "/hall/letters/published/*": "letters published with their writers' consent, without personal data",
    "/hall/surveys/*": "what the public is asked, and the results; answering asks to sign in",
    "/hall/appointments/": "which halls there are and by which rules one books; booking asks to sign in",
    "/open/lobby/*": "how many wait in a hall, who is called (a number, the name masked), one's own number by its key",
    "/verify/*": "anybody who was handed a paper verifies it",
    "/look/*": "large print and the guide of components; the choice is a cookie",
    "/i18n/*": "the choice of language",
    "/healthz": "for the machine that watches",
    "/readyz": "for the machine that watches",
    "/metrics": "for the machine that watches",
    "/account/login/*": "signing in",
    "/account/logout/": "signing out when one isn't in leads home",
    "/account/signup/": "registering",
    "/account/inactive/": "says that an account is closed",
    "/account/password/reset/*": "who forgot her password can't sign in",
    "/account/phone/verify/": "a step of registering",
    "/account/reauthenticate/": "a step of signing in, empty outside of it",
    "/account/privacy/": "个人信息保护法 art. 17: before data is given",
    "/account/activate/*": "a new member of staff sets her first password by a link that works once",
    "/.well-known/*": "what the OpenID provider offers and its public keys, for any system",
    "/signon/authorize": "where systems send people to sign in; it asks to sign in by itself",
    "/signon/continue": "leads on to it",
    "/signon/logout": "signing out that a system asks for; whoever isn't in is sent on",
    "/signon/token": "for systems, with their own secrets",
    "/signon/userinfo": "for systems, with an access token",
    "/signon/introspect": "for systems, with their own secrets",
    "/signon/revoke": "for systems, with their own secrets",
    "/desk/supervision/display/*": "a screen that nobody is signed in at: sums only, by a link that can't be guessed",
    "/open/journal-roots/*": "published to be kept outside: hashes over the journal, with signature and time stamp",
    "/open/scores/": "quarterly scores of offices that were announced to the public, without people",
    "/payments/notify/*": "the payment provider's door: what counts is its signature",
    "/payments/trial/*": "the test provider's page, on a site of its own in real life; with the demo only",
    "/trust/ca/*": "RFC 5280: whoever checks a certificate fetches its authority's",
    "/trust/crl/*": "RFC 5280: which certificates were revoked is there for everyone who relies on one",
    "/trust/ocsp*": "RFC 6960: whether a certificate still counts, asked by programs without a session",
    "/geography/regions/*": "the base map under public maps",
    "/trust/tsa*": "RFC 3161: programs ask for time stamps, whoever runs them",
    "/exchange/v1/*": "for systems; what counts is the envelope's signature",
    "/exchange/v1/nodes/card.json": "public certificates for whoever is to join; two people compare them afterwards",
    "/demo/inbox/*": "the demo's phone, installed with the demo only",
    "/api/": "what the interface offers",
    "/api/openapi.json": "its description",
    "/api/items*": "the guides, for programs",
    "/api/progress": "progress, for programs",
    "/api/grants": "the grants, for programs",
    "/api/verify/*": "verification, for programs",
    "/api/sealed-files/verify": "verification of sealed files, for programs",
}
# What the parameters of addresses are called, with something that exists where it can.
SAMPLES: dict[str, Any] = {
    "code": ITEM,
    "item_code": ITEM,
    "number": "AL-2026-000001",
    "act": "accept",
    "kind": "cases.acceptance",
    "section": "operator",
    "key": "premises_plan",
    "uidb36": "1",
    "provider": "x",
    "power": "MR-XK-01",
    "path": "x",
    "day": "2026-11-21",
}
CASE_ID = "00000000-0000-4000-8000-000000000000"
BY_CONVERTER: dict[type, Any] = {IntConverter: 1, UUIDConverter: CASE_ID, SlugConverter: "x", StringConverter: "x"}
CUSTOM = "ABCDEFGHJKLMNPQR"  # a paper's code
OUTCOMES = {200, 301, 302, 400, 401, 403, 404, 405, 409, 410, 415, 422, 429}


def addresses(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
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
            yield prefix + route, pattern


EVERY = dict(addresses(get_resolver().url_patterns))
# Those of declared screens, pages and interface, have rooms of their own: test_doors_of_screens.
INTERFACES = tuple(f"/api/{screens.module}/{screens.code}/" for screens in registry.of(ModelScreens))
DECLARED = {address for address, pattern in EVERY.items() if hasattr(pattern.callback, "screens")} | {
    address for address in EVERY if address.startswith(INTERFACES)
}
OURS = sorted(EVERY.keys() - DECLARED)


def is_public(address: str) -> bool:
    return any(address == known or (known[-1] == "*" and address.startswith(known[:-1])) for known in PUBLIC)


def test_all_doors_are_known() -> None:
    assert len(OURS) > 90
    assert len(DECLARED) > 100
    assert not [address for address in EVERY if "<" in address]
    for door in ("/", "/desk/", "/desk/window/", "/account/login/", "/healthz"):
        assert door in OURS


def test_the_list_of_public_addresses_names_nothing_that_is_gone() -> None:
    gone = [
        known
        for known in PUBLIC
        if not any(address == known or (known[-1] == "*" and address.startswith(known[:-1])) for address in OURS)
    ]
    assert [known for known in gone if settings.DEMO or not known.startswith("/demo/")] == []


@pytest.mark.parametrize("address", OURS)
def test_a_stranger_breaks_nothing(address: str, db: None) -> None:
    for method in ("get", "post", "delete"):
        assert getattr(Client(), method)(address).status_code in OUTCOMES, method


@pytest.mark.parametrize("address", [each for each in OURS if not is_public(each)])
def test_what_isnt_public_asks_to_sign_in(address: str, db: None) -> None:
    asked = 0
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address)
        if answer.status_code == 405:
            continue
        asked += 1
        if answer.status_code != 401:
            assert (method, answer.status_code) == (method, 302), "public? then the list has to say why"
            assert answer["Location"].startswith(settings.LOGIN_URL), method
    assert asked
