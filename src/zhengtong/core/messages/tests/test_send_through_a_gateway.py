"""Texts go to a gateway over HTTP, signed; what it refuses is told apart from what is worth another try."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from pytest_django.fixtures import Settings

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Account
from zhengtong.core.messages.delivery import deliver_message
from zhengtong.core.messages.http_sms import HttpSmsProvider, sign
from zhengtong.core.messages.public import Message, MessageState, SendFailed, resend_message, send_message
from zhengtong.core.messages.services import RESEND
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind, Denied, Grant

pytestmark = pytest.mark.django_db
SECRET = "s3cret-of-the-gateway"


class Gateway(BaseHTTPRequestHandler):
    """An operator's interface: it checks the signature, and answers by the last digits of the phone."""

    taken: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        expected = sign(
            SECRET,
            method="POST",
            path=self.path,
            timestamp=self.headers["X-Timestamp"],
            nonce=self.headers["X-Nonce"],
            body=body,
        )
        if self.headers["X-Signature"] != expected or self.headers["X-Key"] != "county":
            return self._answer(401, {"code": "BAD_SIGNATURE"})
        given = json.loads(body)
        if given["phone"].endswith("0404"):
            return self._answer(200, {"code": "INVALID_PHONE"})
        if given["phone"].endswith("0503"):
            return self._answer(503, {"code": "BUSY"})
        if given["phone"].endswith("0500"):
            self.send_response(500)
            self.end_headers()
            self.wfile.write(b"<html>broken</html>")
            return None
        # The same reference is the same text: an operator that honours it sends once.
        if given["reference"] not in [each["reference"] for each in self.taken]:
            self.taken.append(given)
        return self._answer(200, {"code": "OK", "id": f"op-{len(self.taken)}"})

    def _answer(self, status: int, said: dict[str, str]) -> None:
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_said: Any) -> None:
        pass


@pytest.fixture
def gateway(settings: Settings) -> Iterator[list[dict[str, Any]]]:
    Gateway.taken.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/sms/send?v=1"
    settings.SMS_KEY, settings.SMS_SECRET, settings.SMS_SIGN = "county", SECRET, "安澜政务"
    settings.SMS_PROVIDER = "zhengtong.core.messages.http_sms.HttpSmsProvider"
    yield Gateway.taken
    server.shutdown()
    server.server_close()


def send(phone: str) -> Message:
    return send_message(
        actor=SYSTEM, recipient=None, template="tests.news", context={"number": "AL-2026-000001"}, phone=phone
    )


def test_a_text_goes_to_the_gateway_with_its_signature(gateway: list[dict[str, Any]]) -> None:
    message = send("13800001234")
    assert deliver_message(message_id=message.pk) is None
    message.refresh_from_db()
    assert (message.state, message.receipt) == (MessageState.SENT, "op-1")
    [taken] = gateway
    assert taken["text"] == "您的办件 AL-2026-000001 需要补正，请尽快查看。"
    assert (taken["sign"], taken["reference"]) == ("安澜政务", str(message.public_id))


def test_a_wrong_key_is_the_operators_to_put_right(gateway: list[dict[str, Any]], settings: Settings) -> None:
    settings.SMS_SECRET = "another"
    message = send("13800001234")
    assert deliver_message(message_id=message.pk) == 15
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.QUEUED, "BAD_SIGNATURE")


@pytest.mark.parametrize(("tail", "code", "wait"), [("0503", "BUSY", 15), ("0500", "http-500", 15)])
def test_a_gateway_in_trouble_is_tried_again(gateway: list[dict[str, Any]], tail: str, code: str, wait: int) -> None:
    message = send(f"1380000{tail}")
    assert deliver_message(message_id=message.pk) == wait
    message.refresh_from_db()
    assert message.error == code


def test_a_gateway_that_isnt_there_is_tried_again(settings: Settings) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"
    with pytest.raises(SendFailed) as failed:
        HttpSmsProvider().send("13800001234", "您好", "r-1")
    assert not failed.value.is_permanent


def operator(*permissions: str) -> Actor:
    account = Account.objects.create(username="operator")
    grants = (Grant("platform_operator", frozenset(permissions), frozenset()),)
    return Actor(kind=ActorKind.STAFF, name="运维", account=account.public_id, account_id=account.pk, grants=grants)


def test_an_operator_sends_again_what_was_given_up(gateway: list[dict[str, Any]]) -> None:
    message = send("13800000404")
    assert deliver_message(message_id=message.pk) is None
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "INVALID_PHONE")
    with pytest.raises(Denied):
        resend_message(actor=operator(), message=message)
    Account.objects.filter(username="operator").delete()
    message.address = "13800001234"  # the number was put right
    message.save()
    resend_message(actor=operator(RESEND), message=message)
    assert deliver_message(message_id=message.pk) is None
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert AuditRecord.objects.filter(action="messages.resend_message").count() == 1


def test_a_code_that_was_given_up_isnt_sent_again(gateway: list[dict[str, Any]]) -> None:
    message = send_message(
        actor=SYSTEM,
        recipient=None,
        template="tests.code",
        context={"code": "495871", "minutes": 5},
        phone="13800000404",
    )
    deliver_message(message_id=message.pk)
    message.refresh_from_db()
    with pytest.raises(Exception) as refused:  # noqa: PT011  # Refused, by its code
        resend_message(actor=operator(RESEND), message=message)
    assert getattr(refused.value, "code", "") == "spent"
