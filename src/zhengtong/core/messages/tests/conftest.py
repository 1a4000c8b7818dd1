"""A data folder of its own (keys lie in it), people, and three templates."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from zhengtong.core.identity.public import Account
from zhengtong.core.messages.public import MessageTemplate
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import Actor, ActorKind

CODE = MessageTemplate(
    "tests.code", "验证码", "您的验证码是 {code}，{minutes} 分钟内有效。", sensitive=frozenset({"code"})
)
NEWS = MessageTemplate("tests.news", "材料待补正", "您的办件 {number} 需要补正，请尽快查看。")


@pytest.fixture(autouse=True)
def templates(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    settings.DEMO = True
    settings.SMS_PROVIDER = "zhengtong.core.messages.providers.DemoInboxProvider"
    settings.MAIL_PROVIDER = "zhengtong.core.messages.providers.DemoMailProvider"
    registry.register(Module(code="tests_of_messages", title="", declares=(CODE, NEWS)))
    yield
    del registry.modules["tests_of_messages"]


@pytest.fixture
def account(db: None) -> Account:
    return Account.objects.create(username="applicant")


@pytest.fixture
def actor(account: Account) -> Actor:
    return actor_of(account)


def actor_of(account: Account) -> Actor:
    return Actor(kind=ActorKind.CITIZEN, name="李秀英", account=account.public_id, account_id=account.pk)
