"""An approver signs in without a password: adds a passkey and an app, signs out, comes back with the passkey, proves
herself before a decision, and is let in by a recovery code when the passkey is gone."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, expect

from tests.cast import PASSWORD, fresh
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from zhengtong.capabilities.signon.domain import PERIOD, make_code, make_secret
from zhengtong.capabilities.signon.models import Attempt, CodeGenerator, Outcome, Passkey
from zhengtong.capabilities.signon.services.codes import read_secret, write_secret
from zhengtong.capabilities.signon.services.rules import set_step_up_rule
from zhengtong.kernel.policy import SYSTEM

CODE = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}")


class Key:
    """Chromium's virtual authenticator: a security key that verifies its person, as a phone or a computer does."""

    def __init__(self, page: Page) -> None:
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self.devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.id = made["authenticatorId"]

    def lose(self) -> None:
        self.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def type_password(page: Page, platform: Platform, username: str = "approver") -> None:
    page.goto(f"{platform.url}/account/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def sign_out(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/account/security/")
    page.get_by_role("button", name="退出", exact=True).click()
    expect(page.get_by_role("link", name="登录").first).to_be_visible()


class Half:
    """A browser that got as far as the second factor."""

    def __init__(self, platform: Platform) -> None:
        self.url, self.cookies = platform.url, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.opener.open(f"{self.url}/account/login/")
        self.send("/account/login/", login="approver", password=PASSWORD)

    def send(self, path: str, **given: str) -> str:
        """Send a form; return where it led to."""
        token = next(str(cookie.value) for cookie in self.cookies if cookie.name == "csrftoken")
        body = urlencode({**given, "csrfmiddlewaretoken": token}).encode()
        try:
            return str(self.opener.open(f"{self.url}{path}", body, timeout=30).url.removeprefix(self.url))
        except HTTPError as error:
            return str(error.code)


def use_at_once(platform: Platform, **given: str) -> list[str]:
    """Send the same proof from three browsers at once; return where each was led, or how it was refused."""
    halves = [Half(platform) for _n in range(3)]
    with ThreadPoolExecutor(3) as pool:
        return sorted(pool.map(lambda half: half.send("/account/login/second/", **given), halves))


def next_code(secret: bytes) -> str:
    """Return a code that wasn't used yet: that of the step that comes is accepted already."""
    return make_code(secret, time.time() + PERIOD)


@pytest.mark.parametrize("screen", [DESK_SCREEN, PHONE_SCREEN], ids=["desk", "phone"])
def test_sign_in_with_a_passkey(platform: Platform, screen: dict[str, int]) -> None:
    case = platform.cast.recommended()
    page = platform.open(screen)
    key = Key(page)
    type_password(page, platform)
    expect(page).to_have_url(f"{platform.url}/desk/")

    # Add a passkey; recovery codes come with it.
    page.goto(f"{platform.url}/account/security/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.fill("[name=name]", "办公电脑")
    page.get_by_role("main").get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    page.get_by_role("button", name="生成恢复码").click()
    codes = CODE.findall(page.locator(".recovery-codes").inner_text())
    assert len(codes) == 10
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载").click()
    assert saved.value.path().read_text("utf-8").split() == codes
    page.get_by_role("link", name="已经收好").click()

    # Add an app that shows codes: changing factors asks for nothing more so soon after the passkey.
    page.get_by_role("link", name="添加动态口令").click()
    shown = page.locator("[data-secret]").inner_text().replace(" ", "")
    secret = read_secret(shown)
    expect(page.get_by_role("img", name="动态口令的二维码")).to_be_visible()
    page.fill("[name=code]", make_code(secret, time.time()))
    page.get_by_role("main").get_by_role("button", name="添加", exact=True).click()
    expect(page.get_by_text("已添加动态口令")).to_be_visible()
    sign_out(page, platform)

    # Come back without a name and a password.
    page.goto(f"{platform.url}/account/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(f"{platform.url}/desk/")
    sign_out(page, platform)

    # Come back with password and code, and grant a case, for which a rule asks for the passkey.
    rule = {"minutes": 15, "effective_from": timezone.localdate(), "basis": "测试"}
    set_step_up_rule(actor=SYSTEM, act="issue", strength=3, **rule)  # type: ignore[arg-type]  # by name
    type_password(page, platform)
    page.fill("[name=code]", next_code(secret))
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{platform.url}/desk/")
    page.goto(f"{platform.url}/desk/cases/{case.number}/grant/")
    page.fill("[name=reasons]", "现场核查合格，符合法定条件")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_role("heading", name="确认是您本人")).to_be_visible()
    page.get_by_role("button", name="用通行密钥确认").click()
    expect(page.get_by_role("heading", name="已确认是您本人")).to_be_visible()
    page.get_by_role("button", name="继续办理").click()
    page.locator("button[name=confirmed]").first.click()
    expect(page.get_by_text("已准予许可").first).to_be_visible()
    decision = fresh(case).decision  # its papers may be issued already, and the case delivered
    assert decision.outcome == "grant"
    assert decision.reasons == "现场核查合格，符合法定条件"
    sign_out(page, platform)

    # The passkey is gone: a recovery code, which is no use a second time.
    key.lose()
    page.goto(f"{platform.url}/account/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("[data-passkey-problem]")).to_contain_text("没有完成验证", timeout=70_000)
    for said in (None, "这个恢复码已经用过"):
        type_password(page, platform)
        page.get_by_text("手机不在身边，用恢复码").click()
        page.fill("[name=recovery]", codes[0])
        page.get_by_role("button", name="用恢复码登录").click()
        if said is None:
            expect(page).to_have_url(f"{platform.url}/desk/")
            sign_out(page, platform)
        else:
            expect(page.get_by_role("main").get_by_text(said).first).to_be_visible()

    # The same proof from three browsers at once lets one in.
    assert use_at_once(platform, recovery=codes[1]) == ["/desk/", "422", "422"]
    outcomes = set(Attempt.objects.values_list("outcome", flat=True))
    assert {Outcome.SUCCEEDED, Outcome.CONFIRMED, Outcome.REPLAYED} <= outcomes
    assert Passkey.objects.get().last_used_at is not None


def test_a_code_works_once(platform: Platform) -> None:
    secret, account = make_secret(), platform.cast.accounts["approver"]
    CodeGenerator.objects.create(account=account, secret=write_secret(secret))
    code = make_code(secret, time.time())
    assert use_at_once(platform, code=code) == ["/desk/", "422", "422"]
    page = platform.open()
    type_password(page, platform)
    page.fill("[name=code]", code)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("main").get_by_text("这个口令已经用过").first).to_be_visible()
    page.fill("[name=code]", next_code(secret))
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{platform.url}/desk/")
