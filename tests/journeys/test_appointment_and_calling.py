"""A citizen books on her phone, checks in at the kiosk, sees herself called on the hall's screen, and is served."""

from datetime import time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.journeys.acting import sign_in
from tests.journeys.conftest import PHONE_SCREEN, Platform
from tests.lobby import make_hall
from zhengtong.capabilities.reservations.public import Hall, Reservation, Slot, issue_kiosk_link, take_number
from zhengtong.kernel.models import CalendarDay
from zhengtong.kernel.policy import SYSTEM

TO_THE_LAST_MINUTE = ((time(0), time(23, 59)),)


@pytest.fixture
def hall(platform: Platform) -> Hall:
    """A hall that is open now, whenever the test runs; each of its slots is for one, and ten minutes long."""
    CalendarDay.objects.filter(date=timezone.localdate()).delete()
    return make_hall(capacity=1, slot_minutes=10, sessions=TO_THE_LAST_MINUTE, days=range(7), is_on_days_off=True)


@pytest.mark.django_db(transaction=True)
def test_a_citizen_books_checks_in_is_called_and_served(platform: Platform, hall: Hall) -> None:
    citizen = book_on_the_phone(platform)
    # The hour of her appointment comes, also for a test that runs at night.
    now = timezone.now()
    Slot.objects.update(starts_at=now, ends_at=now + timedelta(minutes=10))
    code = citizen.locator("#reservation-code").inner_text()
    # Somebody without an appointment was there before her.
    take_number(actor=SYSTEM, group=Reservation.objects.get().slot.group, name="赵大山")

    kiosk = check_in(platform, hall, code)
    label = kiosk.locator("#label").inner_text()
    assert label == "A002"
    screen = platform.open(path=f"/open/lobby/{hall.code}/screen/")
    expect(screen.get_by_text("今天还没有叫号")).to_be_visible()

    officer = sign_in(platform, "counter")
    officer.goto(f"{platform.url}/desk/lobby/")
    officer.get_by_role("button", name="开窗 1").click()
    citizen.reload()
    citizen.get_by_role("link", name="看前面还有几人").click()
    expect(citizen.get_by_text("前面还有")).to_be_visible()

    # By keyboard: her appointment goes before who only took a number.
    expect(officer.get_by_role("heading", name="等候 2 人")).to_be_visible()
    officer.keyboard.press("n")
    expect(officer.locator("#ticket-label")).to_have_text(label)
    expect(screen.locator("[data-call]")).to_contain_text(label)
    expect(screen.get_by_text("请到 1 号窗口")).to_be_visible()
    expect(screen.locator("[data-call]")).to_contain_text("李*")
    expect(screen.locator("body")).not_to_contain_text("李秋")
    expect(citizen.get_by_text("请到 1 号窗口")).to_be_visible(timeout=20_000)

    officer.keyboard.press("s")
    expect(officer.get_by_text("办理中")).to_be_visible()
    expect(officer.get_by_role("link", name="收件：代办申请")).to_be_visible()
    officer.keyboard.press("f")
    expect(officer.get_by_text(f"{label} 已办结")).to_be_visible()

    leave_somebody_waiting(officer, screen)
    citizen.goto(f"{platform.url}/hall/appointments/")
    expect(citizen.get_by_text("已办理")).to_be_visible()
    figures = sign_in(platform, "hall_manager")
    figures.goto(f"{platform.url}/desk/lobby/statistics/")
    expect(figures.get_by_role("row", name="1号窗口")).to_contain_text("2")


def book_on_the_phone(platform: Platform) -> Page:
    page = platform.open(PHONE_SCREEN, "/account/login/")
    page.fill("[name=login]", "citizen")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{platform.url}/hall/items/food-business-licence/")
    page.get_by_role("link", name="预约大厅办理").click()
    page.get_by_role("button", name="确认预约").click()
    # Nothing chosen: said, and nothing is lost.
    expect(page.get_by_text("请选择一个时段").first).to_be_visible()
    page.locator(".slot:not(.slot-full)").first.click()
    page.get_by_role("button", name="确认预约").click()
    expect(page.get_by_text("预约成功")).to_be_visible()
    return page


def check_in(platform: Platform, hall: Hall, code: str) -> Page:
    token = issue_kiosk_link(actor=platform.cast.hall_guide, hall=hall)
    page = platform.open(path=f"/open/lobby/kiosk/{token}/")
    page.get_by_label("8 位预约码").fill(code)
    page.get_by_label("手机号后 4 位").fill("0000")
    page.get_by_role("button", name="报到取号").click()
    expect(page.get_by_text("对不上").first).to_be_visible()
    page.get_by_label("手机号后 4 位").fill("5678")
    page.get_by_role("button", name="报到取号").click()
    expect(page.get_by_role("button", name="打印号单")).to_be_visible()
    return page


def leave_somebody_waiting(officer: Page, screen: Page) -> None:
    """The next one doesn't come: called again, passed over, brought back."""
    officer.keyboard.press("n")
    expect(officer.locator("#ticket-label")).to_have_text("A001")
    expect(screen.locator("[data-call]")).to_contain_text("A001")
    officer.keyboard.press("r")
    expect(officer.get_by_text("已叫 2 次")).to_be_visible()
    officer.keyboard.press("g")
    expect(officer.get_by_text("A001 已过号")).to_be_visible()
    officer.get_by_role("button", name="回来了，重排").click()
    expect(officer.get_by_text("A001 已重新排队")).to_be_visible()
    officer.keyboard.press("n")
    expect(officer.get_by_text("已叫 3 次")).to_be_visible()
    officer.keyboard.press("s")
    expect(officer.get_by_text("办理中")).to_be_visible()
    officer.keyboard.press("f")
    expect(officer.get_by_text("A001 已办结")).to_be_visible()
    officer.keyboard.press("n")
    expect(officer.get_by_text("现在没有人等候")).to_have_count(2)
