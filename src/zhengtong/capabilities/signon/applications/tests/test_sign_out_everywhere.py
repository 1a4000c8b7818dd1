"""A session ends, and every system that was signed in to by it is told so, by a real HTTP request."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.utils import timezone

from tests.cast import PASSWORD
from zhengtong.capabilities.signon.applications import authorizations, consents, logout
from zhengtong.capabilities.signon.applications.models import Authorization, LogoutNotice
from zhengtong.capabilities.signon.applications.tests.conftest import Registry
from zhengtong.capabilities.signon.applications.tests.party import Browser, Party, Receiver, receiving
from zhengtong.core.identity.public import set_active
from zhengtong.kernel.policy import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "http://127.0.0.1:9/bye"


@pytest.fixture
def receiver() -> Any:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def party(live_registry: Registry, live_server: Any, receiver: Receiver) -> Party:
    application = live_registry.enabled(
        is_consent_waived=True, logout_address=receiver.address, after_logout_addresses=HOME
    )
    return Party(live_server.url, str(application.client_id), live_registry.secret(application))


def sign_in(party: Party) -> tuple[Browser, dict[str, Any]]:
    browser, asked = Browser(party.issuer), party.begin()
    answer = browser.sign_in(browser.get(asked.url), "reviewer", PASSWORD)
    return browser, party.change(asked, party.take(asked, answer))


def read(party: Party, token: str) -> dict[str, Any]:
    """Check a logout token as Back-Channel Logout 1.0, 2.6 says."""
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    key = jwt.PyJWKClient(party.metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    said: dict[str, Any] = jwt.decode(token, key.key, ["ES256"], audience=party.client_id, issuer=party.issuer)
    assert said["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in said
    assert said["jti"]
    return said


def test_signing_out_here_signs_out_there(party: Party, receiver: Receiver, run_jobs: Callable[[], None]) -> None:
    browser, tokens = sign_in(party)
    browser.submit(browser.get("/account/logout/"))
    run_jobs()
    (token,) = receiver.tokens
    said = read(party, token)
    assert (said["sid"], said["sub"]) == (tokens["claims"]["sid"], tokens["claims"]["sub"])
    assert party.userinfo(tokens["access_token"]).status_code == 401
    notice = LogoutNotice.objects.get()
    assert (notice.attempts, notice.answer, notice.next_attempt_at) == (1, "HTTP 200", None)


def test_one_of_two_sessions(party: Party, receiver: Receiver, run_jobs: Callable[[], None]) -> None:
    (here, one), (_there, other) = sign_in(party), sign_in(party)
    assert one["claims"]["sid"] != other["claims"]["sid"]
    here.submit(here.get("/account/logout/"))
    run_jobs()
    assert [read(party, token)["sid"] for token in receiver.tokens] == [one["claims"]["sid"]]
    assert party.userinfo(other["access_token"]).status_code == 200


def test_ended_by_an_administrator_or_from_another_device(
    party: Party, receiver: Receiver, live_registry: Registry, run_jobs: Callable[[], None]
) -> None:
    (_one, first), (_two, second) = sign_in(party), sign_in(party)
    staff = live_registry.cast.accounts["reviewer"].staff
    set_active(actor=SYSTEM, staff=staff, is_active=False)
    run_jobs()
    told = {read(party, token)["sid"] for token in receiver.tokens}
    assert told == {first["claims"]["sid"], second["claims"]["sid"]}


def test_taking_consent_back_tells_of_all_sessions_in_one_notice(
    party: Party, receiver: Receiver, live_registry: Registry, run_jobs: Callable[[], None]
) -> None:
    sign_in(party), sign_in(party)
    application = Authorization.objects.select_related("application").latest("pk").application
    account = live_registry.cast.accounts["reviewer"]
    consents.revoke_consent(actor=live_registry.reviewer, application=application, account=account)
    run_jobs()
    (token,) = receiver.tokens
    assert "sid" not in read(party, token)


def test_what_cannot_be_delivered_is_tried_again_and_shown(
    party: Party, receiver: Receiver, live_registry: Registry, run_jobs: Callable[[], None]
) -> None:
    receiver.answers[:] = [503, 302]
    browser, _tokens = sign_in(party)
    browser.submit(browser.get("/account/logout/"))
    run_jobs()
    notice = LogoutNotice.objects.get()
    assert notice.answer == "HTTP 503"
    assert notice.next_attempt_at is not None
    assert logout.list_due() == []
    for answer in ("HTTP 302", "HTTP 200"):
        LogoutNotice.objects.update(next_attempt_at=timezone.now())
        (due,) = logout.list_due()
        logout.deliver(due)
        assert LogoutNotice.objects.get().answer == answer
    logout.deliver(notice.pk)
    assert len(receiver.tokens) == 1


def test_a_system_that_is_gone_gives_up_after_a_day_and_can_be_told_by_hand(
    party: Party, receiver: Receiver, live_registry: Registry, run_jobs: Callable[[], None]
) -> None:
    receiver.answers[:] = [500] * 7
    browser, _tokens = sign_in(party)
    browser.submit(browser.get("/account/logout/"))
    notice = LogoutNotice.objects.get()
    for _attempt in range(7):
        LogoutNotice.objects.update(next_attempt_at=timezone.now())
        logout.deliver(notice.pk)
    notice.refresh_from_db()
    assert (notice.attempts, notice.next_attempt_at, notice.delivered_at) == (7, None, None)
    authorizations.resend_logout_notice(actor=live_registry.applicant, notice=notice)
    run_jobs()
    assert LogoutNotice.objects.get().delivered_at is not None


def test_signing_out_at_the_system(party: Party, receiver: Receiver, run_jobs: Callable[[], None]) -> None:
    browser, tokens = sign_in(party)
    end = party.metadata["end_session_endpoint"]
    stranger = browser.get(f"{end}?client_id={party.client_id}&post_logout_redirect_uri=https://evil.example/")
    assert stranger.status_code == 400
    # Without a proof whom it means she is asked.
    page = browser.get(f"{end}?client_id={party.client_id}&post_logout_redirect_uri={HOME}&state=s1")
    assert "要退出登录吗" in page.text
    stays = browser.submit(page, decision="stay")
    assert stays.headers["Location"] == f"{HOME}?state=s1"
    assert party.userinfo(tokens["access_token"]).status_code == 200
    answer = browser.get(f"{end}?id_token_hint={tokens['id_token']}&post_logout_redirect_uri={HOME}&state=s1")
    assert answer.headers["Location"] == f"{HOME}?state=s1"
    assert "手机号或用户名" in browser.get("/account/").text
    run_jobs()
    assert [UUID(read(party, token)["sid"]) for token in receiver.tokens] == [UUID(tokens["claims"]["sid"])]
