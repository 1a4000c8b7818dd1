"""The wall stays open for a day: it doesn't grow, says when it stands still, and goes on by itself."""

from itertools import count

import pytest
from playwright.sync_api import Page, Route, expect

from tests.cast import PASSWORD
from tests.journeys.conftest import Platform
from zhengtong.capabilities.supervision import public as supervision

WALL = "/desk/supervision/wall/"
FULL_HD = {"width": 1920, "height": 1080}
A_DAY_IN_SHORT = 600
QUICK = "0.005"
COUNT_NODES = """() => {
  const walker = document.createTreeWalker(document.querySelector("[data-wall-figures]"));
  let count = 0;
  while (walker.nextNode()) count += 1;
  return count;
}"""


@pytest.fixture
def wall(platform: Platform) -> Page:
    page = platform.open(FULL_HD, "/account/login/")
    page.fill("[name=login]", "supervisor")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    page.goto(platform.url + WALL)
    return page


def hasten(page: Page, url: str) -> None:
    """Open the page anew with the interval of a test: what it does in a day, it then does in a minute."""

    def shorten(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-every="10"', f'data-every="{QUICK}"'))

    page.route(url, shorten)
    page.goto(url)


def refreshed(page: Page) -> int:
    return int(page.locator("[data-wall]").get_attribute("data-refreshed") or 0)


def wait_for_refreshes(page: Page, count: int) -> None:
    wanted = refreshed(page) + count
    page.wait_for_function(
        "wanted => Number(document.querySelector('[data-wall]').dataset.refreshed || 0) >= wanted",
        arg=wanted,
        timeout=60_000,
    )


def measure(page: Page) -> dict[str, float]:
    """Return what the page holds after the rubbish is gone: nodes, listeners, bytes."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    return {name: found[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}


def test_it_grows_neither_in_nodes_nor_in_memory(platform: Platform, wall: Page) -> None:
    hasten(wall, platform.url + WALL)
    # Every answer differs, so that the figures are really replaced each time.
    figures = wall.request.get(f"{platform.url}{WALL}figures/")
    text, headers, answers = figures.text(), figures.headers, count()
    assert text.count("<section") == 9

    def vary(route: Route) -> None:
        route.fulfill(
            body=text.replace("wall-when", f"wall-when n{next(answers)}", 1),
            headers={"X-Wall-Version": headers["x-wall-version"]},
        )

    wall.route("**/wall/figures/", vary)
    wait_for_refreshes(wall, 50)
    before = measure(wall)
    wait_for_refreshes(wall, A_DAY_IN_SHORT)
    after = measure(wall)
    # The figures before these may not be gone yet and the next ones be on their way; six hundred would show.
    assert after["Nodes"] <= before["Nodes"] * 1.05 + 2 * wall.evaluate(COUNT_NODES)
    assert after["JSEventListeners"] <= before["JSEventListeners"]
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.1 + 200_000
    assert wall.locator("[data-wall-figures] section").count() == 9
    expect(wall.locator("[data-wall-stale]")).to_be_hidden()
    assert platform.complaints == []


def test_it_shows_what_is_done_elsewhere(platform: Platform, wall: Page) -> None:
    hasten(wall, platform.url + WALL)
    shown = wall.locator(".wall-running .wall-number")
    before = int(shown.inner_text().split("件")[0])
    platform.cast.submitted()
    expect(shown).to_contain_text(str(before + 1))


def test_a_lost_connection_is_said_and_mended(platform: Platform, wall: Page) -> None:
    hasten(wall, platform.url + WALL)
    wait_for_refreshes(wall, 2)
    wall.route("**/wall/figures/", lambda route: route.abort())
    expect(wall.locator("[data-wall-stale]")).to_be_visible()
    expect(wall.locator("[data-wall-stale]")).to_contain_text("正在重新连接")
    assert wall.locator("[data-wall-figures] section").count() == 9, "the last figures stay"
    wall.unroute("**/wall/figures/")
    wall.route("**/wall/figures/", lambda route: route.fulfill(status=503, body="later"))
    wait_for_refreshes(wall, 3)
    expect(wall.locator("[data-wall-stale]")).to_be_visible()
    wall.unroute("**/wall/figures/")
    expect(wall.locator("[data-wall-stale]")).to_be_hidden()


def test_an_ended_session_says_so(platform: Platform, wall: Page) -> None:
    hasten(wall, platform.url + WALL)
    wait_for_refreshes(wall, 1)
    wall.context.clear_cookies()
    link = wall.locator("[data-wall-ended] a")
    expect(link).to_be_visible()
    assert (link.get_attribute("href") or "").endswith("next=/desk/supervision/wall/")
    expect(wall.locator("[data-wall-stale]")).to_be_hidden()
    assert wall.locator("[data-wall-figures] section").count() == 9


def test_a_new_version_is_loaded(platform: Platform, wall: Page) -> None:
    hasten(wall, platform.url + WALL)
    wait_for_refreshes(wall, 1)
    wall.evaluate("document.querySelector('[data-wall]').dataset.version = 'an older one'")
    wall.wait_for_function("() => document.querySelector('[data-wall]').dataset.version !== 'an older one'")
    expect(wall.locator("[data-wall-figures] section")).to_have_count(9)


def test_a_screen_nobody_is_at_goes_dark_when_its_link_ends(platform: Platform) -> None:
    display, token = supervision.create_display(actor=platform.cast.supervisor, name="大厅", title="", days=7)
    page = platform.open(FULL_HD, "/healthz")
    hasten(page, f"{platform.url}/desk/supervision/display/{token}/")
    wait_for_refreshes(page, 2)
    assert page.locator("[data-wall] main a").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "it fits on the screen"
    supervision.revoke_display(actor=platform.cast.supervisor, display_id=display.pk)
    expect(page.locator("[data-wall-ended]")).to_contain_text("已停用")
