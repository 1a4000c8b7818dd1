"""A shop owner gets her 食品经营许可, from registering an account to a stranger who verifies the licence."""

import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone  # noqa: F401
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader, PdfWriter

from tests.cast import ITEM, PASSWORD
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from zhengtong.core.identity.public import make_citizen_number, make_credit_code

OWNER_PHONE = "13912345678"
OWNER_PASSWORD = "lan-shui-mian-guan-7"
OWNER_NAME = "赵秋实"
SHOP = "秋实面馆"
SHOP_CODE = make_credit_code("92", "990102", "MA00QX01")


@pytest.mark.django_db(transaction=True)
def test_a_shop_owner_gets_her_licence(platform: Platform, tmp_path: Path) -> None:
    owner = platform.open(PHONE_SCREEN)
    register(owner, platform)
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


def register(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/account/signup/")
    page.fill("[name=phone]", OWNER_PHONE)
    page.fill("[name=password1]", OWNER_PASSWORD)
    page.click("main button[type=submit]")
    inbox = page.context.new_page()
    inbox.goto(f"{platform.url}/demo/inbox/")
    # The worker delivers the text, and the inbox refreshes by itself.
    text = inbox.get_by_text(re.compile(r"验证码\d{6}")).first
    expect(text).to_be_visible(timeout=30_000)
    found = re.search(r"验证码(\d{6})", text.inner_text())
    assert found
    inbox.close()
    page.fill("[name=code]", found[1])
    page.click("main form:has([name=code]) button[type=submit]")
    expect(page.get_by_text("退出").or_(page.get_by_text("我的")).first).to_be_attached()


def tell_who_she_is(page: Page) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + f"/hall/?q=开面馆")
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


def fill_section(page: Page, **values: str) -> None:
    for key, value in values.items():
        page.fill(f"[name={key}]", value)
    before = page.url
    page.locator("main form button[type=submit].button-large").first.click()
    page.wait_for_url(lambda url: url != before)


def real_pdf(path: Path) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(path)
    return path


def real_photo(path: Path) -> Path:
    content = io.BytesIO()
    Image.new("RGB", (1200, 900), (230, 226, 214)).save(content, "JPEG")
    path.write_bytes(content.getvalue())
    return path


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
        expect(page.get_by_text(path.name).first).to_be_visible()
    fill_section(page)


def submit(page: Page) -> str:
    page.get_by_role("button", name="提交申请").dblclick()
    expect(page.get_by_text(re.compile(r"AL-\d{4}-\d{6}")).first).to_be_visible()
    found = re.search(r"AL-\d{4}-\d{6}", page.inner_text("main"))
    assert found
    return found[0]


def sign_in(platform: Platform, username: str) -> Page:
    page = platform.open(DESK_SCREEN, "/account/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    return page


def accept_at_the_counter(platform: Platform, number: str) -> None:
    raise NotImplementedError


def review_with_a_site_visit(platform: Platform, number: str) -> None:
    raise NotImplementedError(timedelta)


def grant(platform: Platform, number: str) -> None:
    raise NotImplementedError


def download_licence(page: Page, number: str, folder: Path) -> Path:
    raise NotImplementedError(PdfReader, ITEM)


def verify_as_a_stranger(platform: Platform, licence: Path) -> None:
    raise NotImplementedError


def appraise(page: Page) -> None:
    raise NotImplementedError


def look_up_progress(platform: Platform, number: str) -> None:
    raise NotImplementedError
