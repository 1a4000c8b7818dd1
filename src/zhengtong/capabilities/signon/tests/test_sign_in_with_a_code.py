"""A code after the password: added, asked for, spent once, and every way in which it can be wrong in its own words."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.signon.domain import (
    PERIOD,
    CodeFault,
    make_code,
    match_code,
    tidy_code,
    tidy_recovery_code,
)
from zhengtong.capabilities.signon.models import Attempt, CodeGenerator, Outcome, RecoveryCode
from zhengtong.capabilities.signon.services import codes
from zhengtong.capabilities.signon.tests.conftest import App, Browser, count_told, words
from zhengtong.core.identity.public import Account, Refused, get_account_actor

SECOND, SECURITY = "/account/login/second/", "/account/security/"
# RFC 6238, appendix B: the secret and the last six digits of its SHA-1 codes.
RFC_SECRET = b"12345678901234567890"
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize(("at", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(at: int, code: str) -> None:
    assert make_code(RFC_SECRET, at) == code
    assert match_code(RFC_SECRET, code, at, None).step == at // PERIOD


@given(st.integers(10_000, 4_000_000_000), st.integers(-60, 60))
def test_a_code_holds_for_one_step_around_and_never_twice(at: int, ahead: int) -> None:
    shown = make_code(RFC_SECRET, at + ahead)
    answer = match_code(RFC_SECRET, shown, at, None)
    distance = (at + ahead) // PERIOD - at // PERIOD
    if abs(distance) <= 1:
        assert answer.step is not None
        assert match_code(RFC_SECRET, shown, at, answer.step).fault is CodeFault.USED
    else:
        # One in a million of others shows the same by chance.
        assert answer.fault is CodeFault.SKEWED or answer.step is not None


def test_full_width_digits_and_spaces_are_the_same_code() -> None:
    assert tidy_code("２８７ 082") == "287082"
    assert tidy_recovery_code("abcde fghjk") == "ABCDE-FGHJK"
    assert tidy_recovery_code("O0O0O-11111") == ""


@pytest.mark.django_db
def test_she_adds_an_app_and_keeps_recovery_codes(browser: Browser, clerk: Account) -> None:
    browser.force_login(clerk, "allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(f"{SECURITY}code/")
    assert 'src="data:image/svg+xml' in page.content.decode()
    shown = re.search(r"data-secret>([A-Z2-7 ]+)<", page.content.decode())
    assert shown is not None
    secret = codes.read_secret(shown[1].replace(" ", ""))
    refused = browser.post(f"{SECURITY}code/", {"code": "12"})
    assert "动态口令是6位数字" in words(refused)
    added = browser.post(f"{SECURITY}code/", {"code": make_code(secret, time.time())}, follow=True)
    assert added.redirect_chain[-1][0] == f"{SECURITY}recovery/"
    kept = browser.post(f"{SECURITY}recovery/")
    assert len(re.findall(r"<li>([0-9A-Z]{5}-[0-9A-Z]{5})</li>", kept.content.decode())) == 10
    again = browser.get(f"{SECURITY}recovery/")
    assert not re.search(r"<li>[0-9A-Z]{5}-", again.content.decode()), "shown once"
    assert "现在还有10个没用过的" in words(again)


@pytest.mark.django_db
def test_the_secret_is_sealed(clerk: Account, app: App) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM signon_codegenerator WHERE account_id = %s", [clerk.pk])
        (stored,) = cursor.fetchone()
    assert codes.write_secret(app.secret).encode() not in bytes(stored)


@pytest.mark.django_db
def test_the_password_alone_doesnt_let_her_in(browser: Browser, clerk: Account, app: App) -> None:
    asked = browser.sign_in(clerk)
    assert asked["Location"] == SECOND
    assert [browser.is_in] == [False]
    assert browser.get("/desk/").status_code == 302
    done = browser.post(SECOND, {"code": app.show()})
    assert done["Location"] == "/desk/"
    assert browser.is_in
    assert Attempt.objects.get(account=clerk).proofs == ["pwd", "otp"]


@pytest.mark.django_db
def test_a_used_code_is_refused_in_its_own_words(browser: Browser, clerk: Account, app: App) -> None:
    browser.sign_in(clerk)
    code = app.show()
    browser.post(SECOND, {"code": code})
    other = Browser()
    other.sign_in(clerk)
    refused = other.post(SECOND, {"code": code})
    assert refused.status_code == 422
    assert "这个口令已经用过" in words(refused)
    assert not other.is_in
    assert Attempt.objects.filter(outcome=Outcome.REPLAYED).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("ahead", "said"), [(200, "快了约"), (-200, "慢了约")])
def test_a_clock_that_is_off_is_told(browser: Browser, clerk: Account, app: App, ahead: int, said: str) -> None:
    browser.sign_in(clerk)
    CodeGenerator.objects.update(last_step=None)
    refused = browser.post(SECOND, {"code": app.show(ahead)})
    assert said in words(refused)
    assert Attempt.objects.get(outcome=Outcome.CLOCK).account == clerk


@pytest.mark.django_db
def test_after_five_wrong_codes_she_waits_and_security_can_let_her_in(
    browser: Browser, clerk: Account, app: App
) -> None:
    browser.sign_in(clerk)
    wrong = "000000" if app.show() != "000000" else "000001"
    for _n in range(5):
        assert "动态口令不对" in words(browser.post(SECOND, {"code": wrong}))
    assert "连续5次没有通过" in words(browser.post(SECOND, {"code": app.show()}))
    assert not browser.is_in


@pytest.mark.django_db
def test_a_recovery_code_lets_in_once(browser: Browser, clerk: Account, app: App) -> None:
    made = codes.make_codes(actor=get_account_actor(clerk), account=clerk)
    browser.sign_in(clerk)
    assert browser.post(SECOND, {"recovery": made[0].lower().replace("-", " ")})["Location"] == "/desk/"
    other = Browser()
    other.sign_in(clerk)
    assert "这个恢复码已经用过" in words(other.post(SECOND, {"recovery": made[0]}))
    assert "恢复码是10位" in words(other.post(SECOND, {"recovery": "12"}))
    assert "恢复码不对" in words(other.post(SECOND, {"recovery": "22222-22222"}))
    assert RecoveryCode.objects.filter(account=clerk, used_at=None).count() == 9


@pytest.mark.django_db
def test_she_is_warned_when_few_are_left(clerk: Account, app: App) -> None:
    actor = get_account_actor(clerk)
    made = codes.make_codes(actor=actor, account=clerk)
    for code in made[:7]:
        codes.spend_recovery_code(actor=actor, account=clerk, typed=code)
    assert count_told(clerk, "signon.few_recovery_codes") == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_once_one_wins(clerk: Account, app: App) -> None:
    actor = get_account_actor(clerk)
    recovery = codes.make_codes(actor=actor, account=clerk)[0]
    code = app.show()

    def use(how: str) -> bool:
        try:
            if how == "code":
                codes.spend_code(account=clerk, typed=code)
            else:
                codes.spend_recovery_code(actor=actor, account=clerk, typed=recovery)
        except Refused as refused:
            if refused.code != "used":
                raise
            return False
        finally:
            connection.close()
        return True

    for how in ("code", "recovery"):
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(use, [how] * 4)) == [False, False, False, True]
