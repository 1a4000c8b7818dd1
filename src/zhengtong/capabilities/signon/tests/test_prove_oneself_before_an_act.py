"""Before an act: the proof that the rules ask for, and nothing typed is lost on the way."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import PASSWORD, Cast, _staff, fresh
from zhengtong.capabilities.signon.domain import Strength
from zhengtong.capabilities.signon.models import Attempt, FactorRule, HeldForm, Outcome
from zhengtong.capabilities.signon.services import codes
from zhengtong.capabilities.signon.services.rules import set_factor_rule, set_step_up_rule
from zhengtong.capabilities.signon.tests.authenticator import Authenticator
from zhengtong.capabilities.signon.tests.conftest import App, Browser, ask, words
from zhengtong.core.identity.public import Account, Organisation, Reach, Refused, get_account_actor
from zhengtong.kernel.policy import SYSTEM

SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
CONFIRM = "/account/security/confirm/"


def rule(act: str, strength: int, minutes: int = 15) -> None:
    today = timezone.localdate()
    set_step_up_rule(actor=SYSTEM, act=act, strength=strength, minutes=minutes, effective_from=today, basis="测试")


def fields_of(response: Any) -> dict[str, str]:
    """Return what a page's hidden fields and areas would send."""
    page = response.content.decode()
    found = dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page))
    return found | dict(re.findall(r'<input type="hidden" name="(act|next|held)" value="([^"]*)"', page))


def grant(browser: Browser, case: Any, **given: str) -> Any:
    address = reverse("workbench:act", args=[case.number, "grant"])
    return browser.post(address, {"version": case.version, "confirmed": "1", "reasons": "符合法定条件", **given})


@pytest.mark.django_db
def test_a_recent_sign_in_is_enough_by_the_opening_rules(cast: Cast, browser: Browser, clerk: Account) -> None:
    case = cast.recommended()
    browser.force_login(clerk, SIGNS_IN)
    grant(browser, case)
    assert fresh(case).state == "granted"


@pytest.mark.django_db
def test_a_decision_waits_for_the_proof_with_what_was_typed(
    cast: Cast, browser: Browser, clerk: Account, app: App
) -> None:
    rule("issue", Strength.TWO)
    case = cast.recommended()
    browser.force_login(clerk, SIGNS_IN)
    asked = grant(browser, case, reasons="条件全部符合，\n准予许可")
    assert asked["Location"].startswith(f"{CONFIRM}?act=issue")
    assert fresh(case).state == "reviewing"
    page = browser.get(asked["Location"])
    assert "签发、准予许可" in words(page)
    sent = fields_of(page)
    assert "密码不对" in words(browser.post(CONFIRM, {**sent, "password": "wrong", "code": app.show()}))
    done = browser.post(CONFIRM, {**sent, "password": PASSWORD, "code": app.show()})
    kept = fields_of(done)
    assert kept["reasons"] == "条件全部符合，\n准予许可"
    assert not HeldForm.objects.exists(), "shown once"
    address = re.search(r'<form method="post" action="(/desk/cases/[^"]+)"', done.content.decode())
    assert address is not None
    assert browser.post(address[1], kept).status_code == 302
    assert fresh(case).state == "granted"
    assert Attempt.objects.get(outcome=Outcome.CONFIRMED).detail == "issue"


@pytest.mark.django_db
def test_a_passkey_confirms_too(cast: Cast, browser: Browser, clerk: Account, key: Authenticator) -> None:
    rule("issue", Strength.HARDWARE)
    case = cast.recommended()
    browser.force_login(clerk, SIGNS_IN)
    page = browser.get(grant(browser, case)["Location"])
    asked = ask(browser, f"{CONFIRM}begin/")
    sent = {**fields_of(page), "challenge": asked["challenge"], "answer": key.sign(asked)}
    assert "已确认是您本人" in words(browser.post(CONFIRM, sent))
    grant(browser, case)
    assert fresh(case).state == "granted"


@pytest.mark.django_db
def test_who_has_only_a_password_is_told_what_to_add(cast: Cast, browser: Browser, clerk: Account) -> None:
    rule("issue", Strength.HARDWARE)
    browser.force_login(clerk, SIGNS_IN)
    page = browser.get(grant(browser, cast.recommended())["Location"])
    assert "您还没有添加这样的登录方式" in words(page)


@pytest.mark.django_db
def test_an_old_proof_doesnt_count(cast: Cast, browser: Browser, clerk: Account) -> None:
    rule("issue", Strength.ONE, minutes=5)
    case = cast.recommended()
    browser.force_login(clerk, SIGNS_IN)
    age(browser, 301)
    assert CONFIRM in grant(browser, case)["Location"]


@pytest.mark.django_db
def test_proofs_of_another_account_dont_count(browser: Browser, cast: Cast, clerk: Account) -> None:
    browser.force_login(clerk, SIGNS_IN)
    before = browser.session["signon.proofs"]
    assert before["account"] == clerk.pk
    browser.force_login(cast.accounts["head"], SIGNS_IN)
    assert browser.session["signon.proofs"]["account"] == cast.accounts["head"].pk


def age(browser: Browser, seconds: int) -> None:
    """Let the proofs of the session be so much older."""
    session = browser.session
    held = session["signon.proofs"]
    for entry in held["entries"]:
        entry["at"] -= seconds
    session["signon.proofs"] = held
    session.save()


@pytest.mark.django_db
def test_an_export_waits_and_is_then_offered(cast: Cast, browser: Browser) -> None:
    rule("export", Strength.ONE, minutes=5)
    hall = Organisation.objects.get(name="安澜市人民政府")
    browser.force_login(_staff("sec", "安全员", hall, {"security_administrator": Reach.SUBTREE}), SIGNS_IN)
    age(browser, 301)
    address = "/desk/security/attempts/export.csv"
    asked = browser.get(address)
    assert asked["Location"].startswith(f"{CONFIRM}?act=export")
    done = browser.post(CONFIRM, {**fields_of(browser.get(asked["Location"])), "password": PASSWORD})
    assert f'href="{address}"' in done.content.decode()
    taken = browser.get(address)
    assert (taken.status_code, taken["Content-Type"].partition(";")[0]) == (200, "text/csv")


@pytest.mark.django_db
def test_the_way_back_never_leaves_the_platform(browser: Browser, clerk: Account) -> None:
    browser.force_login(clerk, SIGNS_IN)
    for given in ("https://example.com/", "//example.com/", "javascript:alert(1)", "/\\example.com"):
        answer = browser.get(CONFIRM, {"act": "issue", "next": given})
        assert answer["Location"] == "/account/security/", given


@pytest.mark.django_db
def test_a_held_form_is_hers_alone(cast: Cast, browser: Browser, clerk: Account) -> None:
    rule("issue", Strength.TWO)
    browser.force_login(clerk, SIGNS_IN)
    grant(browser, cast.recommended())
    held = HeldForm.objects.get()
    other = Browser()
    other.force_login(cast.accounts["head"], SIGNS_IN)
    assert "符合法定条件" not in words(other.get(CONFIRM, {"act": "seal", "held": str(held.pk)}, follow=True))
    HeldForm.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    assert "您填写的内容已经留好" not in words(browser.get(CONFIRM, {"act": "issue", "held": str(held.pk)}))


# What roles have to have -------------------------------------------------------------------------------


def demand(role: str, strength: int, grace_days: int) -> FactorRule:
    return set_factor_rule(
        actor=SYSTEM,
        role=role,
        strength=strength,
        effective_from=timezone.localdate(),
        grace_days=grace_days,
        basis="测试",
    )


@pytest.mark.django_db
def test_in_the_days_of_grace_she_is_told(browser: Browser, clerk: Account) -> None:
    demand("approver", Strength.TWO, 30)
    browser.sign_in(clerk)
    assert browser.get("/desk/").status_code == 200
    assert "起要求用两种方式" in words(browser.get("/account/security/"))


@pytest.mark.django_db
def test_after_them_only_the_page_to_add_one_opens(browser: Browser, clerk: Account) -> None:
    demand("approver", Strength.TWO, 0)
    assert browser.sign_in(clerk)["Location"] == "/account/security/"
    assert browser.get("/desk/")["Location"] == "/account/security/"
    assert "宽限期已过" in words(browser.get("/account/security/"))
    browser.get("/account/security/code/")
    held = HeldForm.objects.get(account=clerk)
    secret = codes.read_secret(dict(held.fields)["secret"])
    browser.post("/account/security/code/", {"code": App(secret).show()})
    assert browser.get("/desk/").status_code == 200


@pytest.mark.django_db
def test_what_a_rule_asks_for_cant_be_taken_away(browser: Browser, clerk: Account, app: App) -> None:
    demand("approver", Strength.TWO, 0)
    with pytest.raises(Refused) as refused:
        codes.remove_generator(actor=get_account_actor(clerk), account=clerk)
    assert refused.value.code == "demanded"


@pytest.mark.django_db
def test_removing_asks_for_the_second_factor_first(browser: Browser, clerk: Account, app: App) -> None:
    browser.force_login(clerk, SIGNS_IN)
    asked = browser.post("/account/security/code/remove/")
    assert asked["Location"].startswith(f"{CONFIRM}?act=account")


@pytest.mark.django_db
def test_a_rule_begins_today_at_the_earliest(cast: Cast) -> None:
    with pytest.raises(Refused) as past:
        set_step_up_rule(
            actor=SYSTEM,
            act="issue",
            strength=1,
            minutes=5,
            effective_from=timezone.localdate() - timedelta(days=1),
            basis="",
        )
    assert past.value.code == "past"
    rule("issue", Strength.TWO)
    with pytest.raises(Refused) as same:
        rule("issue", Strength.ONE)
    assert same.value.code == "same-day"
