"""What is altered, old, used twice, too large, ended or too much is refused by a code of its own, with what to do."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from django.db import connections
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.capabilities.interfaces.domain import MOST_REQUEST_BYTES
from zhengtong.capabilities.interfaces.models import Call, CallBlock, Member, MemberKey, RefusalTally, Service
from zhengtong.capabilities.interfaces.tests.office import Office, make_member, open_office, problem_of
from zhengtong.capabilities.interfaces.tests.provider import Provider
from zhengtong.core.identity.public import Organisation
from zhengtong_client.envelope import ENVELOPE_HEADER, SIGNATURE_HEADER
from zhengtong_client.keys import PrivateKey

pytestmark = pytest.mark.django_db
BODY = b'{"parameters":{}}'


def test_a_replayed_envelope_is_a_conflict_and_asks_nobody(office: Office, provider: Provider) -> None:
    headers, _envelope = office.seal(BODY)
    assert office.send(BODY, headers).status_code == 200
    assert problem_of(office.send(BODY, headers)) == (409, "replayed")
    assert len(provider.heard) == 1
    assert sorted(Call.objects.filter(member=office.member).values_list("code", flat=True)) == ["", "replayed"]


def test_an_altered_body_is_refused(office: Office) -> None:
    headers, _envelope = office.seal(BODY)
    assert problem_of(office.send(b'{"parameters":{"idno":"1"}}', headers)) == (401, "digest-wrong")


def test_an_altered_envelope_is_refused(office: Office) -> None:
    headers, envelope = office.seal(BODY)
    headers[ENVELOPE_HEADER] = base64.b64encode(replace(envelope, purpose="别的用途").canonical()).decode()
    assert problem_of(office.send(BODY, headers)) == (401, "signature-wrong")


@settings(max_examples=40)
@given(flip=st.integers(0, 300))
def test_no_altered_signature_passes(flip: int) -> None:
    key = PrivateKey.generate()
    message = b"{}" * 10
    signature = bytearray(key.sign(message))
    signature[flip % len(signature)] ^= 1 << (flip % 8)
    from zhengtong_client.keys import PublicKey

    assert not PublicKey.read(key.spki).verify(message, bytes(signature))


def test_what_is_no_envelope_is_told_so(office: Office) -> None:
    assert problem_of(office.send(BODY, {})) == (400, "envelope-missing")
    headers, envelope = office.seal(BODY)
    spaced = json.dumps(json.loads(envelope.canonical()), ensure_ascii=False, sort_keys=True).encode()
    headers[ENVELOPE_HEADER] = base64.b64encode(spaced).decode()
    headers[SIGNATURE_HEADER] = base64.b64encode(office.key.sign(spaced)).decode()
    assert problem_of(office.send(BODY, headers)) == (400, "envelope-form")
    assert RefusalTally.objects.get(code="envelope-form").count == 1


def test_too_large_points_to_the_batch_path(office: Office) -> None:
    body = b" " * (MOST_REQUEST_BYTES + 1)
    headers, _envelope = office.seal(body)
    answer = office.send(body, headers)
    assert problem_of(answer) == (413, "too-large")
    assert "批量交换" in answer.json()["next_step"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_off_is_refused(office: Office, minutes: int) -> None:
    answer = office.call(at=datetime.now(UTC) + timedelta(minutes=minutes))
    assert problem_of(answer) == (401, "clock-skew")


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_off_a_little_passes(office: Office, minutes: int) -> None:
    assert office.call(at=datetime.now(UTC) + timedelta(minutes=minutes)).status_code == 200


def test_a_stranger_s_key_is_refused_and_not_logged(office: Office) -> None:
    office.key = PrivateKey.generate()
    assert problem_of(office.call()) == (401, "key-unknown")
    assert not Call.objects.exists()
    assert RefusalTally.objects.get(code="key-unknown").count == 1


def _set(model: Any, row: Any, **values: Any) -> None:
    model.objects.filter(pk=row.pk).update(**values)


def _end_keys() -> None:
    MemberKey.objects.update(valid_until=timezone.now())


ENDINGS: list[tuple[str, Callable[[Office], None], int]] = [
    ("contract-revoked", lambda office: _set(Contract, office.contract, state=ContractState.REVOKED), 403),
    ("contract-suspended", lambda office: _set(Contract, office.contract, state=ContractState.SUSPENDED), 403),
    ("contract-expired", lambda office: _set(Contract, office.contract, state=ContractState.EXPIRED), 403),
    ("member-suspended", lambda office: _set(Member, office.member, state="suspended"), 403),
    ("service-stopped", lambda office: _set(Service, office.service, state="stopped"), 503),
    ("key-ended", lambda office: _end_keys(), 401),
]


@pytest.mark.parametrize(("code", "end", "status"), ENDINGS)
def test_what_ends_in_mid_use_holds_from_the_next_call(
    office: Office, code: str, end: Callable[[Office], None], status: int, provider: Provider
) -> None:
    assert office.call().status_code == 200
    end(office)
    assert problem_of(office.call()) == (status, code)
    assert len(provider.heard) == 1


@pytest.mark.parametrize(("first", "last", "code"), [(-9, -1, "contract-expired"), (1, 9, "contract-early")])
def test_a_contract_holds_from_its_first_day_to_its_last(
    provider: Provider, here: Organisation, there: Organisation, office: Office, first: int, last: int, code: str
) -> None:
    today = timezone.localdate()
    days = {"valid_from": str(today + timedelta(days=first)), "valid_until": str(today + timedelta(days=last))}
    other = open_office(here, there, provider.address, **days)
    assert problem_of(other.call()) == (403, code)


def test_another_organisation_s_contract_is_of_no_use(office: Office, here: Organisation) -> None:
    office.member, office.key = make_member(here)
    assert problem_of(office.call()) == (403, "contract-unknown")
    assert Call.objects.get().contract_id is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"recipient": "other"}, "recipient-wrong"),
        ({"sender": "other"}, "sender-wrong"),
        ({"purpose": " "}, "purpose-missing"),
        ({"contract": "HT-0"}, "contract-unknown"),
    ],
)
def test_an_envelope_for_something_else_is_refused(office: Office, change: dict[str, str], code: str) -> None:
    assert problem_of(office.call(**change))[1] == code


def test_the_day_s_quota_is_exact(provider: Provider, here: Organisation, there: Organisation, office: Office) -> None:
    narrow = open_office(here, there, provider.address, calls_a_day=3)
    assert [narrow.call().status_code for _turn in range(3)] == [200, 200, 200]
    answer = narrow.call()
    assert problem_of(answer) == (429, "quota")
    assert 0 < int(answer.headers["Retry-After"]) <= 86_401


def test_too_many_calls_a_minute_wait(office: Office) -> None:
    _set(Service, office.service, calls_a_minute=2)
    seen = [office.call() for _turn in range(4)]  # the minute may turn once in between
    refused = [each for each in seen if each.status_code != 200]
    assert refused or seen[-1].status_code == 200
    for each in refused:
        assert problem_of(each) == (429, "rate")
        assert each.json()["may_retry"]


@pytest.mark.parametrize("body", [b"[]", b"1", b"{", b'{"parameters":[]}', b'{"else":1}', b"\xff", b'{"a":' * 5000])
def test_a_body_of_another_form_is_refused(office: Office, body: bytes) -> None:
    headers, _envelope = office.seal(body)
    assert problem_of(office.send(body, headers)) == (400, "body-form")


def test_a_parameter_that_the_service_does_not_take(office: Office, provider: Provider) -> None:
    assert problem_of(office.call({"parameters": {"admin": "1"}})) == (403, "parameter-unknown")
    assert not provider.heard


def test_a_get_is_told_to_post(office: Office) -> None:
    answer = office.browser.get(office.path)
    assert problem_of(answer) == (405, "method")
    assert answer.headers["Allow"] == "POST"


LIES: list[tuple[Callable[[], tuple[int, bytes]], str]] = [
    (lambda: (200, b"<html>"), "provider-answer"),
    (lambda: (200, b'{"data":{}}'), "provider-answer"),
    (lambda: (200, b'{"data":{"items":[1]}}'), "provider-answer"),
    (lambda: (200, b'{"data":{"items":[{"idno":"1"}]}}'), "provider-answer"),
    (lambda: (200, b'{"data":{"items":[{"idno":NaN}]}}'), "provider-answer"),
    (lambda: (200, b"[" * 100_000), "provider-answer"),
    (lambda: (0, b""), "provider-answer"),
    (lambda: (500, b"{}"), "provider-refused"),
    (lambda: (302, b"{}"), "provider-refused"),
    (lambda: (200, b" " * (9 << 20)), "too-many-rows"),
]


@pytest.mark.parametrize(("lie", "code"), LIES)
def test_a_provider_that_lies_or_breaks_gives_nothing(
    office: Office, provider: Provider, lie: Callable[[], tuple[int, bytes]], code: str
) -> None:
    provider.say = lie
    assert problem_of(office.call())[1] == code
    provider.say = provider.speak_true
    assert office.call().status_code == 200


def test_rows_that_break_a_rule_stay_behind_and_are_counted(office: Office, provider: Provider) -> None:
    people = [
        {"idno": "1", "xm": "甲", "dh": None, "nl": 200, "je": 1},
        {"idno": "2", "xm": "乙", "dh": None, "nl": "三十", "je": 1},
        {"idno": "3", "xm": "丙丁", "dh": None, "nl": 30, "je": None},
    ]
    provider.say = lambda: (200, json.dumps({"data": {"items": people}}).encode())
    content = office.call().json()
    assert (content["count"], content["held"]) == (1, 2)
    assert content["rows"][0]["name"] == "丙**"


def test_a_provider_that_is_down(office: Office) -> None:
    office.service.source.settings = {"address": "http://127.0.0.1:1"}
    office.service.source.save()
    answer = office.call()
    assert problem_of(answer) == (503, "provider-down")
    assert answer.json()["may_retry"]


def test_a_provider_that_is_slow(office: Office, provider: Provider) -> None:
    _set(Service, office.service, timeout_ms=100)
    provider.wait.clear()
    assert problem_of(office.call()) == (504, "provider-slow")


def test_without_time_stamps_it_goes_on_for_a_while_and_then_stops(office: Office) -> None:
    block = CallBlock.objects.create(
        number=1, previous="", root="", size=1, closed_at=timezone.now() - timedelta(minutes=30), digest=""
    )
    assert office.call().status_code == 200
    from zhengtong.capabilities.interfaces.gateway import stamps

    stamps.forget()
    _set(CallBlock, block, closed_at=timezone.now() - timedelta(minutes=241))
    answer = office.call()
    assert problem_of(answer) == (503, "stamps-missing")
    assert answer.json()["may_retry"]


@pytest.mark.django_db(transaction=True)
def test_of_two_calls_with_one_nonce_at_once_one_passes(office: Office, provider: Provider) -> None:
    headers, _envelope = office.seal(BODY)
    provider.wait.clear()  # both are under way before either is answered

    def send(_turn: int) -> int:
        try:
            answer = Browser().post(office.path, BODY, content_type="application/json", headers=headers)
            return int(answer.status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(send, turn) for turn in range(6)]
        for done in islice(as_completed(waiting), 5):
            assert done.result() == 409
        provider.wait.set()
        codes = sorted(each.result() for each in waiting)
    assert codes == [200, 409, 409, 409, 409, 409]
    assert len(provider.heard) == 1
