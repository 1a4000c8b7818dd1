"""Nobody needs a mouse: keys lead through the hall and the workbench, the tour, dialogs and reading aloud."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.cast import ITEM
from tests.journeys.conftest import DESK_SCREEN, PHONE_SCREEN, Platform
from tests.journeys.test_every_page_is_accessible import AXE, FIND, OVERFLOW, sign_in

# A voice that keeps what it was given to say; it goes on when the test lets it. The machine of the tests has none.
VOICE = """(() => {
    const said = [], voices = [{lang: "zh-CN", localService: true, name: "tests"}];
    let current = null;
    const synthesis = {
        getVoices: () => voices,
        addEventListener: () => {},
        speak: (utterance) => { said.push(utterance.text); current = utterance; },
        cancel: () => { current = null; },
    };
    window.said = said;
    window.finishSentence = () => { const done = current; current = null; done?.onend(); };
    Object.defineProperty(window, "speechSynthesis", {value: synthesis});
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
})()"""
FOCUS_IS_SEEN = """() => {
    const style = getComputedStyle(document.activeElement);
    const isDrawn = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
    return document.activeElement !== document.body && isDrawn;
}"""


def faults(page: Page) -> list[Any]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8") + "\n;0")
    return [*page.evaluate(FIND), *(["wider than the screen"] if page.evaluate(OVERFLOW) > 0 else [])]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_find_the_way_through_the_hall(platform: Platform) -> None:
    page = platform.open()
    press(page, "Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, "/")
    search = page.get_by_role("combobox", name="要办的事")
    expect(search).to_be_focused()
    page.keyboard.type("?开饭店")
    expect(search).to_have_value("?开饭店")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.goto(f"{platform.url}/hall/help/")
    for _ in range(12):
        press(page, "Tab")
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("() => document.activeElement.outerHTML")

    page.goto(f"{platform.url}/hall/items/{ITEM}/")
    link = page.get_by_role("link", name="我要办理").first
    link.focus()
    press(page, "?")
    keys = page.get_by_role("dialog", name="键盘快捷键")
    expect(keys).to_be_visible()
    assert faults(page) == []
    for _ in range(6):
        press(page, "Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    press(page, "Escape")
    expect(keys).to_be_hidden()
    expect(link).to_be_focused()


def test_keys_of_one_letter_can_be_switched_off(platform: Platform) -> None:
    page = platform.open()
    press(page, "?")
    page.get_by_role("checkbox", name="使用单个字母的快捷键").focus()
    press(page, "Space", "Escape", "/")
    expect(page.get_by_role("combobox", name="要办的事")).not_to_be_focused()
    page.reload()
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, "Control+k")
    expect(page.get_by_role("combobox", name="要办的事")).to_be_focused()


def test_work_through_the_list(platform: Platform) -> None:
    case = platform.cast.reviewing()
    page = platform.open()
    sign_in(page, platform, "reviewer")
    page.goto(f"{platform.url}/desk/")
    press(page, "j")
    row = page.locator("tr.row-current")
    expect(row).to_contain_text(str(case.number))
    press(page, "x")
    expect(row.get_by_role("checkbox")).to_be_checked()
    press(page, "x", "k", "Enter")
    page.wait_for_url(re.compile(f"/desk/cases/{case.number}/"))

    person = page.locator("summary.desk-person")
    person.focus()
    press(page, "Enter", "Tab")
    entry = page.locator(".desk-header .menu-item").first
    expect(entry).to_be_focused()
    press(page, "Escape")
    expect(entry).to_be_hidden()
    expect(person).to_be_focused()

    page.set_viewport_size(PHONE_SCREEN)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
    toggle = page.locator(".desk-toggle")
    toggle.focus()
    press(page, "Enter")
    expect(page.locator("#desk-nav ul a").first).to_be_focused()
    assert faults(page) == []
    press(page, "Escape")
    expect(toggle).to_be_focused()
    expect(page.locator("#desk-nav")).to_be_hidden()


def test_be_shown_around_once(platform: Platform) -> None:
    page = platform.open()
    sign_in(page, platform, "counter")
    for screen in (DESK_SCREEN, PHONE_SCREEN):
        page.set_viewport_size(screen)  # type: ignore[arg-type]  # a plain dict is a ViewportSize
        page.goto(f"{platform.url}/desk/?tour=again")
        dialog = page.get_by_role("dialog", name="待办：轮到您的任务")
        expect(dialog).to_be_visible()
        assert faults(page) == []
        press(page, "ArrowRight")
        expect(page.get_by_role("dialog", name="窗口受理：收件和发证")).to_be_visible()
        card = page.locator(".tour-card").bounding_box()
        assert card is not None
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= screen["width"]
        assert card["y"] + card["height"] <= screen["height"]
        press(page, "ArrowLeft")
        expect(dialog).to_be_visible()
        with page.expect_response(re.compile("/look/tour/")) as kept:
            press(page, "Escape")
        assert kept.value.status == 204
        expect(page.get_by_role("dialog")).to_be_hidden()
    page.goto(f"{platform.url}/desk/")
    expect(page.get_by_role("button", name="开始引导")).to_be_hidden()
    page.goto(f"{platform.url}/desk/help/")
    page.get_by_role("link", name="再看一遍引导").focus()
    press(page, "Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_stranger_declines_the_tour_in_this_browser(platform: Platform) -> None:
    page = platform.open(PHONE_SCREEN)
    start, decline = page.get_by_role("button", name="开始引导"), page.get_by_role("button", name="不用了")
    expect(start).to_be_visible()
    start.focus()
    press(page, "Enter")
    expect(page.get_by_role("dialog", name="先搜要办的事")).to_be_visible()
    press(page, "Escape")
    expect(start).to_be_hidden()
    page.reload()
    expect(decline).to_be_hidden()
    another = platform.open(PHONE_SCREEN)
    another.get_by_role("button", name="不用了").press("Enter")
    another.reload()
    expect(another.get_by_role("button", name="不用了")).to_be_hidden()


def test_have_the_page_read_aloud(platform: Platform) -> None:
    page = platform.open()
    page.add_init_script(VOICE)
    page.goto(f"{platform.url}/hall/help/")
    button = page.get_by_role("button", name="朗读")
    press(page, "Alt+r")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".read-now")).to_have_text("帮助与无障碍")
    assert faults(page) == []
    page.evaluate("() => finishSentence()")
    expect(page.locator(".read-now")).to_have_text("怎样办一件事")
    press(page, "Alt+r")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="快些").press("Enter")
    page.get_by_role("button", name="继续").press("Enter")
    expect(page.get_by_role("region", name="朗读")).to_contain_text("1.25×")
    assert page.evaluate("() => said")[:2] == ["帮助与无障碍", "怎样办一件事"]
    press(page, "Escape")
    expect(page.get_by_role("region", name="朗读")).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.locator(".read-now")).to_have_count(0)

    # A field is read with what it asks for, never with what was typed.
    page.goto(f"{platform.url}/hall/progress/")
    page.locator("main input[type=text], main input:not([type])").first.fill("AL-2026-000123")
    press(page, "Alt+r")
    field = page.locator("main input:visible").last
    label = field.evaluate("(input) => input.labels[0].innerText.slice(0, 4)")
    field.focus()
    said = page.evaluate("() => said")
    assert any(label in sentence for sentence in said[-3:]), said
    assert not any("AL-2026-000123" in sentence for sentence in said)


def test_without_a_voice_a_sentence_says_so(platform: Platform) -> None:
    page = platform.open(PHONE_SCREEN)
    page.get_by_role("button", name="朗读").press("Enter")
    expect(page.get_by_text("这个浏览器没有中文语音")).to_be_visible()
    expect(page.get_by_role("button", name="朗读")).to_be_hidden()
    assert faults(page) == []


def test_a_request_that_fails_is_tried_again(platform: Platform) -> None:
    page = platform.open()
    fails = [True]

    def answer(route: Route) -> None:
        if fails.pop() if fails else False:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route(re.compile("/hall/suggest/"), answer)
    page.get_by_role("combobox", name="要办的事").press_sequentially("开面馆")
    again = page.get_by_role("button", name="重试")
    expect(page.get_by_role("alert")).to_contain_text("系统暂时没有办成这一步")
    again.press("Enter")
    expect(page.locator("#suggestions a").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.context.set_offline(True)
    expect(page.get_by_text("网络已断开")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("网络已断开")).to_be_hidden()
