"""The cast of identity's tests: a citizen who registers, a member of staff in a post, and the texts that they get."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from zhengtong.core.identity import services
from zhengtong.core.identity.events import AccountNotice, AccountNoticeRequested, AccountTextRequested
from zhengtong.core.identity.models import (
    Appointment,
    Citizen,
    Organisation,
    OrganisationKind,
    Post,
    PostRole,
    Reach,
    Region,
    RegionLevel,
)
from zhengtong.kernel.events import receives
from zhengtong.kernel.policy import SYSTEM

PHONE, PASSWORD = "13800138000", "an-lan-7-qiao"
_sent: list[AccountTextRequested] = []


@receives(AccountTextRequested)
def keep(event: AccountTextRequested) -> None:
    _sent.append(event)


_told: list[AccountNoticeRequested] = []


@receives(AccountNoticeRequested)
def keep_notice(event: AccountNoticeRequested) -> None:
    _told.append(event)


class Browser(Client):
    """Django's test client; its answers are known only when the test runs."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return super().post(*args, **kwargs)


@pytest.fixture
def client() -> Browser:
    return Browser()


@pytest.fixture
def texts(db: None) -> Iterator[list[AccountTextRequested]]:
    """What was sent to phones during the test, the newest last."""
    _sent.clear()
    yield _sent
    _sent.clear()


@pytest.fixture
def notices(db: None) -> Iterator[list[AccountNoticeRequested]]:
    """What accounts were told during the test, the newest last."""
    _told.clear()
    yield _told
    _told.clear()


def told(notices: list[AccountNoticeRequested], notice: AccountNotice) -> set[int]:
    """Return the accounts that were told ``notice``."""
    return {each.account_id for each in notices if each.notice == notice}


@pytest.fixture
def citizen(db: None) -> Citizen:
    account = services.register_citizen(actor=SYSTEM, phone=PHONE, password=PASSWORD)
    services.verify_phone(actor=SYSTEM, citizen=account.citizen, phone=PHONE)
    return Citizen.objects.get(account=account)


@pytest.fixture
def bureau(db: None) -> Organisation:
    region = Region.objects.create(code="990000", name="安澜市", level=RegionLevel.CITY, path="990000")
    return Organisation.objects.create(
        name="安澜市市场监督管理局",
        short_name="市市场监管局",
        kind=OrganisationKind.DEPARTMENT,
        region=region,
        path="1",
    )


@pytest.fixture
def appointment(bureau: Organisation) -> Appointment:
    staff = services.create_staff_account(actor=SYSTEM, username="wangjie", password=PASSWORD, name="王洁")
    post = Post.objects.create(organisation=bureau, title="审批员")
    return services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=date(2026, 1, 1))


@pytest.fixture
def administrator(bureau: Organisation) -> Appointment:
    """Who manages the accounts of the bureau, and of no other organisation."""
    staff = services.create_staff_account(actor=SYSTEM, username="guan", password=PASSWORD, name="管清")
    post = Post.objects.create(organisation=bureau, title="账号管理员")
    PostRole.objects.create(post=post, role="system_administrator", reach=Reach.OWN)
    return services.appoint(actor=SYSTEM, staff=staff, post=post, start_date=date(2026, 1, 1))


@pytest.fixture
def signed_in(client: Browser, citizen: Citizen) -> Browser:
    client.force_login(citizen.account)
    return client


@pytest.fixture
def words() -> Callable[[Any], str]:
    """Turns a page into its bare text, to look for sentences in."""
    return lambda response: re.sub(r"<[^>]+>|\s+", "", response.content.decode())
