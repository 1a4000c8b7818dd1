"""A citizen registers by phone and code, and nobody learns from it who else has registered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.events import AccountText, AccountTextRequested
from zhengtong.core.identity.models import Account, AccountKind, Citizen
from zhengtong.core.identity.services import Refused
from zhengtong.core.identity.tests.conftest import Browser
from zhengtong.kernel.policy import SYSTEM

Texts = list[AccountTextRequested]
Words = Callable[[Any], str]
SIGNUP, VERIFY = reverse("account_signup"), reverse("account_verify_phone")
FORM = {"phone": "138 0013 8000", "password1": "an-lan-7-qiao"}


def test_registers_and_comes_to_the_page_she_wanted(client: Browser, texts: Texts) -> None:
    response = client.post(SIGNUP, FORM | {"next": "/hall/apply/1/"})
    assert response.url == VERIFY
    assert [(t.phone, t.text) for t in texts] == [("13800138000", AccountText.REGISTER_CODE)]
    assert len(texts[0].digits) == 6
    assert texts[0].digits.isdigit()
    assert "138****8000" in client.get(VERIFY).content.decode()
    response = client.post(VERIFY, {"code": texts[0].digits})
    assert response.url == "/hall/apply/1/"
    account = Account.objects.get()
    assert client.session["_auth_user_id"] == str(account.pk)
    assert account.kind == AccountKind.CITIZEN
    assert account.password.startswith("argon2")
    assert account.citizen.phone == "13800138000"
    assert account.citizen.phone_verified_at is not None
    about = AuditRecord.objects.filter(action__startswith="identity.").exclude(actor_kind="system").order_by("pk")
    actions = list(about.values_list("action", flat=True))
    assert actions == ["identity.registration_begun", "identity.registered", "identity.signed_in"]


def test_without_a_wanted_page_she_is_asked_for_her_details(client: Browser, texts: Texts) -> None:
    client.post(SIGNUP, FORM)
    assert client.post(VERIFY, {"code": texts[0].digits}).url == reverse("identity:profile")


def test_phone_is_sealed_at_rest(client: Browser, texts: Texts) -> None:
    client.post(SIGNUP, FORM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_digest FROM identity_citizen")
        phone, digest = cursor.fetchone()
    assert b"13800138000" not in bytes(phone)
    assert "13800138000" not in digest


def test_wrong_codes_end_the_attempt(client: Browser, texts: Texts, words: Words) -> None:
    client.post(SIGNUP, FORM)
    wrong = "000000" if texts[0].digits != "000000" else "111111"
    assert "验证码不对" in words(client.post(VERIFY, {"code": wrong}))
    client.post(VERIFY, {"code": wrong})
    assert client.post(VERIFY, {"code": wrong}).url == reverse("account_login")
    assert client.post(VERIFY, {"code": texts[0].digits}).url == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert Citizen.objects.get().phone_verified_at is None


def test_a_registered_phone_looks_like_any_other(client: Browser, texts: Texts, citizen: Citizen) -> None:
    known = client.post(SIGNUP, FORM)
    page = client.get(VERIFY)
    assert (known.status_code, known.url) == (302, VERIFY)
    other = Browser()
    unknown = other.post(SIGNUP, FORM | {"phone": "13900139000"})
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert len(other.get(VERIFY).content) == len(page.content)
    assert [t.text for t in texts] == [AccountText.ALREADY_REGISTERED, AccountText.REGISTER_CODE]
    assert client.post(VERIFY, {"code": ""}).status_code == 200
    assert Account.objects.count() == 2


def test_typing_anothers_phone_does_not_keep_her_from_registering(client: Browser, texts: Texts) -> None:
    Browser().post(SIGNUP, FORM)
    cache.clear()  # a minute passes
    client.post(SIGNUP, FORM)
    assert client.post(VERIFY, {"code": texts[-1].digits}).url == reverse("identity:profile")
    squatter = Citizen.objects.get(phone_verified_at=None)
    with pytest.raises(Refused):
        services.verify_phone(actor=SYSTEM, citizen=squatter, phone="13800138000")


def test_registrations_that_were_never_verified_are_forgotten(client: Browser, texts: Texts, citizen: Citizen) -> None:
    client.post(SIGNUP, FORM | {"phone": "13900139000"})
    Account.objects.update(date_joined=timezone.now() - timedelta(hours=25))
    assert services.forget_unverified_registrations(actor=SYSTEM) == 1
    assert list(Account.objects.all()) == [citizen.account]
    assert services.forget_unverified_registrations(actor=SYSTEM) == 0


def test_one_code_a_minute(client: Browser, texts: Texts, words: Words) -> None:
    client.post(SIGNUP, FORM)
    page = words(client.post(VERIFY, {"action": "resend"}, follow=True))
    assert "请1分钟后再试" in page
    assert len(texts) == 1
    response = Browser().post(SIGNUP, FORM)
    assert response.status_code == 429
    assert "1分钟" in words(response)
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"phone": ""}, "请填写手机号码"),
        ({"phone": "1380013800"}, "现在是10位"),
        ({"phone": "12800138000"}, "13至19开头"),
        ({"phone": "9" * 5000}, "40"),
        ({"phone": "<script>alert(1)</script>"}, "手机号码只能是数字"),
        ({"password1": "12345678"}, "密码"),
        ({"password1": "short"}, "8"),
        ({"password1": "密" * 1000}, "128"),
    ],
)
def test_what_cannot_be_right_is_said_next_to_the_field(
    client: Browser, texts: Texts, words: Words, form: dict[str, str], sentence: str
) -> None:
    response = client.post(SIGNUP, FORM | form)
    assert response.status_code == 200
    assert sentence in words(response)
    assert b'class="field-error"' in response.content
    assert b"<script>alert" not in response.content
    assert not texts
    assert not Account.objects.exists()


def test_null_bytes_are_refused(client: Browser, texts: Texts) -> None:
    urlencoded = client.post(SIGNUP, "phone=138%00&password1=x", content_type="application/x-www-form-urlencoded")
    multipart = client.post(SIGNUP, {"phone": "13800138000\x00", "password1": "an-lan\x00-7-qiao"})
    assert urlencoded.status_code == 400
    assert multipart.status_code in (200, 400)
    assert not Account.objects.exists()


def test_cannot_come_back_to_another_site(client: Browser, texts: Texts) -> None:
    client.post(SIGNUP, FORM | {"next": "https://evil.example/"})
    assert client.post(VERIFY, {"code": texts[0].digits}).url == reverse("identity:profile")
