"""An empty department's people compile a power, an item, a form and a process; a citizen's case runs through them.

Nobody programs anything: all that the department needs is typed, chosen and drawn on its desks.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.journeys.acting import act, async_reload, confirm, fill_section, open_case, real_pdf, sign_in
from tests.journeys.compiling import (
    NAME,
    ask_about_the_situation,
    begin_the_item,
    compile_a_power,
    draw_the_form,
    draw_the_process,
    finish_the_item,
    found_a_department,
    publish_the_item,
    review_the_power,
    write_the_guide,
)
from tests.journeys.conftest import PHONE_SCREEN, Platform


@pytest.mark.django_db(transaction=True)
def test_a_department_compiles_an_item_and_a_citizen_gets_it(platform: Platform, tmp_path: Path) -> None:
    found_a_department(platform.cast)
    clerk = sign_in(platform, "arts_clerk")
    compile_a_power(clerk, platform)
    review_the_power(platform)
    begin_the_item(clerk, platform)
    write_the_guide(clerk)
    ask_about_the_situation(clerk)
    draw_the_form(clerk)
    draw_the_process(clerk, platform)
    finish_the_item(clerk, platform)
    publish_the_item(platform)

    citizen = find_it_in_the_hall(platform)
    fill_it_in(citizen, tmp_path)
    number = submit(citizen)
    accept_at_the_counter(platform, number)
    walk_through_the_process(platform, number, citizen)
    grant(platform, number)
    see_the_result(citizen)


# The citizen


def find_it_in_the_hall(platform: Platform) -> Page:
    page = platform.open(PHONE_SCREEN, "/account/login/")
    page.fill("[name=login]", "citizen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/account/login/" not in url)
    page.goto(f"{platform.url}/hall/?q=开画室")
    page.get_by_role("link", name=NAME).first.click()
    # The questionnaire says which materials are hers.
    page.get_by_label("不是", exact=True).check()
    expect(page.locator("#plan")).to_contain_text("您不用交的（1 份）")
    page.get_by_label("是", exact=True).check()
    expect(page.locator("#plan")).not_to_contain_text("您不用交的")
    page.get_by_role("button", name="我要办理").click()
    page.get_by_role("button", name="开始填写").click()
    return page


def fill_it_in(page: Page, folder: Path) -> None:
    expect(page.locator("[name=applicant]")).to_have_value("李秋")
    page.fill("[name=studio]", "秋水画室")
    # Of a small place nothing more is asked; of a large one the measures.
    page.fill("[name=area]", "90")
    page.locator("[name=area]").press("Tab")
    expect(page.locator("[name=fire_measures]")).not_to_be_visible()
    page.fill("[name=area]", "320")
    page.locator("[name=area]").press("Tab")
    expect(page.locator("[name=fire_measures]")).to_be_visible()
    page.fill("[name=fire_measures]", "两个安全出口，喷淋已经验收。")
    rows = page.locator("[data-repeat-row]")
    for number, (who, hours) in enumerate((("王老师", "12.5"), ("赵老师", "8"))):
        if rows.count() <= number:
            page.get_by_role("button", name="再加一行").click()
        expect(rows).to_have_count(number + 1)
        rows.nth(number).locator("[name$=-who]").fill(who)
        rows.nth(number).locator("[name$=-hours]").fill(hours)
        rows.nth(number).locator("[name$=-hours]").press("Tab")
    expect(page.get_by_label("每周总课时")).to_have_value("20.5")
    fill_section(page)
    for label, name in (("培训场所平面图", "平面图.pdf"), ("房屋租赁合同", "租赁合同.pdf")):
        page.locator(".field", has_text=label).locator("input[type=file]").first.set_input_files(
            real_pdf(folder / name)
        )
        expect(page.locator(".file-done", has_text=name)).to_be_visible()
    fill_section(page)


def submit(page: Page) -> str:
    expect(page.get_by_text("20.5").first).to_be_visible()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text(re.compile(r"AL-\d{4}-\d{6}")).first).to_be_visible()
    found = re.search(r"AL-\d{4}-\d{6}", page.inner_text("main"))
    assert found
    page.goto(page.url.replace("receipt/", ""))
    return found[0]


# The officials


def accept_at_the_counter(platform: Platform, number: str) -> None:
    page = sign_in(platform, "counter")
    open_case(page, platform, number, "/desk/window/", "李秋")
    act(page, "受理")
    page.locator("dialog[open]").get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("已受理").first).to_be_visible()
    page.context.close()


def take_step(platform: Platform, username: str, number: str, step: str, outcome: str = "") -> None:
    """Claim the task, do the node, and see that it is done."""
    page = sign_in(platform, username)
    open_case(page, platform, number, "/desk/?scope=office", "李秋")
    node = page.locator("#walk li", has_text=step)
    expect(node).to_contain_text("正在办理")
    act(page, "领办")
    act(page, "办理本环节")
    expect(page.get_by_role("heading", name=step)).to_be_visible()
    if outcome:
        page.get_by_label(outcome, exact=True).check()
    page.fill("[name=opinion]", f"{step}：符合要求")
    confirm(page, "办理本环节")
    expect(page.get_by_text("本环节已办理").first).to_be_visible()
    expect(page.locator("#walk li", has_text=step)).to_contain_text("已办")
    page.context.close()


def walk_through_the_process(platform: Platform, number: str, citizen: Page) -> None:
    take_step(platform, "arts_reviewer", number, "审查")
    # The place is large: it is the fire brigade's turn, and the citizen sees so.
    citizen.reload()
    expect(citizen.locator("#walk li", has_text="消防核验")).to_contain_text("正在办理")
    expect(citizen.locator("#walk li", has_text="复核")).to_contain_text("未到")
    take_step(platform, "fire_reviewer", number, "消防核验", "合格")
    # Whoever reviewed doesn't recheck it.
    page = sign_in(platform, "arts_reviewer")
    open_case(page, platform, number, "/desk/?scope=office", "李秋")
    act(page, "领办")
    expect(page.get_by_text("办过前面环节的人不能再办这个环节").first).to_be_visible()
    page.context.close()
    take_step(platform, "arts_second", number, "复核")


def grant(platform: Platform, number: str) -> None:
    page = sign_in(platform, "arts_approver")
    open_case(page, platform, number, "/desk/?scope=office", "李秋")
    expect(page.get_by_text("消防核验：符合要求").first).to_be_visible()
    act(page, "准予许可")
    page.fill("[name=reasons]", "符合规定条件")
    confirm(page, "下一步，核对")
    confirm(page, "确认准予许可")
    expect(page.get_by_text("准予许可").first).to_be_visible()
    page.context.close()


def see_the_result(page: Page) -> None:
    page.reload()
    link = page.get_by_role("link", name=re.compile("下载.*校外艺术培训场所许可证"))
    expect(async_reload(page, link)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name=re.compile("下载.*准予行政许可决定书"))).to_be_visible()
    expect(page.locator("#walk li", has_text="复核")).to_contain_text("已办")
