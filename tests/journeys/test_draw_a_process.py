"""A clerk draws a process: by dragging, and without; mends what is found, tries it, publishes it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acting import sign_in
from tests.journeys.conftest import Platform
from tests.journeys.test_every_page_is_accessible import AXE, faults
from zhengtong.capabilities.workflow.public import Process, VersionStatus, get_graph, get_live_version

pytestmark = pytest.mark.django_db(transaction=True)
READY = "[data-designer-ready]"


def begin(page: Page, platform: Platform, name: str, code: str) -> None:
    page.goto(f"{platform.url}/desk/processes/new/")
    page.fill("[name=name]", name)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="开始画").click()
    page.locator(READY).wait_for()


def saved(page: Page) -> None:
    expect(page.locator("[data-save-status]")).to_have_text(re.compile(r"已于 \d\d:\d\d 保存"))


def drag(page: Page, kind: str, x: int, y: int) -> None:
    """Drag an entry of the palette to a place on the canvas."""
    entry = page.locator(f".djs-palette [data-action='create.{kind}']").bounding_box()
    canvas = page.locator("[data-canvas]").bounding_box()
    assert entry
    assert canvas
    page.mouse.move(entry["x"] + 20, entry["y"] + 12)
    page.mouse.down()
    page.mouse.move(canvas["x"] + x - 12, canvas["y"] + y - 12, steps=6)
    page.mouse.move(canvas["x"] + x, canvas["y"] + y, steps=4)
    page.mouse.up()


def panel(page: Page, label: str) -> None:
    """Expect the panel to show the properties of what was chosen."""
    expect(page.locator("[data-properties] [data-key=name]")).to_have_value(label)


def write(page: Page, key: str, value: str) -> None:
    """Click into a box of the panel, as a person does after drawing, and type."""
    box = page.locator(f"[data-properties] [data-key={key}]")
    box.click()
    box.fill(value)
    box.press("Tab")
    expect(box).to_have_value(value)


def test_draw_mend_try_and_publish(platform: Platform, tmp_path: Path) -> None:
    page = sign_in(platform, "process_compiler")
    begin(page, platform, "餐饮许可审查", "food-review")
    expect(page.locator("[data-findings]")).to_have_text("没有发现问题。")

    # A second review is drawn for large premises; nothing leads to it yet.
    drag(page, "review", 560, 420)
    panel(page, "办理环节")
    write(page, "name", "现场复查")
    write(page, "days", "3")
    write(page, "outcomes", "合格,不合格")
    finding = page.locator("[data-findings] button", has_text="“现场复查”从开始走不到")
    expect(finding).to_be_visible()
    saved(page)
    assert page.locator(".djs-element.has-error[data-element-id=step_3]").count() == 1

    # The first review is followed by a branch; a click on the finding goes back to what it names.
    page.locator("[data-element-id=step_1] .djs-hit").first.click()
    panel(page, "审查")
    page.select_option("[data-key=append-kind]", "branch")
    page.click("[data-key=append]")
    panel(page, "")
    write(page, "name", "面积大吗")
    page.select_option("[data-key=connect-to]", "step_3")
    page.click("[data-key=connect]")
    expect(page.locator("[data-key=default]")).to_be_visible()
    page.select_option("[data-key=default]", label="到复核")
    condition = page.locator("[data-properties] textarea")
    condition.fill("form.area >")
    expect(page.locator(".process-condition .process-verdict")).to_have_attribute("data-tone", "danger")
    condition.fill("form.area > 200")
    expect(page.locator(".process-condition .process-verdict")).to_have_text("写得对。")
    page.keyboard.press("Tab")
    saved(page)
    page.locator("[data-findings] button", has_text="现场复查").first.click()
    panel(page, "现场复查")
    page.select_option("[data-key=connect-to]", "end_1")
    page.click("[data-key=connect]")
    expect(page.locator("[data-findings]")).not_to_contain_text("错误")
    saved(page)
    with page.expect_download() as file:
        page.get_by_role("button", name="BPMN", exact=True).click()
    assert 'zt:days="3"' in Path(file.value.path()).read_text("utf-8")
    assert page.locator(".bjs-powered-by").is_visible()

    # A trial with a large area goes past the new step, one with a small area doesn't.
    page.get_by_role("link", name="模拟").click()
    page.fill("[name='given-form.area']", "300")
    page.get_by_role("button", name="走一遍").click()
    expect(page.locator("#trace")).to_contain_text("现场复查")
    expect(page.locator("#trace")).to_contain_text("走到了结束。")
    expect(page.locator(".djs-element.is-passed[data-element-id=step_3]")).to_be_attached()
    page.fill("[name='given-form.area']", "90")
    page.get_by_role("button", name="走一遍").click()
    expect(page.locator("#trace")).to_contain_text("复核")
    expect(page.locator("#trace")).not_to_contain_text("现场复查")

    page.goto(f"{platform.url}/desk/processes/food-review/publish/")
    page.get_by_role("button", name="确认发布").click()
    expect(page.get_by_text("第1版已发布，")).to_be_visible()
    live = get_live_version("food-review")
    assert live is not None
    assert get_graph(live).nodes["step_3"].spec.days == 3

    # The second version says what it changes.
    page.goto(f"{platform.url}/desk/processes/food-review/design/")
    page.locator(READY).wait_for()
    page.locator("[data-element-id=step_3] .djs-hit").first.click()
    page.fill("[data-properties] [data-key=days]", "5")
    page.keyboard.press("Tab")
    saved(page)
    page.get_by_role("link", name="发布", exact=True).click()
    expect(page.get_by_text("“现场复查”的办理天数由“3”改为“5”。")).to_be_visible()
    page.get_by_role("button", name="确认发布").click()
    expect(page.get_by_text("第2版已发布，")).to_be_visible()
    base = f"{platform.url}/desk/processes/food-review/"
    addresses = ("../", "", "design/", "simulate/", "versions/2/", "migrate/?from=1&to=2", "heat/")
    page.context.add_init_script(path=AXE)
    assert [fault for each in addresses for fault in faults(page, base + each)] == []
    page.context.close()


def test_what_was_typed_is_kept_though_another_step_is_clicked(platform: Platform) -> None:
    page = sign_in(platform, "process_compiler")
    begin(page, platform, "审查流程", "typed-review")
    page.locator("[data-element-id=step_1] .djs-hit").first.click()
    panel(page, "审查")
    page.fill("[data-properties] [data-key=name]", "材料审查")
    # The panel is made anew while the box still has the focus.
    page.evaluate("document.querySelector('[data-element-id=step_2] .djs-hit').scrollIntoView()")
    page.locator("[data-element-id=step_2] .djs-hit").first.click()
    panel(page, "复核")
    saved(page)
    page.reload()
    page.locator("[data-element-id=step_1] .djs-hit").first.click()
    panel(page, "材料审查")
    page.context.close()


def test_draw_by_keyboard_in_the_table(platform: Platform) -> None:
    page = sign_in(platform, "process_compiler")
    begin(page, platform, "开店备案审查", "filing-review")
    page.get_by_role("button", name="表格").press("Enter")
    page.locator("[data-steps]").get_by_role("button", name="审查").press("Enter")
    panel(page, "审查")
    expect(page.locator("[data-properties] [data-key=name]")).to_be_focused()
    page.locator("[data-key=append]").press("Enter")
    panel(page, "办理环节")
    expect(page.locator("[data-properties] [data-key=name]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("核对材料")
    page.keyboard.press("Tab")
    expect(page.locator("[data-steps] tr")).to_have_count(5)
    expect(page.locator("[data-steps] tr", has=page.get_by_role("button", name="核对材料"))).to_contain_text("复核")
    saved(page)
    # Undone and done again.
    page.get_by_role("button", name="撤销").press("Enter")
    expect(page.locator("[data-steps]")).not_to_contain_text("核对材料")
    page.get_by_role("button", name="重做").press("Enter")
    expect(page.locator("[data-steps]")).to_contain_text("核对材料")
    saved(page)
    draft = Process.objects.get(code="filing-review").versions.get(status=VersionStatus.DRAFT)
    assert "核对材料" in draft.bpmn
    assert draft.findings == []
    page.context.close()
