"""Passkeys: instead of a password and after one, and each way in which one doesn't hold in its own words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from zhengtong.capabilities.signon.models import Attempt, Challenge, Outcome, Passkey
from zhengtong.capabilities.signon.services import passkeys
from zhengtong.capabilities.signon.tests.authenticator import Authenticator
from zhengtong.capabilities.signon.tests.conftest import Browser, ask, count_told, give_passkey, words
from zhengtong.core.identity.public import Account, Refused
from zhengtong.kernel.policy import ANONYMOUS

LOGIN, SECOND, SECURITY = "/account/login/passkey/", "/account/login/second/", "/account/security/"


@pytest.mark.django_db
def test_she_adds_one_on_the_page(browser: Browser, clerk: Account) -> None:
    browser.force_login(clerk, "allauth.account.auth_backends.AuthenticationBackend")
    asked = ask(browser, f"{SECURITY}passkeys/begin/")
    assert asked["options"]["publicKey"]["rp"]["id"] == passkeys.get_relying_party()
    made = Authenticator(settings.PUBLIC_URL, passkeys.get_relying_party())
    sent = {"challenge": asked["challenge"], "answer": made.make(asked), "name": "办公电脑"}
    assert browser.post(f"{SECURITY}passkeys/add/", sent).status_code == 302
    assert Passkey.objects.get(account=clerk).is_discoverable
    again = browser.post(f"{SECURITY}passkeys/add/", sent)
    assert "这次验证已经用过" in words(again)
    assert count_told(clerk, "signon.factor_changed")


@pytest.mark.django_db
def test_it_lets_her_in_without_a_password(browser: Browser, clerk: Account, key: Authenticator) -> None:
    asked = ask(browser, f"{LOGIN}begin/")
    done = browser.post(LOGIN, {"challenge": asked["challenge"], "answer": key.sign(asked)})
    assert done["Location"] == "/desk/"
    assert browser.is_in
    assert Attempt.objects.get(account=clerk).proofs == ["user"]


@pytest.mark.django_db
def test_it_lets_her_in_after_the_password(browser: Browser, clerk: Account) -> None:
    key = give_passkey(clerk, verifies=False, counts=False)
    assert browser.sign_in(clerk)["Location"] == SECOND
    asked = ask(browser, f"{SECOND}begin/")
    assert browser.post(SECOND, {"challenge": asked["challenge"], "answer": key.sign(asked)})["Location"] == "/desk/"


def spoil(spoilt: Authenticator, /, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(spoilt, name, value)


FAULTS: list[tuple[str, Callable[[Authenticator], None], str]] = [
    ("origin", lambda key: spoil(key, origin="https://an1an.gov.cn"), "不是本网站"),
    ("rp", lambda key: spoil(key, rp="example.cn"), "属于另一个网站"),
    ("unknown", lambda key: spoil(key, credential_id=b"0123456789abcdef"), "没有登记"),
    ("unverified", lambda key: spoil(key, verifies=False), "要由设备确认是本人"),
    ("handle", lambda key: spoil(key, user=b"0123456789abcdef"), "不是这个账号"),
    ("cloned", lambda key: spoil(key, count=0), "使用次数对不上"),
    ("signature", lambda key: spoil(key, key=Authenticator("", "").key), "签名不对"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "change", "said"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_each_fault_has_its_sentence(
    browser: Browser,
    clerk: Account,
    key: Authenticator,
    code: str,
    change: Callable[[Authenticator], None],
    said: str,
) -> None:
    asked = ask(browser, f"{LOGIN}begin/")
    change(key)
    refused = browser.post(LOGIN, {"challenge": asked["challenge"], "answer": key.sign(asked)}, follow=True)
    assert said in words(refused)
    assert not browser.is_in
    outcome = Attempt.objects.get().outcome
    assert outcome == (Outcome.CLONED if code == "cloned" else Outcome.WRONG_FACTOR)


@pytest.mark.django_db
def test_a_copied_one_is_blocked_for_good(clerk: Account, key: Authenticator) -> None:
    def use() -> None:
        asked = passkeys.begin_using(account=None)
        passkeys.use_passkey(actor=ANONYMOUS, account=None, challenge=asked["challenge"], answer=key.sign(asked))

    use()
    key.count = 0
    with pytest.raises(Refused) as cloned:
        use()
    assert cloned.value.code == "cloned"
    key.count = 99
    with pytest.raises(Refused) as blocked:
        use()
    assert blocked.value.code == "blocked"
    assert count_told(clerk, "signon.cloned") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"id": 1}', "nonsense", "[" * 5000])
def test_nonsense_is_refused_in_words(browser: Browser, key: Authenticator, answer: str) -> None:
    asked = ask(browser, f"{LOGIN}begin/")
    refused = browser.post(LOGIN, {"challenge": asked["challenge"], "answer": answer}, follow=True)
    assert refused.status_code == 200
    assert "请" in words(refused)
    assert not browser.is_in


@pytest.mark.django_db
def test_a_challenge_is_over_after_five_minutes(key: Authenticator) -> None:
    asked = passkeys.begin_using(account=None)
    Challenge.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    with pytest.raises(Refused) as over:
        passkeys.use_passkey(actor=ANONYMOUS, account=None, challenge=asked["challenge"], answer=key.sign(asked))
    assert over.value.code == "challenge"


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_wins(clerk: Account) -> None:
    key = give_passkey(clerk, counts=False)
    asked = passkeys.begin_using(account=None)
    answer = key.sign(asked)

    def use(_n: int) -> bool:
        try:
            passkeys.use_passkey(actor=ANONYMOUS, account=None, challenge=asked["challenge"], answer=answer)
        except Refused as refused:
            if refused.code != "challenge":
                raise
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


@pytest.mark.django_db
def test_a_closed_account_isnt_let_in(browser: Browser, clerk: Account, key: Authenticator) -> None:
    clerk.is_active = False
    clerk.save()
    asked = ask(browser, f"{LOGIN}begin/")
    browser.post(LOGIN, {"challenge": asked["challenge"], "answer": key.sign(asked)})
    assert not browser.is_in
