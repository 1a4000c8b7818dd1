"""A reviewer finds a case without the mouse: Ctrl K, some letters, an arrow, Enter."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from tests.journeys.test_every_page_is_accessible import AXE, FIND, OVERFLOW, sign_in
from zhengtong.core.search.public import drain


def faults(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8") + "\n;0")
    return [*page.evaluate(FIND), *(["wider than the screen"] if page.evaluate(OVERFLOW) > 0 else [])]


def test_a_case_is_opened_by_keyboard_alone(platform: Platform) -> None:
    case = platform.cast.submitted()
    drain()  # as the worker does every few seconds
    page = platform.open()
    sign_in(page, platform, "reviewer")
    page.goto(f"{platform.url}/desk/")
    box = page.get_by_role("combobox", name="搜索")
    offers = page.get_by_role("listbox")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    box.press_sequentially("lanshui")
    expect(offers.get_by_role("option", name=str(case.number))).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert faults(page) == []

    page.keyboard.press("Escape")
    expect(offers).to_be_hidden()
    expect(box).to_have_value("lanshui")
    page.keyboard.press("ArrowDown")
    first = offers.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/desk/cases/{case.number}/"))

    page.keyboard.press("Control+k")
    box.fill("面馆")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desk/search/"))
    expect(page.locator(".hit mark").first).to_have_text("面馆")
    for screen in (PHONE_SCREEN, DESK_SCREEN):
        page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
        page.goto(f"{platform.url}/desk/search/?q=面馆")
        assert faults(page) == []
