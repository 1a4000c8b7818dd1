"""A system calls a published service: what it gets is what its contract says, signed and logged."""

import json

import pytest

from zhengtong.capabilities.interfaces.models import Call
from zhengtong.capabilities.interfaces.tests.office import Office
from zhengtong.capabilities.interfaces.tests.provider import Provider

pytestmark = pytest.mark.django_db


def test_what_comes_is_what_the_contract_has_in_it(office: Office, provider: Provider) -> None:
    answer = office.call({"parameters": {"idno": "x"}})
    assert answer.status_code == 200, answer.content
    content = answer.json()
    assert content["rows"][0] == {
        "number": "110***********002X",
        "name": "王**",
        "phone": "139****1234",
        "age": 33,
        "amount": "12.50",
    }
    assert content["rows"][1]["name"] == "欧阳**"
    assert (content["count"], content["held"], content["next"]) == (2, 0, None)
    assert "secret" not in answer.content.decode()
    assert provider.heard[0]["path"] == "/people"
    assert provider.heard[0]["asked"] == {"idno": "x"}
    assert provider.heard[0]["headers"]["Authorization"] == "Bearer t0ken"


def test_the_call_is_in_the_log_with_its_body_encrypted(office: Office) -> None:
    office.call()
    call = Call.objects.get(member=office.member)
    assert (call.status, call.code, call.rows, call.contract_id) == (200, "", 2, office.contract.pk)
    assert call.purpose == "核验参保状态"
    assert call.microseconds >= call.provider_microseconds > 0
    assert json.loads(call.body["answered"])["count"] == 2
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM interfaces_call WHERE id = %s", [call.pk])
        assert "王".encode() not in bytes(cursor.fetchone()[0])
