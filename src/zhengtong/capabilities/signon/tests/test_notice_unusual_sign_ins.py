"""What is unusual about a sign-in, who is told, and what the security administrator does about it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.usersessions.models import UserSession
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast, _staff
from zhengtong.capabilities.signon.domain import (
    Earlier,
    Oddity,
    Surroundings,
    Thresholds,
    judge,
    network_of,
)
from zhengtong.capabilities.signon.models import Attempt, FactorReset, Outcome, ResetState
from zhengtong.capabilities.signon.services import attempts, resets, sessions
from zhengtong.capabilities.signon.tests.conftest import App, Browser, count_told, words
from zhengtong.core.identity.public import Account, Organisation, Reach, Refused, get_account_actor
from zhengtong.kernel.policy import Actor, Denied

RULE = Thresholds(time(23), time(6), two_places_minutes=10, many_accounts=5, many_failures=3, window_minutes=30)
NOON = datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HOME = Earlier(NOON - timedelta(days=1), "Windows Edge", "10.1.2.0/24")


def judged(**changes: object) -> set[Oddity]:
    given: dict[str, object] = {
        "at": NOON,
        "device": HOME.device,
        "network": HOME.network,
        "earlier": [HOME],
        "around": Surroundings(),
        "thresholds": RULE,
        "is_staff": True,
    }
    return set(judge(**{**given, **changes}))  # type: ignore[arg-type]  # by name, each of its own type


def test_what_is_as_ever_isnt_unusual() -> None:
    assert judged() == set()
    assert judged(earlier=[], device="安卓", network="9.9.9.0/24") == set(), "the first one can't be new"


def test_each_oddity_by_itself() -> None:
    assert judged(device="安卓 微信") == {Oddity.NEW_DEVICE}
    assert judged(network="10.9.9.0/24") == {Oddity.NEW_NETWORK}
    assert judged(at=NOON.replace(hour=23, minute=30)) == {Oddity.NIGHT}
    assert judged(at=NOON.replace(hour=5, minute=59)) == {Oddity.NIGHT}
    assert judged(at=NOON.replace(hour=6)) == set()
    assert judged(at=NOON.replace(hour=3), is_staff=False) == set(), "the public may come at night"
    assert judged(around=Surroundings(failures=3)) == {Oddity.MANY_FAILURES}
    assert judged(around=Surroundings(accounts=5)) == {Oddity.MANY_ACCOUNTS}
    other = Earlier(NOON - timedelta(minutes=3), "安卓 微信", "10.9.9.0/24")
    assert judged(earlier=[HOME, other]) == {Oddity.TWO_PLACES}


@given(st.ip_addresses())
def test_a_range_holds_its_addresses(address: object) -> None:
    assert network_of(str(address)).rpartition("/")[2] in ("24", "48")


def test_nonsense_has_no_range() -> None:
    assert network_of("unknown") == ""


@pytest.mark.django_db
def test_a_new_device_is_told_to_the_person(browser: Browser, clerk: Account) -> None:
    browser.sign_in(clerk)
    assert count_told(clerk, "signon.unusual") == 0
    phone = Browser(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8"})
    phone.sign_in(clerk)
    assert count_told(clerk, "signon.unusual") == 1
    page = words(phone.get("/account/security/"))
    assert "没用过的设备" in page
    assert "安卓微信" in page


@pytest.mark.django_db
def test_failures_are_kept_and_many_are_for_security_to_see(browser: Browser, clerk: Account) -> None:
    for _n in range(5):
        browser.sign_in(clerk, "wrong-password-1")
    browser.sign_in(clerk)
    outcomes = list(Attempt.objects.order_by("id").values_list("outcome", flat=True))
    assert outcomes == [Outcome.WRONG_PASSWORD] * 5 + [Outcome.LOCKED]
    assert Attempt.objects.filter(is_unusual=True, examined_at=None).exists()


@pytest.mark.django_db
def test_a_name_that_nobody_has_is_kept_without_a_person(browser: Browser, cast: Cast) -> None:
    browser.post("/account/login/", {"login": "nobody-here", "password": "whatever-1"})
    assert Attempt.objects.get().account is None


@pytest.fixture
def security(cast: Cast) -> Actor:
    hall = Organisation.objects.get(name="安澜市人民政府")
    return get_account_actor(_staff("sec", "安全员", hall, {"security_administrator": Reach.SUBTREE}))


@pytest.fixture
def system(cast: Cast) -> Actor:
    hall = Organisation.objects.get(name="安澜市人民政府")
    return get_account_actor(_staff("sys", "管理员", hall, {"system_administrator": Reach.SUBTREE}))


@pytest.mark.django_db
def test_security_examines_what_was_unusual_once(cast: Cast, security: Actor, clerk: Account) -> None:
    attempt = Attempt.objects.create(account=clerk, outcome=Outcome.SUCCEEDED, oddities=["night"], is_unusual=True)
    with pytest.raises(Refused):
        attempts.examine_attempt(actor=security, attempt=attempt, finding=" ")
    attempts.examine_attempt(actor=security, attempt=attempt, finding="已电话核实是本人加班")
    with pytest.raises(Refused) as again:
        attempts.examine_attempt(actor=security, attempt=attempt, finding="再看一次")
    assert again.value.code == "examined"
    with pytest.raises(Denied):
        attempts.examine_attempt(actor=get_account_actor(clerk), attempt=attempt, finding="我没事")
    own = Attempt.objects.create(
        account_id=security.account_id, outcome=Outcome.SUCCEEDED, oddities=["night"], is_unusual=True
    )
    with pytest.raises(Denied):
        attempts.examine_attempt(actor=security, attempt=own, finding="是我自己")


@pytest.mark.django_db
def test_security_ends_all_sessions_of_a_person(browser: Browser, security: Actor, clerk: Account) -> None:
    browser.sign_in(clerk)
    assert UserSession.objects.get(user=clerk).data == {"proofs": ["pwd"]}
    assert "登录方式密码" in words(browser.get("/account/sessions/"))
    assert sessions.end_all_sessions(actor=security, staff=clerk.staff, reason="设备丢失") == 1
    assert browser.get("/desk/").status_code == 302
    assert count_told(clerk, "signon.sessions_ended") == 1
    with pytest.raises(Refused) as nobody:
        sessions.end_all_sessions(actor=security, staff=clerk.staff, reason="再来一次")
    assert nobody.value.code == "none"


# Lost factors ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_people_reset_after_a_wait(security: Actor, system: Actor, clerk: Account, app: App) -> None:
    asked = resets.request_reset(actor=security, staff=clerk.staff, reason="手机丢失", is_seen=False)
    with pytest.raises(Denied):
        resets.confirm_reset(actor=security, reset=asked)
    waiting = resets.confirm_reset(actor=system, reset=asked)
    assert waiting.state == ResetState.WAITING
    assert count_told(clerk, "signon.reset_requested") == 1
    assert resets.carry_out_due() == 0
    FactorReset.objects.update(due_at=datetime.now(ZoneInfo("UTC")))
    assert resets.carry_out_due() == 1
    assert resets.carry_out_due() == 0
    assert not hasattr(Account.objects.get(pk=clerk.pk), "code_generator")
    assert count_told(clerk, "signon.reset_done") == 1


@pytest.mark.django_db
def test_at_the_counter_nobody_waits(security: Actor, system: Actor, clerk: Account, app: App) -> None:
    asked = resets.request_reset(actor=security, staff=clerk.staff, reason="本人持证到场", is_seen=True)
    assert resets.confirm_reset(actor=system, reset=asked).state == ResetState.DONE


@pytest.mark.django_db
def test_the_holder_says_no(browser: Browser, security: Actor, system: Actor, clerk: Account, app: App) -> None:
    asked = resets.request_reset(actor=security, staff=clerk.staff, reason="手机丢失", is_seen=False)
    with pytest.raises(Refused):
        resets.request_reset(actor=security, staff=clerk.staff, reason="再提一次", is_seen=False)
    resets.confirm_reset(actor=system, reset=asked)
    browser.sign_in(clerk)
    browser.post("/account/login/second/", {"code": app.show()})
    assert "提出重置您的登录方式" in words(browser.get("/account/security/"))
    browser.post(f"/account/security/resets/{asked.pk}/stop/")
    assert FactorReset.objects.get().state == ResetState.STOPPED
    FactorReset.objects.update(due_at=datetime.now(ZoneInfo("UTC")))
    assert resets.carry_out_due() == 0


@pytest.mark.django_db
def test_nobody_resets_herself_or_without_powers(cast: Cast, security: Actor, clerk: Account, app: App) -> None:
    assert security.account_id is not None
    own = Account.objects.get(pk=security.account_id)
    with pytest.raises(Denied):
        resets.request_reset(actor=security, staff=own.staff, reason="我的手机", is_seen=True)
    with pytest.raises(Denied):
        resets.request_reset(actor=cast.head, staff=clerk.staff, reason="手机丢失", is_seen=True)
