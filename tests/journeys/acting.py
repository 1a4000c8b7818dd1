"""What people of several journeys do: register, sign in, open a case, act on it, photograph papers, read a code."""

import io
import re
import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfWriter

from tests.cast import PASSWORD
from tests.journeys.conftest import DESK_SCREEN, Platform


def register(page: Page, platform: Platform, phone: str, password: str) -> None:
    """Make an account with a phone, its code read from the demo's inbox."""
    page.goto(f"{platform.url}/account/signup/")
    page.fill("[name=phone]", phone)
    page.fill("[name=password1]", password)
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


def fill_section(page: Page, **values: str) -> None:
    """Fill in a page of the application and go on."""
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


def sign_in(platform: Platform, username: str) -> Page:
    """Return the workbench of a member of staff in a browser of her own."""
    page = platform.open(DESK_SCREEN, "/account/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    return page


def act(page: Page, name: str) -> None:
    """Press an act's button on the case page, out of the menu when it isn't the main one."""
    acts = page.locator("#acts")
    main = acts.get_by_role("button", name=name, exact=True).or_(acts.get_by_role("link", name=name, exact=True)).first
    if not main.is_visible():
        acts.get_by_text("更多", exact=True).click()
    main.click()


def confirm(page: Page, name: str) -> None:
    """Press the button of a form or dialog."""
    page.locator("main, dialog[open]").get_by_role("button", name=name, exact=True).last.click()


def read_code(licence: Path) -> str:
    """Return what a phone's camera reads off the printed licence, by poppler and zxing."""
    picture = licence.with_suffix("")
    subprocess.run(["pdftoppm", "-png", "-r", "150", "-singlefile", str(licence), str(picture)], check=True)
    codes = zxingcpp.read_barcodes(Image.open(picture.with_suffix(".png")))
    return str(codes[0].text)


def async_reload(page: Page, link: Locator) -> Locator:
    """Reload the case until it was delivered, as a person who waits does; the deadline is the last one's."""
    for _ in range(60):
        if page.get_by_text("请您评价").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return link.first


def open_case(page: Page, platform: Platform, number: str, list_path: str, says: str) -> None:
    page.goto(platform.url + list_path)
    page.locator("tbody tr", has_text=number).get_by_role("link").first.click()
    expect(page.get_by_text(says).first).to_be_visible()
