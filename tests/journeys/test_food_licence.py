"""A shop owner gets her 食品经营许可, from registering an account to a stranger who verifies the licence."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.acting import (
    act,
    async_reload,
    confirm,
    fill_section,
    open_case,
    read_code,
    real_pdf,
    real_photo,
    register,
    sign_in,
)
from tests.journeys.conftest import PHONE_SCREEN, Platform
from zhengtong.core.identity.public import make_citizen_number, make_credit_code

OWNER_PHONE = "13912345678"
OWNER_PASSWORD = "lan-shui-mian-guan-7"
OWNER_NAME = "赵秋实"
SHOP = "秋实面馆"
SHOP_CODE = make_credit_code("92", "990102", "MA00QX01")


@pytest.mark.django_db(transaction=True)
def test_a_shop_owner_gets_her_licence(platform: Platform, tmp_path: Path) -> None:
    owner = platform.open(PHONE_SCREEN)
    register(owner, platform, OWNER_PHONE, OWNER_PASSWORD)
    tell_who_she_is(owner)
    start_application(owner)
    fill_in(owner)
    upload_materials(owner, tmp_path)
    number = submit(owner)

    accept_at_the_counter(platform, number)
    review_with_a_site_visit(platform, number)
    grant(platform, number)

    licence = download_licence(owner, number, tmp_path)
    verify_as_a_stranger(platform, licence)
    appraise(owner)
    look_up_progress(platform, number)


def tell_who_she_is(page: Page) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/hall/?q=开面馆")
    page.get_by_role("link", name="食品经营许可（新办）").first.click()
    page.get_by_role("link", name="我要办理").first.click()
    page.get_by_role("link", name="填写我的信息").click()
    page.fill("[name=name]", OWNER_NAME)
    page.fill("[name=id_number]", "990102199002300011")
    page.get_by_role("button", name="保存").click()
    # A birthday that doesn't exist: said next to the field, and nothing typed is lost.
    expect(page.get_by_text("2月30日").first).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value(OWNER_NAME)
    page.fill("[name=id_number]", make_citizen_number("990102", date(1990, 5, 3), 21))
    page.fill("[name=address]", "澄波区滨江路66号")
    page.get_by_role("button", name="保存").click()


def start_application(page: Page) -> None:
    page.get_by_role("link", name="添加我的企业").click()
    page.fill("[name=credit_code]", SHOP_CODE)
    page.fill("[name=name]", SHOP)
    page.get_by_label("法定代表人（负责人）").check()
    page.get_by_role("button", name="添加企业").click()
    if page.get_by_role("button", name=SHOP).count():
        page.get_by_role("button", name=SHOP).first.click()
    page.get_by_label("澄波区").first.check()
    page.get_by_role("button", name="开始填写").click()


def fill_in(page: Page) -> None:
    expect(page.locator("[name=operator_name]")).to_have_value(SHOP)
    expect(page.locator("[name=credit_code]")).to_have_value(SHOP_CODE)
    number = make_citizen_number("990102", date(1990, 5, 3), 21)
    fill_section(page, legal_representative=OWNER_NAME, legal_representative_id=number, residence="澄波区滨江路66号")
    fill_section(page, premises="澄波区滨江路66号1-3号商铺", premises_area="86.5", staff_count="4")
    page.get_by_label("餐饮服务经营者").check()
    page.get_by_label("热食类食品制售").check()
    page.get_by_label("冷食类食品制售").check()
    fill_section(page)
    page.get_by_label("食品安全员").check()
    fill_section(page, safety_manager_name=OWNER_NAME, safety_manager_id=number, safety_manager_phone=OWNER_PHONE)
    expect(page.locator("[name=contact_phone]")).to_have_value(OWNER_PHONE)
    page.get_by_label("只要电子证").check()
    page.locator("[name=is_truthful]").check()
    fill_section(page)


def upload_materials(page: Page, folder: Path) -> None:
    liar = folder / "plan.pdf"
    liar.write_bytes(b"MZ this is a program")
    page.set_input_files("[name=premises_plan]", liar)
    expect(page.get_by_text("内容却是可执行程序").first).to_be_visible()
    for key, path in (
        ("business_licence", real_photo(folder / "business.jpg")),
        ("premises_plan", real_pdf(folder / "布局图.pdf")),
        ("safety_rules", real_pdf(folder / "制度清单.pdf")),
        ("health_certificates", real_photo(folder / "健康证.jpg")),
    ):
        page.set_input_files(f"[name={key}]", path)
        expect(page.locator(".file-done", has_text=path.name)).to_be_visible()
    fill_section(page)


def submit(page: Page) -> str:
    page.get_by_role("button", name="提交申请").dblclick()
    expect(page.get_by_text(re.compile(r"AL-\d{4}-\d{6}")).first).to_be_visible()
    found = re.search(r"AL-\d{4}-\d{6}", page.inner_text("main"))
    assert found
    return found[0]


def accept_at_the_counter(platform: Platform, number: str) -> None:
    page = sign_in(platform, "counter")
    open_case(page, platform, number, "/desk/window/", SHOP)
    # What identifies a person is covered until a reason is given.
    expect(page.get_by_text(OWNER_PHONE)).to_have_count(0)
    act(page, "受理")
    page.locator("dialog[open]").get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("已受理").first).to_be_visible()
    page.context.close()


def review_with_a_site_visit(platform: Platform, number: str) -> None:
    page = sign_in(platform, "reviewer")
    open_case(page, platform, number, "/desk/?scope=office", SHOP)
    act(page, "领办")
    act(page, "安排现场核查")
    page.get_by_label("林国栋").check()
    confirm(page, "安排现场核查")
    # One officer is not enough (行政许可法 第三十四条).
    expect(page.get_by_text(re.compile("2 名以上|两名")).first).to_be_visible()
    page.get_by_label("林国栋").check()
    page.get_by_label("何志刚").check()
    page.fill("[name=planned_at]", f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}")
    confirm(page, "安排现场核查")
    act(page, "记录核查结果")
    page.get_by_label("符合要求", exact=True).check()
    page.fill("[name=findings]", "布局与图纸一致，设施齐全")
    confirm(page, "记录核查结果")
    act(page, "提出审查意见")
    page.locator("[name=outcome]").first.check()
    page.fill("[name=opinion]", "材料齐全，现场符合要求，建议准予")
    confirm(page, "提出审查意见")
    expect(page.get_by_text("等待作出决定").first).to_be_visible()
    page.context.close()


def grant(platform: Platform, number: str) -> None:
    page = sign_in(platform, "approver")
    open_case(page, platform, number, "/desk/?scope=office", SHOP)
    act(page, "准予许可")
    page.fill("[name=reasons]", "符合法定条件")
    confirm(page, "下一步，核对")
    confirm(page, "确认准予许可")
    expect(page.get_by_text("准予许可").first).to_be_visible()
    page.context.close()


def download_licence(page: Page, number: str, folder: Path) -> Path:
    page.goto(page.url.replace("receipt/", ""))
    # The worker makes the papers and delivers them.
    link = page.get_by_role("link", name=re.compile("下载.*食品经营许可证"))
    expect(async_reload(page, link)).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        link.first.click()
    path = folder / "licence.pdf"
    download.value.save_as(path)
    text = PdfReader(path).pages[0].extract_text()
    assert SHOP in text.replace("\n", "")
    assert "JY2990102" in text
    return path


def verify_as_a_stranger(platform: Platform, licence: Path) -> None:
    address = read_code(licence)
    assert address.startswith(f"{platform.url}/verify/")
    stranger = platform.open(PHONE_SCREEN)
    stranger.goto(address)
    expect(stranger.get_by_text("真实、有效").first).to_be_visible()
    expect(stranger.get_by_text(SHOP).first).to_be_visible()
    expect(stranger.get_by_text(OWNER_NAME)).to_have_count(0)
    stranger.set_input_files("input[type=file]", licence)
    stranger.get_by_role("button", name="核对文件").click()
    expect(stranger.get_by_text("一字不差").first).to_be_visible()
    forged = licence.with_name("forged.pdf")
    forged.write_bytes(licence.read_bytes().replace(b"%%EOF", b"%%EOF "))
    stranger.goto(address)
    stranger.set_input_files("input[type=file]", forged)
    stranger.get_by_role("button", name="核对文件").click()
    expect(stranger.get_by_text("一字不差").and_(stranger.locator(".notice-success *"))).to_have_count(0)
    stranger.goto(f"{platform.url}/hall/publicity/?q={SHOP}")
    expect(stranger.get_by_text(SHOP).first).to_be_visible()
    stranger.context.close()


def appraise(page: Page) -> None:
    page.get_by_label("非常满意").check()
    page.fill("[name=comment]", "一次都没跑，很快")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("5 分").first).to_be_visible()


def look_up_progress(platform: Platform, number: str) -> None:
    passer_by = platform.open(PHONE_SCREEN, "/hall/progress/")
    passer_by.fill("[name=number]", number)
    passer_by.fill("[name=phone_tail]", "0000")
    passer_by.get_by_role("button", name="查询").last.click()
    expect(passer_by.get_by_text("已办结")).to_have_count(0)
    passer_by.fill("[name=number]", number)
    passer_by.fill("[name=phone_tail]", OWNER_PHONE[-4:])
    passer_by.get_by_role("button", name="查询").last.click()
    expect(passer_by.get_by_text("已办结").first).to_be_visible()
    passer_by.context.close()
