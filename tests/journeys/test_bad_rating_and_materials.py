"""An owner rates a case badly; it is put right, verified, rated again, published without her; and what she handed in
once she hands in again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.journeys.acting import act, confirm, sign_in
from tests.journeys.conftest import PHONE_SCREEN, Platform
from zhengtong.capabilities.cases.public import Case, start_draft
from zhengtong.core.worklist.public import WorkItem, WorkState

COMMENT = "等了一周没有人告知，我姓名王晓岚，电话13900001234。"
REPLY = "给您添麻烦了，今后超过三天会主动打电话告诉您进度。"


@pytest.mark.django_db(transaction=True)
def test_a_bad_rating_is_put_right_and_materials_are_used_again(platform: Platform) -> None:
    case = platform.cast.granted()
    draft = start_draft(actor=platform.cast.owner, office=platform.cast.office, form={}, name="另一次申请")
    owner = sign_in_as_the_shop(platform)
    rate_badly(owner, platform, case)

    reviewer = sign_in(platform, "reviewer")
    open_follow_up(reviewer, platform, case)
    act(reviewer, "登记联系情况")
    confirm(reviewer, "登记联系情况")
    # Nothing chosen: said beside it.
    expect(reviewer.get_by_text("请选择联系情况").first).to_be_visible()
    reviewer.get_by_label("联系上了", exact=True).check()
    reviewer.get_by_label("情况属实，立即整改").check()
    reviewer.fill("[name=note]", "电话联系，情况属实。")
    confirm(reviewer, "登记联系情况")
    act(reviewer, "填写整改和答复")
    reviewer.fill("[name=measures]", "建立三天主动告知制度。")
    reviewer.fill("[name=reply]", REPLY)
    confirm(reviewer, "填写整改和答复")
    # Whoever put it right doesn't verify it.
    expect(reviewer.locator("#acts").get_by_text("核实并办结")).to_have_count(0)

    owner.reload()
    expect(owner.get_by_text(REPLY).first).to_be_visible()
    approver = sign_in(platform, "approver")
    open_follow_up(approver, platform, case)
    act(approver, "核实并办结")
    # What identifies her is out already.
    expect(approver.locator("[name=public_comment]")).to_have_value(re.compile("【电话】"))
    approver.get_by_label("满意", exact=True).check()
    approver.fill("[name=note]", "电话回访，对方满意。")
    confirm(approver, "核实并办结")
    expect(approver.get_by_text("已办结").first).to_be_visible()
    assert not WorkItem.objects.filter(kind__startswith="ratings.", state=WorkState.OPEN).exists()

    rate_again(owner)
    read_as_a_stranger(platform)
    use_it_again(owner, platform, case, draft)


def sign_in_as_the_shop(platform: Platform) -> Page:
    page = platform.open(PHONE_SCREEN, "/account/login/")
    page.fill("[name=login]", "owner")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{platform.url}/hall/cases/")
    page.select_option("#capacity", label="澜水面馆")
    page.get_by_role("button", name="切换").click()
    return page


def rate_badly(page: Page, platform: Platform, case: Case) -> None:
    page.goto(f"{platform.url}/hall/cases/{case.public_id}/")
    for _ in range(60):  # the worker delivers the licence
        if page.get_by_text("请您评价").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.locator("#appraisal label.rating-star").first.click()
    page.fill("[name=comment]", COMMENT)
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#follow-up")).to_contain_text("最迟")


def open_follow_up(page: Page, platform: Platform, case: Case) -> None:
    page.goto(f"{platform.url}/desk/ratings/")
    page.locator("tbody tr", has_text=str(case.number)).get_by_role("link").first.click()
    expect(page.locator("#acts")).to_be_visible()


def rate_again(page: Page) -> None:
    page.reload()
    page.locator("#follow-up label.rating-star").nth(3).click()
    page.get_by_role("button", name="提交再次评价").click()
    expect(page.get_by_text("您再次评价了 4 分").first).to_be_visible()


def read_as_a_stranger(platform: Platform) -> None:
    stranger = platform.open(PHONE_SCREEN, "/open/ratings/?show=bad")
    expect(stranger.get_by_text("已整改答复").first).to_be_visible()
    expect(stranger.get_by_text(REPLY).first).to_be_visible()
    words = stranger.inner_text("main")
    assert "王晓岚" not in words
    assert "13900001234" not in words


def use_it_again(page: Page, platform: Platform, case: Case, draft: Case) -> None:
    page.goto(f"{platform.url}/hall/materials/")
    expect(page.get_by_text(str(case.number)).first).to_be_visible()
    page.goto(f"{platform.url}/hall/drafts/{draft.public_id}/materials/")
    page.get_by_role("button", name=re.compile("用上次交的.*premises_plan")).click()
    expect(page.locator(".file-done", has_text="premises_plan.jpg")).to_be_visible()
    assert draft.materials.get().key == "premises_plan"
