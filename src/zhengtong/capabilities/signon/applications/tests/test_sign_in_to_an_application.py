"""A person signs in to an outside system: Authlib is the system, over HTTP, with the real signer."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.jose.errors import JoseError
from django.db import connection
from joserfc.errors import JoseError as ClaimError

from tests.cast import PASSWORD
from zhengtong.capabilities.signon.applications import consents, services
from zhengtong.capabilities.signon.applications.keys import get_signing_key, rotate_identity_key
from zhengtong.capabilities.signon.applications.models import Application, ApplicationKind, Authorization, SubjectKind
from zhengtong.capabilities.signon.applications.tests.conftest import Registry
from zhengtong.capabilities.signon.applications.tests.party import CALLBACK, Browser, Party, Refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_registry: Registry, live_server: Any) -> str:
    return str(live_server.url)


@pytest.fixture
def application(live_registry: Registry) -> Application:
    return live_registry.enabled(scopes=["profile", "phone", "organisation", "enterprise"])


@pytest.fixture
def party(site: str, live_registry: Registry, application: Application) -> Party:
    secret = live_registry.secret(application)
    return Party(site, str(application.client_id), secret, "openid profile organisation")


@pytest.fixture
def browser(site: str) -> Browser:
    """A browser in which the reviewer has signed in."""
    browser = Browser(site)
    home = browser.sign_in(browser.get("/account/login/?next=/account/"), "reviewer", PASSWORD)
    assert home.status_code == 200
    return browser


def sign_in(party: Party, browser: Browser, **more: str) -> dict[str, Any]:
    asked = party.begin(**more)
    answer = browser.get(asked.url)
    if answer.status_code == 200:
        answer = browser.submit(answer, decision="grant")
    return party.change(asked, party.take(asked, answer))


def test_from_the_login_page_over_consent_to_the_claims_by_scope(site: str, party: Party) -> None:
    browser, asked = Browser(site), party.begin()
    login = browser.get(asked.url)
    assert "手机号或用户名" in login.text
    consent = browser.sign_in(login, "reviewer", PASSWORD)
    assert "城市运行管理平台" in consent.text
    assert "您所在的机构、现任的岗位" in consent.text
    assert "手机号" not in consent.text.partition("<main")[2].partition("</main>")[0]
    assert "form-action 'self' http://127.0.0.1:9" in consent.headers["Content-Security-Policy"]
    tokens = party.change(asked, party.take(asked, browser.submit(consent, decision="grant")))
    claims = tokens["claims"]
    assert claims["amr"] == ["pwd"]
    assert claims["acr"] == "urn:zhengtong:acr:1"
    assert "name" not in claims
    assert len(claims["sub"]) == 36
    person = party.userinfo(tokens["access_token"]).json()
    assert person["sub"] == claims["sub"]
    assert person["name"] == "林国栋"
    assert person["organisation"]["name"] == "澄波区市场监督管理局"
    assert [post["title"] for post in person["posts"]] == ["林国栋"]
    assert "phone_number" not in person
    # What she agreed to is remembered: the next time she is let in at once.
    assert browser.get(party.begin().url).headers["Location"].startswith(CALLBACK)


def test_an_identity_token_is_believed_by_nobody_else_and_not_when_touched(
    party: Party, browser: Browser, site: str
) -> None:
    asked = party.begin()
    answer = browser.submit(browser.get(asked.url), decision="grant")
    token = party.change(asked, party.take(asked, answer))["id_token"]
    with pytest.raises((JoseError, ClaimError)):
        party.check(token, nonce=asked.nonce, client_id="another")
    with pytest.raises((JoseError, ClaimError)):
        party.check(token, nonce="another")
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "other"}).encode()).rstrip(b"=").decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    for bad in (f"{head}.{forged}.{signature}", f"{none}.{body}.", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises((JoseError, ClaimError)):
            party.check(bad, nonce=asked.nonce)
    # PyJWT, by other people, agrees.
    key = jwt.PyJWKClient(f"{site}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    said = jwt.decode(token, key.key, ["ES256"], audience=party.client_id, issuer=site)
    assert said["nonce"] == asked.nonce
    assert said["exp"] - said["iat"] == 300
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, key.key, ["ES256"], audience="another", issuer=site)


def test_a_refresh_token_works_once_and_a_second_time_ends_everything(party: Party, browser: Browser) -> None:
    tokens = sign_in(party, browser)
    renewed = party.refresh(tokens["refresh_token"])
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert party.userinfo(renewed["access_token"]).status_code == 200
    assert party.introspect(renewed["access_token"])["active"]
    assert not party.introspect(tokens["refresh_token"])["active"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.refresh(tokens["refresh_token"])
    # Whoever has the other copy is out as well.
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.refresh(renewed["refresh_token"])
    assert party.userinfo(renewed["access_token"]).status_code == 401
    assert Authorization.objects.get().end_reason == "refresh_reused"


def test_introspection_and_revocation(party: Party, browser: Browser, live_registry: Registry, site: str) -> None:
    tokens = sign_in(party, browser)
    said = party.introspect(tokens["access_token"])
    assert said["active"]
    assert (said["sub"], said["client_id"]) == (tokens["claims"]["sub"], party.client_id)
    other = live_registry.enabled(name="另一个系统")
    stranger = Party(site, str(other.client_id), live_registry.secret(other))
    assert stranger.introspect(tokens["access_token"]) == {"active": False}
    assert stranger.revoke(tokens["access_token"]).status_code == 200
    assert party.introspect(tokens["access_token"])["active"]
    assert Party(site, party.client_id, "wrong").oauth.introspect_token(
        party.metadata["introspection_endpoint"], token=tokens["access_token"]
    ).json() == {"error": "invalid_client"}
    assert party.revoke(tokens["refresh_token"]).status_code == 200
    assert not party.introspect(tokens["access_token"])["active"]


def test_a_code_is_good_once(party: Party, browser: Browser) -> None:
    asked = party.begin()
    code = party.take(asked, browser.submit(browser.get(asked.url), decision="grant"))
    tokens = party.change(asked, code)
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.change(asked, code)
    assert party.userinfo(tokens["access_token"]).status_code == 401
    assert Authorization.objects.get().end_reason == "code_reused"


def test_of_two_that_bring_a_code_at_once_one_is_served_and_then_neither(party: Party, browser: Browser) -> None:
    asked = party.begin()
    code = party.take(asked, browser.submit(browser.get(asked.url), decision="grant"))

    def bring(_number: int) -> requests.Response:
        return requests.post(
            party.metadata["token_endpoint"],
            auth=(party.client_id, str(party.secret)),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": CALLBACK,
                "code_verifier": asked.verifier,
            },
            timeout=20,
        )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(bring, range(4)))
    served = [answer for answer in answers if answer.status_code == 200]
    assert len(served) == 1
    assert {answer.json()["error"] for answer in answers if answer is not served[0]} == {"invalid_grant"}
    assert party.userinfo(served[0].json()["access_token"]).status_code == 401


def test_what_came_back_for_another_sign_in_is_refused(party: Party, browser: Browser) -> None:
    first, second = party.begin(), party.begin()
    browser.submit(browser.get(first.url), decision="grant")
    answer = browser.get(first.url)
    with pytest.raises(Refused, match="mixed up"):
        party.take(second, answer)
    # And the code of one doesn't fit the other's proof.
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.change(second, party.take(first, answer))


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/callback", CALLBACK + "/x", CALLBACK + "?a=1", CALLBACK + "#x", "javascript:alert(1)"],
)
def test_a_wrong_address_gets_a_page_and_no_redirection(party: Party, browser: Browser, address: str) -> None:
    party.oauth.redirect_uri = address
    answer = browser.get(party.begin().url)
    assert answer.status_code == 400
    assert "为了您的安全没有继续" in answer.text or "不是一个完整的网址" in answer.text


def test_requests_that_cannot_be_served_are_told_to_the_system(party: Party, browser: Browser) -> None:
    for more, error in (
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid identity"}, "invalid_scope"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"prompt": "none"}, "consent_required"),
        ({"state": "x" * 5000}, "invalid_request"),
    ):
        url = party.begin().url
        for name, value in more.items():
            url = f"{url.replace(f'{name}=', '_=')}&{name}={value}"
        answer = browser.get(url)
        assert answer.status_code == 302, (more, answer.text[:300])
        assert f"error={error}" in answer.headers["Location"], (more, answer.headers["Location"])
        assert len(answer.headers["Location"]) < 1000


def test_not_agreeing_sends_back_with_a_refusal(party: Party, browser: Browser) -> None:
    asked = party.begin()
    with pytest.raises(Refused, match="access_denied"):
        party.take(asked, browser.submit(browser.get(asked.url), decision="deny"))
    # A form from elsewhere decides nothing.
    answer = browser.post(asked.url, {"decision": "grant"})
    assert answer.status_code == 403


def test_signing_in_anew_when_asked_to(party: Party, browser: Browser) -> None:
    sign_in(party, browser)
    asked = party.begin(prompt="login")
    page = browser.get(asked.url)
    assert "请再输入一次密码" in page.text
    # Going back without typing it is no way around.
    assert "请再输入一次密码" in browser.get(asked.url).text
    answer = browser.submit(browser.get(asked.url), password=PASSWORD)
    assert party.change(asked, party.take(asked, answer))["claims"]["amr"] == ["pwd"]
    assert "请再输入一次密码" not in browser.get(party.begin(max_age="3600").url).text


def test_a_public_client_has_to_prove_itself_by_pkce(site: str, live_registry: Registry, browser: Browser) -> None:
    application = live_registry.enabled(kind=ApplicationKind.NATIVE, subject_kind=SubjectKind.PAIRWISE)
    party = Party(site, str(application.client_id), None)
    tokens = sign_in(party, browser)
    assert len(tokens["claims"]["sub"]) == 64
    assert party.userinfo(tokens["access_token"]).json()["name"] == "林国栋"
    party.oauth.code_challenge_method = None
    url, _state = party.oauth.create_authorization_url(party.metadata["authorization_endpoint"])
    assert "error=invalid_request" in browser.get(url).headers["Location"]


def test_an_old_key_is_published_until_its_tokens_are_over(
    party: Party, browser: Browser, live_registry: Registry
) -> None:
    asked = party.begin()
    token = party.change(asked, party.take(asked, browser.submit(browser.get(asked.url), decision="grant")))["id_token"]
    old = get_signing_key()
    new = rotate_identity_key(actor=live_registry.reviewer, key=old, reason="年度更换")
    assert party.check(token, nonce=asked.nonce)
    again = party.begin()
    renewed = party.change(again, party.take(again, browser.get(again.url)))["id_token"]
    assert jwt.get_unverified_header(renewed)["kid"] == new.kid != old.kid
    assert len(party.keys().keys) >= 2


def test_a_rotated_secret_overlaps_and_the_old_one_can_be_withdrawn(
    site: str, party: Party, live_registry: Registry, application: Application, browser: Browser
) -> None:
    newer = live_registry.secret(application)
    for secret in (party.secret, newer):
        assert sign_in(Party(site, party.client_id, secret), browser)["access_token"]
    services.withdraw_old_secrets(actor=live_registry.applicant, application=application)
    with pytest.raises(OAuthError, match="invalid_client"):
        sign_in(party, browser)


def test_who_takes_her_consent_back_is_out_at_once(
    party: Party, browser: Browser, live_registry: Registry, application: Application
) -> None:
    tokens = sign_in(party, browser)
    page = browser.get("/account/applications/")
    assert "城市运行管理平台" in page.text
    assert "机构和岗位" in page.text
    browser.submit(page, application=str(application.public_id))
    assert party.userinfo(tokens["access_token"]).status_code == 401
    assert "会提供给它的" in browser.get(party.begin().url).text
    account = live_registry.cast.accounts["reviewer"]
    assert consents.is_consent_needed(application, account, ["profile"])


def test_a_suspended_application_and_a_closed_account_are_out(
    party: Party, browser: Browser, live_registry: Registry, application: Application
) -> None:
    tokens = sign_in(party, browser)
    account = live_registry.cast.accounts["reviewer"]
    account.is_active = False
    account.save(update_fields=["is_active"])
    assert party.userinfo(tokens["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        party.refresh(tokens["refresh_token"])
    account.is_active = True
    account.save(update_fields=["is_active"])
    tokens = sign_in(party, browser)
    services.suspend_application(actor=live_registry.reviewer, application=application, reason="密钥泄露")
    assert party.userinfo(tokens["access_token"]).status_code == 401
    assert "已经停用" in browser.get(party.begin().url).text


def test_staff_need_not_agree_where_that_was_approved_and_citizens_always_do(
    site: str, live_registry: Registry, browser: Browser
) -> None:
    application = live_registry.enabled(is_consent_waived=True)
    party = Party(site, str(application.client_id), live_registry.secret(application))
    assert browser.get(party.begin().url).headers["Location"].startswith(CALLBACK)
    citizen = Browser(site)
    login = citizen.get(party.begin().url)
    assert "会提供给它的" in citizen.sign_in(login, "13900001234", PASSWORD).text


def test_nothing_is_left_open_in_the_database(party: Party, browser: Browser) -> None:
    tokens = sign_in(party, browser)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM allauth_idp_oidc_token t UNION ALL "
            "SELECT string_agg(a::text, ' ') FROM signon_authorization a UNION ALL "
            "SELECT string_agg(s::text, ' ') FROM signon_applicationsecret s UNION ALL "
            "SELECT string_agg(c::text, ' ') FROM allauth_idp_oidc_client c"
        )
        kept = " ".join(str(row[0]) for row in cursor.fetchall())
    for secret in (party.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret
        assert secret not in kept
