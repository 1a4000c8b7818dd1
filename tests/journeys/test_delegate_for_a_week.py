"""An approver goes to a course for a week: a colleague decides in his name, and both names stand everywhere."""

import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.cast import PASSWORD
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import open_bytes
from zhengtong.core.identity.public import Delegation

BOTH = "何志刚（代沈立新）"


@pytest.mark.django_db(transaction=True)
def test_a_colleague_decides_for_a_week(platform: Platform) -> None:
    case = platform.cast.recommended()
    assert case.number

    principal = sign_in(platform, "approver", PHONE_SCREEN)
    delegate(principal, platform)

    agent = sign_in(platform, "inspector", DESK_SCREEN)
    read_the_message(agent, platform)
    refuse_a_circle(agent, platform)
    act_for_him(agent)
    grant(agent, platform, case.number)
    expect_both_names(agent, platform, case)

    see_what_was_done(principal, case.number)
    end_the_week(agent, platform)


def sign_in(platform: Platform, username: str, screen: dict[str, int]) -> Page:
    page = platform.open(screen, "/account/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    return page


def delegate(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/account/delegations/")
    page.get_by_label("委托给谁").select_option(label=next_colleague(page, "何志刚"))
    page.get_by_label("审批决定").check()
    page.get_by_label("一周").check()
    page.get_by_role("button", name="设立委托").click()
    expect(page.get_by_text("请写明委托的原因").first).to_be_visible()
    page.get_by_label("原因").fill("外出培训")
    page.get_by_role("button", name="设立委托").click()
    expect(page.get_by_text("生效中")).to_be_visible()
    expect(page.get_by_text("还没有办理记录")).to_be_visible()


def next_colleague(page: Page, name: str) -> str:
    found = page.get_by_label("委托给谁").locator("option", has_text=name).first
    return found.inner_text()


def read_the_message(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/messages/")
    expect(page.get_by_text("沈立新把职权委托给何志刚").first).to_be_visible()


def refuse_a_circle(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/account/delegations/")
    page.get_by_label("委托给谁").select_option(label=next_colleague(page, "沈立新"))
    page.get_by_label("审查", exact=True).check()
    page.get_by_label("原因").fill("外出")
    page.get_by_role("button", name="设立委托").click()
    expect(page.get_by_text("循环委托：何志刚 → 沈立新 → 何志刚").first).to_be_visible()
    page.goto(f"{platform.url}/desk/")


def act_for_him(page: Page) -> None:
    page.locator(".desk-person").click()
    page.get_by_role("button", name=re.compile("代沈立新 · .*，至")).click()
    expect(page.get_by_text("您正在代沈立新").first).to_be_visible()
    expect(page.locator(".desk-person")).to_contain_text(BOTH)


def grant(page: Page, platform: Platform, number: str) -> None:
    page.goto(f"{platform.url}/desk/?scope=office")
    page.locator("tbody tr", has_text=number).get_by_role("link").first.click()
    page.locator("#acts").get_by_role("link", name="准予许可", exact=True).or_(
        page.locator("#acts").get_by_role("button", name="准予许可", exact=True)
    ).first.click()
    page.fill("[name=reasons]", "符合法定条件")
    page.locator("main").get_by_role("button", name="下一步，核对", exact=True).last.click()
    page.locator("main").get_by_role("button", name="确认准予许可", exact=True).last.click()
    expect(page.get_by_text("准予许可").first).to_be_visible()


def expect_both_names(page: Page, platform: Platform, case: cases.Case) -> None:
    expect(page.get_by_text(BOTH).first).to_be_attached()
    page.goto(f"{platform.url}/desk/cases/{case.number}/")
    expect(page.locator("main").get_by_text(BOTH).first).to_be_attached()
    written = AuditRecord.objects.get(action="cases.decide_grant", object_id=str(case.pk))
    assert written.account == platform.cast.inspector.account
    assert written.principal == platform.cast.approver.account
    paper = case.documents.get(paper__kind="cases.grant").paper
    for _ in range(60):
        paper.refresh_from_db()
        if paper.file is not None:
            break
        page.wait_for_timeout(500)
    assert paper.file is not None
    text = PdfReader(io.BytesIO(open_bytes(paper.file))).pages[0].extract_text()
    assert BOTH in text.replace("\n", "")


def see_what_was_done(page: Page, number: str) -> None:
    page.reload()
    done = page.locator("tbody tr", has_text=number).first
    expect(done).to_contain_text(BOTH)


def end_the_week(page: Page, platform: Platform) -> None:
    """The week is over: the next page is her own again."""
    day = timezone.localdate()
    Delegation.objects.update(start_date=day - timedelta(days=7), end_date=day - timedelta(days=1))
    page.goto(f"{platform.url}/desk/")
    expect(page.get_by_text("代理已经到期或者被撤销").first).to_be_visible()
    expect(page.locator(".desk-person")).not_to_contain_text("沈立新")
    page.locator(".desk-person").click()
    expect(page.get_by_role("button", name=re.compile("代沈立新"))).to_have_count(0)
    page.goto(f"{platform.url}/account/delegations/")
    expect(page.get_by_text("已到期").first).to_be_visible()
