"""People with factors: the cast, an app that shows codes, an authenticator, a browser."""

import re
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import PASSWORD, Cast
from zhengtong.capabilities.signon.domain import PERIOD, make_code, make_secret
from zhengtong.capabilities.signon.models import CodeGenerator
from zhengtong.capabilities.signon.services import codes, passkeys
from zhengtong.capabilities.signon.tests.authenticator import Authenticator
from zhengtong.core.identity.public import Account, get_account_actor
from zhengtong.core.messages.public import list_messages


class Browser(Client):
    """Django's test client; its answers are known only when the test runs."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return super().post(*args, **kwargs)

    def sign_in(self, account: Account, password: str = PASSWORD) -> Any:
        return self.post("/account/login/", {"login": account.username, "password": password})

    @property
    def is_in(self) -> bool:
        return "_auth_user_id" in self.session


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def clerk(cast: Cast) -> Account:
    return cast.accounts["approver"]


def count_told(account: Account, template: str) -> int:
    """Count the messages of a kind that a person got."""
    return sum(each.template == template for each in list_messages(account))


def words(response: Any) -> str:
    """Return a page as bare text, to look for sentences in."""
    return re.sub(r"<[^>]+>|\s+", "", response.content.decode())


class App:
    """The app on a phone that shows codes; ``ahead`` is how far its clock is from ours, in seconds."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret

    def show(self, ahead: float = 0) -> str:
        return make_code(self.secret, time.time() + ahead)


@pytest.fixture
def app(clerk: Account) -> App:
    """The clerk has an app; the code of the step before this one is the last she used."""
    secret = make_secret()
    CodeGenerator.objects.create(
        account=clerk, secret=codes.write_secret(secret), last_step=int(time.time()) // PERIOD - 2
    )
    return App(secret)


@pytest.fixture
def key(clerk: Account) -> Authenticator:
    """The clerk has a passkey."""
    return give_passkey(clerk)


def give_passkey(account: Account, **options: Any) -> Authenticator:
    made = Authenticator(settings.PUBLIC_URL, passkeys.get_relying_party(), **options)
    asked = passkeys.begin_adding(account=account, name="测试")
    passkeys.add_passkey(
        actor=get_account_actor(account),
        account=account,
        challenge=asked["challenge"],
        answer=made.make(asked),
        name="办公电脑",
    )
    return made


def ask(browser: Browser, address: str) -> dict[str, Any]:
    answered = browser.post(address)
    assert answered.status_code == 200, answered.content
    found: dict[str, Any] = answered.json()
    return found
