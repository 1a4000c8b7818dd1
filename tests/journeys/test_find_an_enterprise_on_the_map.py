"""A clerk finds an enterprise on the map, opens its page from there, and reads how many there are."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.cast import PASSWORD
from tests.cast import _staff as staff_account
from tests.journeys.conftest import CHROMIUM, DESK_SCREEN, PHONE_SCREEN, Platform
from zhengtong.capabilities.registers.public import Enterprise, EnterpriseKind, EnterpriseStatus
from zhengtong.core.identity.public import Organisation, Reach, make_credit_code

MAP = "/desk/registers/enterprises/map/"
# A name is text wherever it is shown.
NAME = "<img src=x onerror=alert(1)>面馆"


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that draws maps without a graphics card."""
    launched = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    )
    yield launched
    launched.close()


@pytest.fixture
def registered(platform: Platform) -> Enterprise:
    organ = Organisation.objects.get(name="澄波区人民政府")
    staff_account("registrar", "登记员", organ, {"enterprise_registrar": Reach.SUBTREE})
    made = Enterprise.objects.bulk_create(
        Enterprise(
            credit_code=make_credit_code("91", "990102", f"MAT{number:05d}"),
            name=NAME if number == 0 else f"第{number}号面馆",
            kind=EnterpriseKind.LIMITED,
            representative_name="王晓岚",
            representative_digest="",
            address="滨江路",
            region=organ.region,
            location=Point(119.6 + 0.001 * number, 28.9, srid=4490),
            established_date=date(2020 + number % 3, 1, 1),
            business_scope="餐饮服务",
            registrar=organ,
            status=EnterpriseStatus.REVOKED if number == 0 else EnterpriseStatus.ACTIVE,
        )
        for number in range(12)
    )
    return made[0]


def sign_in(platform: Platform, screen: dict[str, int]) -> Page:
    page = platform.open(screen, "/account/login/")
    page.fill("[name=login]", "registrar")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/**")
    return page


def foreign_addresses(page: Page, platform: Platform) -> list[str]:
    """Everything that the page fetched from elsewhere."""
    asked = json.loads(page.evaluate("JSON.stringify(performance.getEntriesByType('resource').map((e) => e.name))"))
    return [address for address in asked if not address.startswith((platform.url, "data:"))]


@pytest.mark.django_db(transaction=True)
def test_from_the_map_to_the_enterprise(platform: Platform, registered: Enterprise) -> None:
    page = sign_in(platform, DESK_SCREEN)
    page.goto(f"{platform.url}{MAP}?status=revoked")
    page.wait_for_selector("[data-map-ready]")
    assert foreign_addresses(page, platform) == []

    page.locator(".map canvas").click()  # one enterprise alone lies in the middle
    popup = page.locator(".map-popup")
    expect(popup).to_contain_text(NAME)
    expect(popup).to_contain_text("吊销")
    expect(popup.get_by_role("link", name=NAME)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/registers/enterprises/{registered.pk}/")


@pytest.mark.django_db(transaction=True)
def test_with_the_keyboard_alone_on_a_phone_screen(platform: Platform, registered: Enterprise) -> None:
    page = sign_in(platform, PHONE_SCREEN)
    page.goto(f"{platform.url}{MAP}?status=revoked")
    page.wait_for_selector("[data-map-ready]")
    page.locator(".map canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-popup")).to_contain_text(NAME)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.django_db(transaction=True)
def test_a_bar_leads_to_its_list(platform: Platform, registered: Enterprise) -> None:
    page = sign_in(platform, DESK_SCREEN)
    page.goto(f"{platform.url}/desk/registers/enterprises/statistics/")
    page.wait_for_selector("[data-chart-ready]")
    assert foreign_addresses(page, platform) == []
    page.locator(".chart-lying canvas").first.click(position={"x": 160, "y": 20})
    page.wait_for_url("**/desk/registers/enterprises/?status=active")
    expect(page.locator("table")).not_to_contain_text(NAME)
