"""A person opens her messages; nobody else can."""

from uuid import uuid4

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Account, AccountKind
from zhengtong.core.messages.checks import the_demo_provider_is_for_the_demo
from zhengtong.core.messages.public import Message, count_unread, list_messages, mark_read, send_message
from zhengtong.core.messages.tasks import deliver
from zhengtong.core.messages.tests.conftest import actor_of
from zhengtong.kernel.policy import SYSTEM, Denied

pytestmark = pytest.mark.django_db


def tell(account: Account, number: str = "AL-1", link: str = "") -> Message:
    return send_message(actor=SYSTEM, recipient=account, template="tests.news", context={"number": number}, link=link)


@pytest.fixture
def signed_in(client: Client, account: Account) -> Client:
    client.force_login(account)
    return client


def test_her_messages_newest_first_and_in_pages(account: Account) -> None:
    sent = [tell(account, f"AL-{n}") for n in range(25)]
    tell(Account.objects.create(username="somebody-else"))
    first = list(list_messages(account))
    assert [message.pk for message in first] == [message.pk for message in reversed(sent[5:])]
    assert [message.pk for message in list_messages(account, before=first[-1].pk)] == [
        message.pk for message in reversed(sent[:5])
    ]


def test_the_count_stops_at_a_hundred(account: Account) -> None:
    message = tell(account)
    fields = {"recipient": account, "template": "tests.news", "is_listed": True, "channel": "inapp", "body": "x"}
    Message.objects.bulk_create(Message(**fields) for _ in range(150))
    assert count_unread(account) == 100
    Message.objects.exclude(pk=message.pk).delete()
    assert count_unread(account) == 1


def test_reading_is_noted_once_and_only_by_her(account: Account) -> None:
    message = tell(account)
    stranger = Account.objects.create(username="stranger")
    with pytest.raises(Denied) as denial:
        mark_read(actor=actor_of(stranger), message=message)
    assert not denial.value.visible
    first = mark_read(actor=actor_of(account), message=message).read_at
    assert first is not None
    assert mark_read(actor=actor_of(account), message=message).read_at == first
    assert AuditRecord.objects.filter(action="messages.mark_read").count() == 1


def test_the_page(signed_in: Client, account: Account) -> None:
    assert "还没有消息" in signed_in.get(reverse("messages:list")).content.decode()
    message = tell(account, "<script>alert(1)</script>", link="/hall/cases/AL-1/")
    page = signed_in.get(reverse("messages:list")).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "未读" in page
    opened = signed_in.post(reverse("messages:open", args=[message.public_id]))
    assert (opened.status_code, opened["Location"]) == (302, "/hall/cases/AL-1/")
    assert count_unread(account) == 0


def test_marking_read_on_the_page(signed_in: Client, account: Account) -> None:
    first, _ = tell(account, link="/hall/"), tell(account)
    stayed = signed_in.post(reverse("messages:open", args=[first.public_id]), {"stay": "1"})
    assert stayed["Location"] == reverse("messages:list")
    assert count_unread(account) == 1
    signed_in.post(reverse("messages:read_all"))
    assert count_unread(account) == 0


def test_somebody_elses_message_is_not_there(signed_in: Client) -> None:
    foreign = tell(Account.objects.create(username="somebody-else"))
    assert signed_in.post(reverse("messages:open", args=[foreign.public_id])).status_code == 404
    assert signed_in.post(reverse("messages:open", args=[uuid4()])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.read_at is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "1' OR 1=1", "²"])
def test_nonsense_in_the_address(signed_in: Client, before: str) -> None:
    assert signed_in.get(reverse("messages:list"), {"before": before}).status_code == 200


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get(reverse("messages:list"))
    assert answer.status_code == 302
    assert "next=/messages/" in answer["Location"]


def test_staff_see_theirs_on_the_desk(client: Client) -> None:
    clerk = Account.objects.create(username="clerk", kind=AccountKind.STAFF)
    client.force_login(clerk)
    tell(clerk)
    assert 'class="desk"' in client.get(reverse("messages:list")).content.decode()


def test_the_demo_phone(client: Client) -> None:
    message = send_message(
        actor=SYSTEM,
        recipient=None,
        template="tests.code",
        context={"code": "495871", "minutes": 5},
        phone="13800001234",
    )
    deliver(message_id=message.pk)
    page = client.get(reverse("demo_inbox:show"), {"phone": "138 0000 1234"}).content.decode()
    assert "495871" in page
    assert "hx-trigger" in page
    part = client.get(reverse("demo_inbox:show"), {"phone": "13800001234", "part": "1"}).content.decode()
    assert "495871" in part
    assert "<html" not in part
    assert "还没有短信" in client.get(reverse("demo_inbox:show"), {"phone": "13900000000"}).content.decode()
    with override_settings(DEMO=False):
        assert client.get(reverse("demo_inbox:show")).status_code == 404


def test_the_check_keeps_the_demo_provider_out_of_service() -> None:
    assert the_demo_provider_is_for_the_demo() == []
    with override_settings(DEMO=False):
        # One for texts, one for e-mail.
        assert [error.id for error in the_demo_provider_is_for_the_demo()] == ["messages.E002", "messages.E002"]
