"""A citizen writes to the mayor on her phone; it is accepted, dispatched, answered by two, rated badly, put right,
published without her name; a stranger reads it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.journeys.acting import act, confirm, sign_in
from tests.journeys.conftest import PHONE_SCREEN, Platform

TITLE = "楼下烧烤店深夜扰民"
BODY = "我叫李秋，住书院街6号1幢302室，电话139 0000 5678。楼下烧烤店每天营业到凌晨两点，油烟很大。"
ANSWER = "经现场核查，已责令该店22时前停止露天经营，并安装油烟净化设施。感谢您的监督。"


@pytest.mark.django_db(transaction=True)
def test_a_letter_to_the_mayor_is_answered_published_and_rated(platform: Platform) -> None:
    citizen = write_on_the_phone(platform)
    number = citizen.locator("#letter-number").inner_text()
    code = citizen.locator("#letter-code").inner_text()

    operator = open_letter(platform, "operator12345", number)
    act(operator, "受理")
    confirm(operator, "受理")
    dispatcher = open_letter(platform, "dispatcher", number)
    act(dispatcher, "派发")
    dispatcher.select_option("[name=organisation]", label="澄波区市场监督管理局")
    confirm(dispatcher, "派发")

    handler = open_letter(platform, "letter_handler", number)
    act(handler, "签收")
    act(handler, "拟写答复")
    handler.fill("[name=text]", ANSWER)
    confirm(handler, "拟写答复")
    expect(handler.get_by_text("答复已提交审核")).to_be_visible()
    # Four eyes: whoever wrote it has nothing to approve.
    expect(handler.locator("#acts").get_by_text("审核通过并发出")).to_have_count(0)
    approver = open_letter(platform, "letter_approver", number)
    act(approver, "审核通过并发出")
    confirm(approver, "审核通过并发出")

    rate_badly(citizen, platform, number, code)
    follow_up(platform, handler, operator, number)
    publish(operator, platform, number)
    read_as_a_stranger(platform)


def write_on_the_phone(platform: Platform) -> Page:
    page = platform.open(PHONE_SCREEN, "/account/login/")
    page.fill("[name=login]", "citizen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{platform.url}/hall/letters/")
    page.get_by_role("link", name="市长信箱").first.click()
    page.get_by_label("市长信箱").check()
    page.get_by_role("button", name="开始写").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=body]", BODY)
    page.get_by_role("button", name="下一步").click()
    # The category is missing: said beside it, nothing is lost.
    expect(page.get_by_text("请选择是哪方面的事").first).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    page.select_option(
        "[name=category]", label=page.locator("[name=category] option", has_text="噪声扰民").inner_text()
    )
    page.get_by_role("button", name="下一步").click()
    page.select_option("[name=region]", label="澄波区")
    page.get_by_role("button", name="下一步").click()
    # Signed in: she needn't say who she is again.
    expect(page.locator("[name=writer_name]")).to_have_value("李秋")
    page.get_by_label("同意公开").check()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text(TITLE)).to_be_visible()
    page.get_by_role("button", name="提交来信").click()
    expect(page.get_by_role("heading", name="来信已提交")).to_be_visible()
    return page


def open_letter(platform: Platform, username: str, number: str) -> Page:
    page = sign_in(platform, username)
    page.goto(f"{platform.url}/desk/letters/")
    page.locator("tbody tr", has_text=number).get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text(TITLE)
    return page


def rate_badly(page: Page, platform: Platform, number: str, code: str) -> None:
    """By number and code, as if she had signed out."""
    page.goto(f"{platform.url}/hall/letters/progress/?number={number}")
    page.fill("[name=code]", "AAAAAAAA" if code != "AAAAAAAA" else "BBBBBBBB")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有找到这封来信").first).to_be_visible()
    page.fill("[name=code]", code.lower())
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    page.locator("#appraisal label", has_text=re.compile("非常不满意")).first.click()
    page.fill("[name=comment]", "还在营业")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("您评价了 1 分")).to_be_visible()


def follow_up(platform: Platform, handler: Page, operator: Page, number: str) -> None:
    handler.goto(f"{platform.url}/desk/letters/{number}/")
    act(handler, "报告整改")
    handler.fill("[name=measures]", "已联合城管夜间巡查，该店已停止露天经营")
    confirm(handler, "报告整改")
    operator.goto(f"{platform.url}/desk/letters/{number}/")
    act(operator, "整改回访")
    operator.get_by_label("满意", exact=True).check()
    operator.fill("[name=note]", "来信人表示已经安静")
    confirm(operator, "整改回访")
    expect(operator.get_by_text("整改后已回访").first).to_be_visible()


def publish(page: Page, platform: Platform, number: str) -> None:
    page.goto(f"{platform.url}/desk/letters/{number}/")
    page.locator("#acts").get_by_role("link", name="公开", exact=True).click()
    expect(page.locator("#marked mark", has_text="李秋").first).to_be_visible()
    expect(page.locator("#preview")).not_to_contain_text("李秋")
    page.get_by_label("我已通读全文").check()
    page.locator("button[name=publish]").click()
    expect(page.get_by_text(f"已公开 {number}")).to_be_visible()


def read_as_a_stranger(platform: Platform) -> None:
    page = platform.open(PHONE_SCREEN, "/hall/letters/published/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    words = page.inner_text("main")
    assert "烧烤店" in words
    for secret in ("李秋", "5678", "302", "1幢"):
        assert secret not in words
