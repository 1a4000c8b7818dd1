"""A registrar brings a spreadsheet: sees what it would do, mends what is refused, confirms, finds it all again."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection, transaction
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.cast import PASSWORD, PERSON
from tests.cast import _staff as staff_account
from tests.journeys.conftest import Platform
from zhengtong.capabilities.registers.public import Enterprise, register_enterprise
from zhengtong.core.identity.public import Organisation, Reach, make_credit_code
from zhengtong.kernel.policy import SYSTEM

LIST = "/desk/registers/enterprises/"
REGISTRAR = "周登记"
OFFICE_CODE = make_credit_code("11", "990102", "00000001")
PATIENCE = 60_000


def code(number: int) -> str:
    return make_credit_code("91", "990102", f"MA{number:06d}")


def spoil(text: str) -> str:
    """Return a code with another check digit than its own."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


@pytest.fixture
def known(platform: Platform) -> Enterprise:
    """An office with its registrar, and an enterprise that is registered already."""
    organ = Organisation.objects.get(name="澄波区人民政府")
    Organisation.objects.filter(pk=organ.pk).update(credit_code=OFFICE_CODE)
    staff_account("registrar", REGISTRAR, organ, {"enterprise_registrar": Reach.SUBTREE})
    return register_enterprise(
        actor=SYSTEM,
        credit_code=code(1),
        name="澜水老面馆",
        kind="limited",
        representative_name="王晓岚",
        representative_number=PERSON,
        address="滨江路1号",
        region=organ.region,
        established_date=date(2020, 1, 5),
        business_scope="餐饮服务",
        registrar=organ,
    )


def cells(number: int, **changes: str) -> dict[str, str]:
    """Return a row by its headings."""
    return {
        "统一社会信用代码": code(number),
        "名称": f"望江{number}号茶馆",
        "类型": "个体工商户",
        "法定代表人（经营者）": "李秋",
        "住所（经营场所）": f"望江街{number}号",
        "行政区划": "990102",
        "登记状态": "存续",
        "成立日期": "2026-01-05",
        "经营范围": "茶馆服务",
        "登记机关": OFFICE_CODE,
        **changes,
    }


def read_table(content: bytes) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


def write_table(path: Path, headings: list[str], rows: list[dict[str, str]]) -> Path:
    """Write a workbook as people make it: every cell text, under the template's headings."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, 1):
        for place, heading in enumerate(headings):
            sheet.write_string(number, place, row.get(heading.rstrip("*"), ""))
    book.close()
    return path


def download(page: Page, words: str) -> bytes:
    with page.expect_download() as taken:
        page.get_by_role("link", name=words).click()
    return Path(taken.value.path()).read_bytes()


def sign_in(platform: Platform) -> Page:
    page = platform.open(path="/account/login/")
    page.fill("[name=login]", "registrar")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    return page


def upload(page: Page, platform: Platform, path: Path) -> None:
    page.goto(f"{platform.url}{LIST}import/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url("**/import/*-*/")


def figure(page: Page, word: str) -> Any:
    return page.locator("#import-run .figure", has_text=word).first


@contextmanager
def nobody_may_write() -> Iterator[None]:
    """Hold the register as a backup would: whoever writes to it waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Enterprise._meta.db_table} IN SHARE MODE")
        yield


@pytest.mark.django_db(transaction=True)
def test_a_registrar_imports_enterprises(platform: Platform, known: Enterprise, tmp_path: Path) -> None:
    page = sign_in(platform)
    page.goto(f"{platform.url}{LIST}import/")
    headings = read_table(download(page, "下载模板"))[0]
    changed = cells(1, 名称="澜水老面馆", 类型="有限责任公司", 经营范围="餐饮服务", 成立日期="2020-01-05")
    changed |= {"法定代表人（经营者）": "王晓岚", "住所（经营场所）": "滨江路66号"}
    bad = [cells(6, 统一社会信用代码="3.30102E+17"), cells(7, 统一社会信用代码=spoil(code(7)))]

    upload(page, platform, write_table(tmp_path / "first.xlsx", headings, [*map(cells, (2, 3, 4)), changed, *bad]))
    expect(page.get_by_role("heading", name="退回 2 行")).to_be_visible(timeout=PATIENCE)
    for word, number in (("新增", "3"), ("修改", "1"), ("退回", "2")):
        expect(figure(page, word)).to_contain_text(number)
    expect(page.locator("del")).to_have_text("滨江路1号")
    expect(page.locator("ins")).to_have_text("滨江路66号")
    refused = page.get_by_role("region", name="退回的行")
    expect(refused).to_contain_text("被表格软件变成了科学计数")
    expect(refused).to_contain_text(spoil(code(7)))
    assert Enterprise.objects.count() == 1

    table = read_table(download(page, "下载退回的行"))
    rows = [dict(zip((title.rstrip("*") for title in table[0]), row, strict=True)) for row in table[1:]]
    assert "问题" in rows[0]
    page.get_by_role("button", name="确认导入 4 行，退回的 2 行不导入").click()
    expect(page.get_by_text("新增 3 行，修改 1 行")).to_be_visible(timeout=PATIENCE)
    assert Enterprise.objects.count() == 4

    for row, right in zip(rows, (code(6), code(7)), strict=True):
        row["统一社会信用代码"] = right
    upload(page, platform, write_table(tmp_path / "mended.xlsx", table[0], rows))
    page.get_by_role("button", name="确认导入 2 行").click(timeout=PATIENCE)
    expect(page.get_by_text("新增 2 行，修改 0 行")).to_be_visible(timeout=PATIENCE)

    page.goto(f"{platform.url}{LIST}?q=望江7号")
    page.locator("tbody tr", has_text="望江7号茶馆").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("望江街7号")
    expect(page.locator("main")).to_contain_text(REGISTRAR)
    page.goto(f"{platform.url}{LIST}{known.pk}/")
    expect(page.locator("main")).to_contain_text(REGISTRAR)
    expect(page.locator("main")).to_contain_text("滨江路66号")


@pytest.mark.django_db(transaction=True)
def test_an_import_cancelled_half_way_did_nothing(platform: Platform, known: Enterprise, tmp_path: Path) -> None:
    page = sign_in(platform)
    page.goto(f"{platform.url}{LIST}import/")
    headings = read_table(download(page, "下载模板"))[0]
    upload(page, platform, write_table(tmp_path / "many.xlsx", headings, [cells(number) for number in range(2, 502)]))
    expect(page.get_by_role("button", name="确认导入 500 行")).to_be_visible(timeout=PATIENCE)
    with nobody_may_write():
        page.get_by_role("button", name="确认导入 500 行").click()
        expect(page.get_by_text("要么全部写入，要么一行也不写")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        page.get_by_role("button", name="取消导入").click()
        expect(page.get_by_text("正在取消，已做的会全部撤回")).to_be_visible()
    expect(page.get_by_text("已取消，什么也没有写入")).to_be_visible(timeout=PATIENCE)
    assert list(Enterprise.objects.all()) == [known]
    page.goto(f"{platform.url}{LIST}?q=望江")
    expect(page.locator("main")).not_to_contain_text("望江2号茶馆")
