"""A module sends a message; a job delivers it once; codes leave no trace."""

import json
import logging

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Account
from zhengtong.core.messages.domain import WAITS, is_local_link, mask_phone
from zhengtong.core.messages.models import DemoText
from zhengtong.core.messages.providers import DEMO_KEEPS, DemoInboxProvider
from zhengtong.core.messages.public import (
    Channel,
    Message,
    MessageState,
    Receipt,
    SendFailed,
    list_demo_texts,
    send_message,
)
from zhengtong.core.messages.tasks import deliver
from zhengtong.kernel.policy import SYSTEM, Actor

PHONE = "13800001234"
pytestmark = pytest.mark.django_db


def queued_jobs() -> list[dict[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'messages.deliver' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def send_code() -> Message:
    context = {"code": "495871", "minutes": 5}
    return send_message(actor=SYSTEM, recipient=None, template="tests.code", context=context, phone=PHONE)


def test_a_text_is_delivered_once() -> None:
    message = send_code()
    assert (message.state, message.channel) == (MessageState.QUEUED, Channel.SMS)
    assert queued_jobs() == [{"message_id": message.pk}]
    deliver(message_id=message.pk)
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 1)
    assert message.sent_at is not None
    assert message.delivered_at is not None
    assert [text.text for text in list_demo_texts(PHONE)] == ["您的验证码是 495871，5 分钟内有效。"]
    assert not list_demo_texts("13900000000")


def test_a_code_leaves_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        message = send_code()
        deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.body, message.outgoing) == ("您的验证码是 ••••••，5 分钟内有效。", "")
    assert not message.is_listed
    journal = [str(record.after) for record in AuditRecord.objects.filter(action__startswith="messages.")]
    assert len(journal) == 2
    assert not [entry for entry in journal if "495871" in entry or PHONE in entry]
    assert not [entry for entry in caplog.records if "495871" in str(entry.__dict__)]
    assert not [job for job in queued_jobs() if "495871" in str(job)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text || t::text FROM messaging_message m, messaging_demotext t")
        row = cursor.fetchone()[0]
    assert PHONE.encode().hex() not in row
    assert b"495871".hex() not in row


def test_a_rollback_takes_the_message_and_its_job_back() -> None:
    with transaction.atomic():
        send_code()
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not queued_jobs()


def test_a_message_to_an_account_is_there_at_once(actor: Actor, account: Account) -> None:
    message = send_message(
        actor=actor, recipient=account, template="tests.news", context={"number": "AL-1"}, link="/hall/cases/AL-1/"
    )
    assert (message.state, message.channel, message.is_listed) == (MessageState.SENT, Channel.IN_APP, True)
    assert (message.subject, message.body) == ("材料待补正", "您的办件 AL-1 需要补正，请尽快查看。")
    assert len(queued_jobs()) == 1  # which looks whether she wants it in her mailbox, too


class Refusing:
    """A provider that is down."""

    def send(self, phone: str, text: str, reference: str) -> Receipt:
        raise ConnectionError(f"could not send {text}")


class Rejecting:
    """A provider that knows better."""

    def send(self, phone: str, text: str, reference: str) -> Receipt:
        raise SendFailed("NO_SUCH_NUMBER", is_permanent=True)


def test_a_provider_that_is_down_is_tried_again_and_then_given_up(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_PROVIDER = f"{__name__}.Refusing"
    message = send_code()
    for attempt in range(1, len(WAITS) + 1):
        deliver(message_id=message.pk)
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.QUEUED, attempt)
        assert len(queued_jobs()) == attempt + 1
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.error, message.outgoing) == (MessageState.FAILED, "ConnectionError", "")
    assert len(queued_jobs()) == len(WAITS) + 1
    assert "495871" not in caplog.text


def test_after_a_failure_it_still_gets_through(settings: Settings) -> None:
    settings.SMS_PROVIDER = f"{__name__}.Refusing"
    message = send_code()
    deliver(message_id=message.pk)
    settings.SMS_PROVIDER = "zhengtong.core.messages.providers.DemoInboxProvider"
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.SENT, 2, "")


def test_a_number_that_does_not_exist_is_not_tried_again(settings: Settings) -> None:
    settings.SMS_PROVIDER = f"{__name__}.Rejecting"
    message = send_code()
    deliver(message_id=message.pk)
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "NO_SUCH_NUMBER")
    assert len(queued_jobs()) == 1


def test_what_a_caller_must_not_do(account: Account) -> None:
    with pytest.raises(ValueError, match="a recipient, a phone"):
        send_message(actor=SYSTEM, recipient=None, template="tests.news", context={"number": "1"})
    with pytest.raises(ValueError, match="page of the platform"):
        send_message(
            actor=SYSTEM, recipient=account, template="tests.news", context={"number": "1"}, link="https://evil.cn/"
        )
    with pytest.raises(LookupError):
        send_message(actor=SYSTEM, recipient=account, template="tests.news", context={})
    with pytest.raises(LookupError):
        send_message(actor=SYSTEM, recipient=account, template="tests.none", context={})
    assert not Message.objects.exists()


def test_braces_in_what_a_person_typed_stay_text(account: Account) -> None:
    message = send_message(actor=SYSTEM, recipient=account, template="tests.news", context={"number": "{code}{0}"})
    assert "{code}{0}" in message.body


def test_the_demo_keeps_the_newest_texts_only() -> None:
    provider = DemoInboxProvider()
    first = provider.send(PHONE, "一", "first")
    assert provider.send(PHONE, "一", "first").reference == first.reference
    kept = DemoText.objects.get()
    DemoText.objects.create(pk=kept.pk + DEMO_KEEPS, reference="x", phone=PHONE, phone_digest="", text="x")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('messaging_demotext', 'id'), %s)", [kept.pk + DEMO_KEEPS])
    provider.send(PHONE, "二", "second")
    assert list(DemoText.objects.order_by("pk").values_list("reference", flat=True)) == ["x", "second"]


@pytest.mark.parametrize(
    ("link", "is_local"),
    [
        ("", True),
        ("/hall/cases/1/?tab=papers", True),
        ("//evil.cn/", False),
        ("/\\evil.cn/", False),
        ("https://evil.cn/", False),
        ("javascript:alert(1)", False),
        ("/a\r\nSet-Cookie: a", False),
        ("hall/", False),
    ],
)
def test_links(link: str, is_local: bool) -> None:
    assert is_local_link(link) is is_local


@given(st.text(alphabet="0123456789+-", max_size=20))
def test_a_masked_phone_never_shows_its_middle(phone: str) -> None:
    masked = mask_phone(phone)
    assert len(phone) < 9 or masked == f"{phone[:3]}****{phone[-4:]}"
    assert len(phone) >= 9 or masked == "****"
