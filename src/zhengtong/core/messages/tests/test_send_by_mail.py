"""Notices go to a person's e-mail through a real SMTP server, when she has verified it and wants them there."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Account, AccountKind, Refused
from zhengtong.core.messages import choices
from zhengtong.core.messages.delivery import copy_to_mail, deliver_message
from zhengtong.core.messages.models import Channel, MailAddress
from zhengtong.core.messages.public import Message, MessageState, NoticeTopic, list_demo_texts, send_message
from zhengtong.core.messages.tests.conftest import actor_of
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import SYSTEM, Denied

pytestmark = pytest.mark.django_db
ADDRESS = "wang@example.cn"


class PostOffice:
    """Takes mail as an SMTP server does; an unknown mailbox is refused, a full one for now."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken.append(envelope.content)
        return "250 taken"

    def read(self) -> list[Mail]:
        return [message_from_bytes(each, policy=default) for each in self.taken]


@pytest.fixture
def post_office(settings: Settings) -> Iterator[PostOffice]:
    office = PostOffice()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(office, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.DEFAULT_FROM_EMAIL = "no-reply@anlan.example"
        settings.MAIL_PROVIDER = "zhengtong.core.messages.smtp_mail.SmtpMailProvider"
        yield office
    finally:
        server.stop()


@pytest.fixture
def topic() -> Iterator[None]:
    registry.register(Module(code="topic_of_tests", title="", declares=(NoticeTopic("tests", "测试"),)))
    yield
    del registry.modules["topic_of_tests"]


@pytest.fixture
def person(account: Account) -> Account:
    account.kind = AccountKind.CITIZEN
    account.save()
    return account


def verify(person: Account, address: str = ADDRESS) -> None:
    _kept, code = choices.set_mail_address(actor=actor_of(person), account=person, address=address)
    choices.verify_mail_address(actor=actor_of(person), account=person, code=code)


def notify(person: Account, phone: str = "13800001234") -> Message:
    return send_message(
        actor=SYSTEM,
        recipient=person,
        template="tests.news",
        context={"number": "AL-2026-000001"},
        link="/hall/cases/",
        phone=phone,
    )


def test_a_notice_arrives_in_her_mailbox(person: Account, post_office: PostOffice, settings: Settings) -> None:
    verify(person)
    message = notify(person)
    copy = copy_to_mail(message_id=message.pk)
    assert copy is not None
    assert deliver_message(message_id=copy.pk) is None
    [mail] = post_office.read()
    assert (mail["To"], mail["From"], mail["Subject"]) == (ADDRESS, "no-reply@anlan.example", "材料待补正")
    text = mail.get_content()  # type: ignore[attr-defined]  # the default policy makes EmailMessage
    assert "您的办件 AL-2026-000001 需要补正" in text
    assert f"{settings.PUBLIC_URL}/hall/cases/" in text
    copy.refresh_from_db()
    assert (copy.state, copy.receipt) == (MessageState.SENT, str(mail["Message-ID"]))
    # Run again, as a killed worker's job is: no second copy, no second mail.
    assert copy_to_mail(message_id=message.pk) is None
    deliver_message(message_id=copy.pk)
    assert len(post_office.taken) == 1


def test_a_mailbox_that_doesnt_exist_isnt_tried_again(person: Account, post_office: PostOffice) -> None:
    verify(person, "nobody@example.cn")
    copy = copy_to_mail(message_id=notify(person).pk)
    assert copy is not None
    assert deliver_message(message_id=copy.pk) is None
    copy.refresh_from_db()
    assert (copy.state, copy.error) == (MessageState.FAILED, "smtp-550")


def test_a_full_mailbox_is_tried_again_later(person: Account, post_office: PostOffice) -> None:
    verify(person, "full@example.cn")
    copy = copy_to_mail(message_id=notify(person).pk)
    assert copy is not None
    assert deliver_message(message_id=copy.pk) == 15
    copy.refresh_from_db()
    assert (copy.state, copy.error) == (MessageState.QUEUED, "smtp-452")


def test_a_server_that_is_down_is_tried_again_later(person: Account, settings: Settings) -> None:
    settings.MAIL_PROVIDER = "zhengtong.core.messages.smtp_mail.SmtpMailProvider"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    verify(person)
    copy = copy_to_mail(message_id=notify(person).pk)
    assert copy is not None
    assert deliver_message(message_id=copy.pk) == 15


def test_nothing_goes_to_an_address_that_she_hasnt_verified(person: Account) -> None:
    choices.set_mail_address(actor=actor_of(person), account=person, address=ADDRESS)
    assert copy_to_mail(message_id=notify(person).pk) is None


def test_a_wrong_code_verifies_nothing_and_five_of_them_end_it(person: Account) -> None:
    _kept, code = choices.set_mail_address(actor=actor_of(person), account=person, address=ADDRESS)
    wrong = "000000" if code != "000000" else "111111"
    for _attempt in range(5):
        with pytest.raises(Refused):
            choices.verify_mail_address(actor=actor_of(person), account=person, code=wrong)
    with pytest.raises(Refused):
        choices.verify_mail_address(actor=actor_of(person), account=person, code=code)
    assert MailAddress.objects.get().verified_at is None


def test_who_switched_texts_off_gets_none_but_finds_the_message_in_her_list(person: Account, topic: None) -> None:
    choices.choose_notices(actor=actor_of(person), account=person, wanted=[("tests", Channel.MAIL)])
    message = notify(person)
    assert deliver_message(message_id=message.pk) is None
    message.refresh_from_db()
    assert (message.state, message.is_listed) == (MessageState.SKIPPED, True)
    assert not list_demo_texts("13800001234")


def test_what_the_law_asks_for_is_sent_whatever_she_chose(person: Account) -> None:
    choices.choose_notices(actor=actor_of(person), account=person, wanted=[])
    message = send_message(
        actor=SYSTEM,
        recipient=person,
        template="cases.refused",
        context={"item": "食品经营许可", "number": "AL-2026-000001"},
        phone="13800001234",
    )
    assert deliver_message(message_id=message.pk) is None
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert copy_to_mail(message_id=message.pk) is None


def test_nobody_else_chooses_for_her(person: Account, db: None) -> None:
    other = Account.objects.create(username="other")
    with pytest.raises(Denied):
        choices.choose_notices(actor=actor_of(other), account=person, wanted=[])


def test_she_sets_it_on_a_page(cast: Cast) -> None:
    account, client = cast.accounts["citizen"], Client()
    client.force_login(account, SIGNS_IN)
    assert "办件进展" in client.get("/messages/settings/").content.decode()
    client.post("/messages/settings/mail/", {"address": "not an address"})
    assert not MailAddress.objects.exists()
    client.post("/messages/settings/mail/", {"address": ADDRESS})
    sent = Message.objects.get(template="messages.mail_code")
    assert sent.channel == Channel.MAIL
    deliver_message(message_id=sent.pk)
    [text] = list_demo_texts(ADDRESS)
    code = "".join(c for c in text.text.partition("验证码是")[2] if c.isdigit())[:6]
    client.post("/messages/settings/mail/", {"code": code})
    assert choices.find_mail_address(account.pk) == ADDRESS
    page = client.post("/messages/settings/", {"wanted": ["cases:sms"]}, follow=True).content.decode()
    assert 'value="cases:sms" checked' in page
    assert 'value="cases:mail" checked' not in page
    assert not choices.is_wanted(account.pk, "cases", Channel.MAIL)
    assert not [each for each in AuditRecord.objects.values_list("after", flat=True) if ADDRESS in str(each)]
    client.post("/messages/settings/mail/remove/")
    assert choices.find_mail_address(account.pk) is None
