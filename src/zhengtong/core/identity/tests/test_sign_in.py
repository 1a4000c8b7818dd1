"""Signing in, being locked out, forgetting the password, and ending sessions elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import services
from zhengtong.core.identity.devices import describe_device
from zhengtong.core.identity.events import AccountText, AccountTextRequested
from zhengtong.core.identity.models import Appointment, Citizen
from zhengtong.core.identity.tests.conftest import PASSWORD, PHONE, Browser
from zhengtong.kernel.policy import SYSTEM

Texts = list[AccountTextRequested]
Words = Callable[[Any], str]
LOGIN, SESSIONS = reverse("account_login"), reverse("usersessions_list")


def sign_in(client: Browser, login: str = PHONE, password: str = PASSWORD, **more: str) -> Any:
    response: Any = client.post(LOGIN, {"login": login, "password": password, **more})
    return response


def is_in(client: Browser) -> bool:
    return bool(client.get(reverse("identity:account")).status_code == 200)


@pytest.mark.parametrize("login", ["13800138000", "138 0013 8000", "+86-138-0013-8000", "１３８００１３８０００"])
def test_citizen_by_phone_however_she_writes_it(client: Browser, citizen: Citizen, login: str) -> None:
    assert sign_in(client, login).url == settings.CITIZEN_HOME_URL
    assert is_in(client)
    assert AuditRecord.objects.filter(action="identity.signed_in", account=citizen.account.public_id).count() == 1


def test_staff_by_user_name_comes_to_the_workbench(client: Browser, appointment: Appointment) -> None:
    assert sign_in(client, "WangJie").url == settings.STAFF_HOME_URL


def test_returns_to_the_page_she_was_on(client: Browser, citizen: Citizen) -> None:
    asked = client.get(reverse("identity:profile"))
    assert asked.url == f"{LOGIN}?next=/account/profile/"
    assert b'name="next" value="/account/profile/"' in client.get(asked.url).content
    assert sign_in(client, next="/account/profile/").url == "/account/profile/"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_never_leads_to_another_site(client: Browser, citizen: Citizen, address: str) -> None:
    assert sign_in(client, next=address).url == settings.CITIZEN_HOME_URL


def test_unknown_phone_and_wrong_password_get_the_same_answer(client: Browser, citizen: Citizen, words: Words) -> None:
    known, unknown = sign_in(client, password="wrong"), sign_in(client, "13900139000", "wrong")
    assert "手机号（用户名）或密码不对" in words(known)
    assert words(known).replace(PHONE, "") == words(unknown).replace("13900139000", "")
    failed = AuditRecord.objects.filter(action="identity.sign_in_failed").order_by("pk")
    assert [(r.object_id, r.after) for r in failed] == [
        (str(citizen.account_id), {"count": 1}),
        ("unknown", {"count": 1}),
    ]


def test_five_wrong_passwords_lock_the_account_from_everywhere(citizen: Citizen, words: Words) -> None:
    ways = ["13800138000", "138 0013 8000", "+8613800138000", "138-0013-8000", "１３８００１３８０００"]
    for n, login in enumerate(ways):
        sign_in(Browser(headers={"host": f"n{n}.example"}, REMOTE_ADDR=f"10.0.0.{n}"), login, "wrong")
    client = Browser(REMOTE_ADDR="10.0.1.1")
    assert "连续5次输错，请5分钟后再试" in words(sign_in(client))
    assert "连续5次输错" in words(sign_in(client))
    assert not is_in(client)
    assert AuditRecord.objects.filter(action="identity.locked_out", object_id=str(citizen.account_id)).count() == 1
    counts = AuditRecord.objects.filter(action="identity.sign_in_failed").order_by("pk").values_list("after", flat=True)
    assert list(counts) == [{"count": n} for n in range(1, 6)]
    cache.clear()  # five minutes pass
    assert sign_in(client).status_code == 302


def test_signing_in_does_not_count_as_a_failure(client: Browser, citizen: Citizen) -> None:
    for _ in range(7):
        assert sign_in(client).status_code == 302
        client.logout()


def test_a_phone_not_yet_verified_cannot_sign_in(client: Browser, db: None) -> None:
    services.register_citizen(actor=SYSTEM, phone=PHONE, password=PASSWORD)
    assert sign_in(client).status_code == 200
    assert not is_in(client)


def test_a_closed_account_is_out_at_once(client: Browser, appointment: Appointment) -> None:
    sign_in(client, "wangjie")
    assert is_in(client)
    services.set_active(actor=SYSTEM, staff=appointment.staff, is_active=False)
    assert not is_in(client)
    assert not UserSession.objects.exists()
    assert sign_in(client, "wangjie").url == reverse("account_inactive")


def test_by_code(client: Browser, citizen: Citizen, texts: Texts) -> None:
    response = client.post(reverse("account_request_login_code"), {"phone": PHONE, "next": "/hall/apply/1/"})
    assert [t.text for t in texts] == [AccountText.SIGN_IN_CODE]
    assert client.get(response.url).status_code == 200
    response = client.post(response.url, {"code": texts[0].digits, "next": "/hall/apply/1/"})
    assert response.url == "/hall/apply/1/"
    assert is_in(client)


def test_by_code_with_an_unknown_phone_looks_the_same(client: Browser, texts: Texts, words: Words) -> None:
    response = client.post(reverse("account_request_login_code"), {"phone": PHONE}, follow=True)
    assert "验证码已发送到138****8000" in words(response)
    assert [t.text for t in texts] == [AccountText.NOT_REGISTERED]
    assert "验证码不对" in words(client.post(reverse("account_confirm_login_code"), {"code": "123456"}))


def test_forgotten_password(client: Browser, citizen: Citizen, texts: Texts, words: Words) -> None:
    elsewhere = Browser()
    sign_in(elsewhere)
    for _ in range(5):
        sign_in(client, password="wrong")
    assert client.post(reverse("account_reset_password"), {"phone": PHONE}).url == reverse("identity:reset_code")
    assert texts[0].text == AccountText.RESET_CODE
    assert client.get(reverse("identity:reset_password")).url == reverse("account_reset_password")
    assert client.post(reverse("identity:reset_code"), {"code": texts[0].digits}).url == reverse(
        "identity:reset_password"
    )
    assert "密码" in words(client.post(reverse("identity:reset_password"), {"password": "12345678"}))
    response = client.post(reverse("identity:reset_password"), {"password": "xin-mi-ma-2026"})
    assert response.url == LOGIN
    assert not is_in(elsewhere)
    cache.clear()  # five minutes pass
    assert sign_in(client).status_code == 200
    assert sign_in(client, password="xin-mi-ma-2026").status_code == 302
    assert AuditRecord.objects.filter(action="identity.password_changed").count() == 1


def test_reset_codes_are_not_guessed(client: Browser, citizen: Citizen, texts: Texts) -> None:
    client.post(reverse("account_reset_password"), {"phone": PHONE})
    wrong = "000000" if texts[0].digits != "000000" else "111111"
    answers = [client.post(reverse("identity:reset_code"), {"code": wrong}).status_code for _ in range(3)]
    assert answers == [200, 200, 302]
    assert client.post(reverse("identity:reset_code"), {"code": texts[0].digits}).url == reverse(
        "account_reset_password"
    )


def test_reset_of_an_unknown_phone_looks_the_same(client: Browser, texts: Texts, words: Words) -> None:
    response = client.post(reverse("account_reset_password"), {"phone": PHONE}, follow=True)
    assert "验证码已发送到138****8000" in words(response)
    assert texts[0].text == AccountText.NOT_REGISTERED
    assert client.post(reverse("identity:reset_code"), {"code": "-"}).status_code == 200
    assert client.get(reverse("identity:reset_password")).status_code == 302


def test_new_phone_after_the_password_once_more(client: Browser, citizen: Citizen, texts: Texts) -> None:
    sign_in(client)
    response = client.post(reverse("account_change_phone"), {"phone": "13900139000"})
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert not texts
    client.post(response.url, {"password": PASSWORD})
    assert [(t.phone, t.text) for t in texts] == [("13900139000", AccountText.CHANGE_CODE)]
    client.post(reverse("account_verify_phone"), {"code": texts[0].digits})
    citizen.refresh_from_db()
    assert citizen.phone == "13900139000"
    assert AuditRecord.objects.filter(action="identity.phone_changed").count() == 1
    assert sign_in(Browser()).status_code == 200
    assert sign_in(Browser(), "13900139000").status_code == 302


def test_change_of_password(client: Browser, citizen: Citizen, words: Words) -> None:
    elsewhere = Browser()
    sign_in(elsewhere)
    sign_in(client)
    address, new = reverse("account_change_password"), "xin-mi-ma-2026"
    wrong = client.post(address, {"oldpassword": PASSWORD, "password1": new, "password2": new + "x"})
    assert "两次输入的新密码不一样" in words(wrong)
    assert client.post(address, {"oldpassword": PASSWORD, "password1": new, "password2": new}).status_code == 302
    assert is_in(client)
    assert not is_in(elsewhere)


def test_the_oldest_session_ends_beyond_the_limit(citizen: Citizen) -> None:
    clients = [Browser() for _ in range(settings.SESSIONS_PER_ACCOUNT + 1)]
    for client in clients:
        sign_in(client)
    assert [is_in(client) for client in clients] == [False] + [True] * settings.SESSIONS_PER_ACCOUNT
    ended = AuditRecord.objects.get(action="identity.session_ended")
    assert ended.after == {"reason": "limit", "address": "127.0.0.1"}


def test_ends_sessions_on_other_devices(client: Browser, citizen: Citizen, words: Words) -> None:
    phone, tablet = Browser(headers={"user-agent": "Android MicroMessenger"}), Browser()
    for each in (client, phone, tablet):
        sign_in(each)
    page = words(client.get(SESSIONS))
    assert "安卓微信" in page
    assert page.count("这台设备") == 3
    on_phone = UserSession.objects.get(session_key=phone.session.session_key)
    assert client.post(SESSIONS, {"session": str(on_phone.pk)}).url == SESSIONS
    assert (is_in(phone), is_in(tablet)) == (False, True)
    client.post(SESSIONS, {"session": "others"})
    assert (is_in(tablet), is_in(client)) == (False, True)


@pytest.mark.parametrize("session", ["theirs", "", "-1", "9" * 40, "１"])
def test_cannot_end_anothers_session(client: Browser, citizen: Citizen, appointment: Appointment, session: str) -> None:
    other = Browser()
    sign_in(other, "wangjie")
    sign_in(client)
    theirs = UserSession.objects.get(user=appointment.staff.account)
    assert client.post(SESSIONS, {"session": str(theirs.pk) if session == "theirs" else session}).status_code == 404
    assert is_in(other)


@pytest.mark.parametrize(("login", "seconds"), [(PHONE, 8 * 3600), ("wangjie", 1800)])
def test_idle_sessions_end(
    client: Browser, citizen: Citizen, appointment: Appointment, login: str, seconds: int
) -> None:
    sign_in(client, login)
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(seconds=seconds - 5) < left <= timedelta(seconds=seconds)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("identity:account")).url == f"{LOGIN}?next=/account/"


def test_use_keeps_a_session_alive(client: Browser, citizen: Citizen) -> None:
    sign_in(client)
    session = client.session
    session["seen_at"] -= 61
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=5))
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    assert is_in(client)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(hours=7)
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)


def test_signing_out_is_recorded(client: Browser, citizen: Citizen) -> None:
    sign_in(client)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert AuditRecord.objects.filter(action="identity.signed_out", account=citizen.account.public_id).exists()


def test_nothing_typed_at_sign_in_is_kept_in_the_journal(client: Browser, citizen: Citizen) -> None:
    sign_in(client, password="a-secret-that-was-typed")
    sign_in(client)
    kept = str(list(AuditRecord.objects.values()))
    assert "a-secret-that-was-typed" not in kept
    assert PASSWORD not in kept
    assert PHONE not in kept


@pytest.mark.parametrize(
    "form", [{"login": "x" * 100_000}, {"password": "p" * 100_000}, {"login": "💥'; --"}, {"login": ""}]
)
def test_odd_input_gets_a_sentence(client: Browser, citizen: Citizen, form: dict[str, str]) -> None:
    response = client.post(LOGIN, {"login": PHONE, "password": PASSWORD} | form)
    assert response.status_code == 200
    assert b"error-summary" in response.content


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Windows Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604", "iPhone Safari"),
        ("curl/8", "未知设备"),
    ],
)
def test_devices_have_names(user_agent: str, shown: str) -> None:
    assert describe_device(user_agent) == shown
