"""A house changes hands: the registration fee is paid on the phone, the licence follows, a part of the fee goes back;
the cashier compares the day."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.cast import PASSWORD, Cast, _organisation, _staff, photo
from tests.journeys.acting import act, async_reload, confirm, sign_in
from tests.journeys.conftest import PHONE_SCREEN, Platform
from tests.test_items_of_the_sectors import fill
from zhengtong.capabilities.cases import public as cases
from zhengtong.core.identity import public as identity
from zhengtong.kernel.policy import SYSTEM

ITEM, ORGAN = "real-estate-transfer", "自然资源和规划局"


@pytest.mark.django_db(transaction=True)
def test_a_fee_is_paid_online_given_back_in_part_and_reconciled(platform: Platform) -> None:
    granted = grant_two_transfers(platform.cast)
    citizen = sign_in_on_the_phone(platform, granted[0])
    number = pay_online(citizen, platform)
    wait_for_the_licence(citizen, platform, granted[0])
    ask_for_a_part_back(citizen, platform)
    approve(platform, number)
    citizen.goto(f"{platform.url}/hall/payments/")
    expect(async_until(citizen, "部分退费")).to_be_visible(timeout=30_000)
    pay_at_the_counter(platform, granted[1])
    reconcile(platform)


def grant_two_transfers(cast: Cast) -> list[cases.Case]:
    """Bring two applications to their grant by the services: what comes before the fee has journeys of its own."""
    region, hall = cast.office.region, cast.office.organisation.parent
    organ = _organisation(region.name + ORGAN, identity.OrganisationKind.DEPARTMENT, region, hall)
    people = {
        role: identity.get_account_actor(_staff(f"{role}-house", role, organ, {role: identity.Reach.OWN}))
        for role in ("reviewer", "approver")
    }
    item = cases.get_item(ITEM)
    assert item is not None
    office = cases.open_office(
        actor=SYSTEM,
        item=item,
        organisation=organ,
        window=cast.office.window,
        address="澄波区滨江路1号",
        hours="9:00—17:00",
        phone="0990-2100001",
        supervision_phone="0990-12345",
    )
    # The organ came after the cast: whom the window serves is asked anew.
    counter = identity.get_account_actor(cast.accounts["counter"])
    granted = []
    for use in ("住宅", "商业"):
        case = cases.start_draft(actor=cast.citizen, office=office, form={})
        definition = cases.get_definition(case.item_version_id)
        form = {**fill(definition), "property_use": use, "certificates": "3"}
        cases.save_draft(actor=cast.citizen, case_id=case.pk, answers=form)
        for spec in definition.materials:
            if spec.is_asked(form):
                cases.attach_file(actor=cast.citizen, case_id=case.pk, key=spec.key, upload=photo(f"{spec.key}.jpg"))
        cases.submit_case(actor=cast.citizen, case_id=case.pk)
        cases.accept_case(actor=counter, case_id=case.pk)
        task = cases.get_open_task(case, cases.TaskNode.REVIEW)
        assert task is not None
        cases.claim_task(actor=people["reviewer"], task_id=task.pk)
        cases.recommend(actor=people["reviewer"], case_id=case.pk, outcome="grant", opinion="权属清楚")
        cases.grant_case(actor=people["approver"], case_id=case.pk, reasons="符合登记条件")
        case.refresh_from_db()
        granted.append(case)
    return granted


def sign_in_on_the_phone(platform: Platform, case: cases.Case) -> Page:
    page = platform.open(PHONE_SCREEN, "/account/login/")
    page.fill("[name=login]", "citizen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{platform.url}/hall/cases/{case.public_id}/")
    # Granted, and told so; the licence itself waits for the fee.
    expect(page.get_by_text("缴清费用后发证").first).to_be_visible()
    expect(page.get_by_role("link", name="准予登记通知书").first).to_be_visible()
    expect(page.get_by_role("link", name="不动产权证书", exact=True)).to_have_count(0)
    return page


def pay_online(page: Page, platform: Platform) -> str:
    """Leave once without paying, then pay; a second tab finds it paid."""
    page.get_by_role("link", name=re.compile("去缴费")).click()
    number = page.get_by_text(re.compile(r"^JK\d+$")).first.inner_text()
    expect(page.locator("h1")).to_contain_text("100元")
    page.get_by_role("button", name=re.compile("网上缴费")).click()
    expect(page.get_by_text("这是测试支付，不会真的扣款")).to_be_visible()
    page.get_by_role("button", name="不支付，返回").click()
    expect(page.get_by_text("还没有收到这笔缴款").first).to_be_visible()
    second = page.context.new_page()
    second.goto(page.url)
    for tab in (page, second):
        tab.get_by_role("button", name=re.compile("网上缴费")).click()
        expect(tab.get_by_role("heading", name="测试支付")).to_be_visible()
    page.get_by_role("button", name="确认支付（测试）").click()
    expect(page.get_by_text("已收到您的缴款").first).to_be_visible()
    expect(page.get_by_text("不是财政电子票据").first).to_be_visible()
    second.get_by_role("button", name="确认支付（测试）").click()
    expect(second.get_by_role("link", name="电子缴款凭证").first).to_be_visible()
    second.close()
    return number


def wait_for_the_licence(page: Page, platform: Platform, case: cases.Case) -> None:
    page.goto(f"{platform.url}/hall/cases/{case.public_id}/")
    licence = async_reload(page, page.get_by_role("link", name="不动产权证书", exact=True))
    expect(licence).to_be_visible()
    expect(page.get_by_text("已缴不动产登记费").first).to_be_visible()


def ask_for_a_part_back(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/hall/payments/")
    page.get_by_role("link", name=re.compile("不动产登记费 100元")).click()
    page.locator("#refund summary").click()
    page.fill("[name=amount]", "200")
    page.fill("[name=reason]", "多申领了两本证书")
    page.get_by_role("button", name="提交退费申请").click()
    expect(page.get_by_text("最多还能退 100.00 元").first).to_be_visible()
    page.fill("[name=amount]", "20")
    page.get_by_role("button", name="提交退费申请").click()
    expect(page.get_by_text("待审批").first).to_be_visible()


def approve(platform: Platform, number: str) -> None:
    page = sign_in(platform, "refund_approver")
    page.goto(f"{platform.url}/desk/cashier/")
    page.get_by_role("link", name="待审批的退费").click()
    page.locator("tbody tr", has_text=number).get_by_role("link").first.click()
    page.get_by_role("link", name="同意退费").first.click()
    page.fill("[name=opinion]", "情况属实")
    confirm(page, "同意退费")
    expect(page.get_by_text("已同意退费").first).to_be_visible()


def async_until(page: Page, words: str) -> Locator:
    """Reload until the worker has carried it out; the deadline is the caller's."""
    for _ in range(40):
        if page.get_by_text(words).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return page.get_by_text(words).first


def pay_at_the_counter(platform: Platform, case: cases.Case) -> None:
    page = sign_in(platform, "counter")
    page.goto(f"{platform.url}/desk/window/cases/{case.number}/")
    act(page, "窗口收费")
    expect(page.get_by_label(re.compile("570元"))).to_be_checked()
    page.get_by_label("窗口刷卡").check()
    page.fill("[name=receipt_number]", "POS-000123")
    confirm(page, "下一步，核对")
    confirm(page, "确认窗口收费")
    expect(page.get_by_text("已收费，缴款凭证已制作")).to_be_visible()


def reconcile(platform: Platform) -> None:
    page = sign_in(platform, "cashier")
    page.goto(f"{platform.url}/desk/cashier/")
    expect(page.get_by_text("应缴财政款").first).to_be_visible()
    page.goto(f"{platform.url}/desk/cashier/days/")
    page.locator("[name=day]").evaluate("field => { field.value = new Date().toLocaleDateString('sv') }")
    confirm(page, "对账")
    expect(page.get_by_text("两边一致，没有差异")).to_be_visible()
