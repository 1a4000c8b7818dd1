"""A reviewer leaves: the administrator names who takes over, and nothing that he had in hand is lost or hidden."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_leaves_and_hands_over(platform: Platform) -> None:
    employ("administrator", "许文斌", "system_administrator")
    employ("auditor", "曹宏远", "audit_administrator")
    first, second = platform.cast.reviewing(), platform.cast.reviewing()
    leaver = sign_in(platform, "reviewer", DESK_SCREEN)
    expect(leaver.locator("tbody tr")).to_have_count(2)

    administrator = sign_in(platform, "administrator", DESK_SCREEN)
    end_appointment(administrator, platform, "林国栋", successor="何志刚")
    expect_shut_out(leaver, platform, "reviewer")

    successor = sign_in(platform, "inspector", PHONE_SCREEN)
    read_the_list(successor, platform, [first, second])
    finish_from_the_list(successor, platform, first)
    expect_the_way_it_went(successor, platform, second)
    expect_in_the_journal(platform)

    end_appointment(administrator, platform, "何志刚", successor=None)
    expect_shut_out(successor, platform, "inspector")
    expect_back_in_the_office(platform, second)


def employ(username: str, name: str, role: str) -> None:
    """Give the platform one of its administrators, as the three of them would do it."""
    bureau = identity.Organisation.objects.get(name="安澜市政务服务数据管理局")
    staff = identity.create_staff_account(actor=SYSTEM, username=username, name=name, password=PASSWORD)
    post = identity.open_post(actor=SYSTEM, organisation=bureau, title=name)
    identity.grant_role(actor=SYSTEM, post=post, role=role, reach=identity.Reach.REGION)
    identity.appoint(actor=SYSTEM, staff=staff, post=post, start_date=timezone.localdate())


def sign_in(platform: Platform, username: str, screen: dict[str, int]) -> Page:
    page = platform.open(screen, "/account/login/")
    fill_in(page, username)
    page.wait_for_url("**/desk/**")
    return page


def fill_in(page: Page, username: str) -> None:
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def end_appointment(page: Page, platform: Platform, name: str, *, successor: str | None) -> None:
    """Go from the person over the post to the appointment, and let it end with yesterday."""
    main = page.locator("main")
    page.goto(f"{platform.url}/desk/administration/staff/?q={name}")
    page.locator("tbody tr", has_text=name).get_by_role("link").first.click()
    page.wait_for_url("**/staff/*/")
    page.locator("tbody tr").get_by_role("link").first.click()
    page.wait_for_url("**/posts/*/")
    main.get_by_role("link", name=name).last.click()
    page.wait_for_url("**/appointments/*/")
    act = main.get_by_role("link", name="结束任职")
    if not act.is_visible():
        main.locator("summary", has_text="更多").click()
    act.click()
    page.get_by_label("任职的最后一天").fill((timezone.localdate() - timedelta(days=1)).isoformat())
    if successor:
        choice = page.get_by_label("接办人的任职")
        choice.select_option(label=choice.locator("option", has_text=successor).first.inner_text())
    page.get_by_label("原因").fill("调离")
    main.get_by_role("button", name="结束任职").click()
    page.wait_for_url("**/appointments/*/")
    expect(main.get_by_text("调离").first).to_be_visible()


def expect_shut_out(page: Page, platform: Platform, username: str) -> None:
    """Her session has ended, and her password doesn't let her in any more."""
    page.goto(f"{platform.url}/desk/")
    expect(page.locator("[name=password]")).to_be_visible()
    fill_in(page, username)
    expect(page.get_by_role("heading", name="账号已停用")).to_be_visible()
    page.goto(f"{platform.url}/desk/")
    expect(page.locator("[name=password]")).to_be_visible()


def read_the_list(page: Page, platform: Platform, handed: list[cases.Case]) -> None:
    """A message leads to what was handed over; the printed list has room to sign."""
    page.goto(f"{platform.url}/messages/")
    expect(page.get_by_text("林国栋的任职已结束，2 件未办结的任务移交给您").first).to_be_visible()
    page.goto(f"{platform.url}/desk/handed-over/")
    for case in handed:
        expect(page.locator("tbody tr", has_text=case.number or "")).to_contain_text("何志刚办理中")
    expect(page.locator("main").get_by_text("共 2 件，未办结 2 件")).to_be_visible()
    page.locator("main").get_by_role("link", name="打印清单").click()
    page.wait_for_url("**/handed-over/print/**")
    expect(page.get_by_text("移交人（签名）")).to_be_visible()
    expect(page.get_by_text("移交人：林国栋。接收人：何志刚。")).to_be_visible()
    for case in handed:
        expect(page.locator("tbody tr", has_text=case.number or "")).to_contain_text("何志刚办理中")


def finish_from_the_list(page: Page, platform: Platform, case: cases.Case) -> None:
    page.goto(f"{platform.url}/desk/handed-over/")
    page.locator("tbody tr", has_text=case.number or "").get_by_role("link").first.click()
    page.wait_for_url(f"**/cases/{case.number}/")
    page.locator("#acts").get_by_role("link", name="提出审查意见").click()
    page.locator("[name=outcome][value=grant]").check()
    page.fill("[name=opinion]", "接办后核对，材料齐全")
    page.locator("main form").get_by_role("button").last.click()
    page.wait_for_url(f"**/cases/{case.number}/")
    page.goto(f"{platform.url}/desk/handed-over/?open=1")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("main").get_by_text("共 2 件，未办结 1 件")).to_be_visible()


def expect_the_way_it_went(page: Page, platform: Platform, case: cases.Case) -> None:
    page.goto(f"{platform.url}/desk/cases/{case.number}/")
    side = page.locator("main")
    expect(side.get_by_text("审查 · 离任移交")).to_be_attached()
    expect(side.get_by_text("林国栋 → 何志刚")).to_be_attached()
    expect(side.get_by_text("由许文斌决定；调离")).to_be_attached()
    expect(side.get_by_text("林国栋离任，移交给何志刚")).to_be_attached()


def expect_in_the_journal(platform: Platform) -> None:
    page = sign_in(platform, "auditor", DESK_SCREEN)
    page.goto(f"{platform.url}/desk/administration/journal/")
    line = page.locator("tbody tr", has_text="移交离任人员的任务")
    expect(line).to_contain_text("许文斌")
    line.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/journal/\d+/"))
    expect(page.locator("main").get_by_text("移交离任人员的任务").first).to_be_visible()


def expect_back_in_the_office(platform: Platform, case: cases.Case) -> None:
    """Nobody was named: the head is told, sees what came back, and gives it to whoever is there."""
    head = sign_in(platform, "head", DESK_SCREEN)
    head.goto(f"{platform.url}/messages/")
    expect(head.get_by_text("何志刚的任职已结束，1 件未办结的任务已退回本单位待领办").first).to_be_visible()
    head.goto(f"{platform.url}/desk/handed-over/?scope=office")
    expect(head.locator("tbody tr", has_text=case.number or "")).to_contain_text("待领办")
    head.goto(f"{platform.url}/desk/?scope=unit")
    expect(head.locator("tbody tr", has_text=case.number or "")).to_contain_text("待领办")
