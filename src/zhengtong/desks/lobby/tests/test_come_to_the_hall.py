"""The pages of a hall, as citizens, guides, officers and leaders use them; what they say when something is wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import ITEM, Cast
from tests.lobby import MONDAY, SATURDAY, at, group_of, window_of
from zhengtong.capabilities.reservations.public import (
    Hall,
    Reservation,
    Ticket,
    book_slot,
    call_next,
    issue_kiosk_link,
    open_window,
    take_number,
)
from zhengtong.core.audit.public import AuditRecord
from zhengtong.desks.lobby.calendar_file import write_calendar
from zhengtong.desks.lobby.tests.conftest import Browser
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM

TEN = at(MONDAY + timedelta(days=1), 10)


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[None]:
    with as_of(at(MONDAY, 9)):
        yield


def words(answer: Any) -> str:
    return str(answer.content.decode())


def reserve(cast: Cast, hall: Hall) -> Reservation:
    return book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)


def test_from_the_guide_to_a_booked_slot(cast: Cast, hall: Hall, browser: Browser) -> None:
    citizen = browser("citizen")
    assert f"/hall/appointments/new/?item={ITEM}" in words(citizen.get(f"/hall/items/{ITEM}/"))
    page = words(citizen.get(f"/hall/appointments/new/?item={ITEM}"))
    assert "企业开办和许可" in page
    assert "什么时间" in page
    address = f"/hall/appointments/new/?item={ITEM}&day={TEN.date()}"
    answer = citizen.post(address, {"slot": TEN.isoformat(), "purpose": "apply"}, follow=True)
    made = Reservation.objects.get()
    assert made.code in words(answer)
    assert made.item is not None
    assert made.code in words(citizen.get(f"/hall/appointments/{made.public_id}/slip/"))
    assert "食品经营许可" in words(citizen.get("/hall/appointments/"))


def test_a_case_leads_to_a_slot_for_its_papers(cast: Cast, hall: Hall, browser: Browser) -> None:
    case = cast.submitted()
    owner = browser("owner")
    session = owner.session
    session["mandate"] = cast.owner.mandate
    session.save()
    address = f"/hall/appointments/new/?case={case.public_id}"
    assert address in words(owner.get(f"/hall/cases/{case.public_id}/"))
    assert "补交材料" in words(owner.get(address))
    owner.post(f"{address}&day={TEN.date()}", {"slot": TEN.isoformat(), "purpose": "collect"})
    made = Reservation.objects.get()
    assert (made.case, made.purpose) == (case, "collect")


@pytest.mark.parametrize(
    ("day", "slot", "said"),
    [
        (TEN.date(), "", "请选择一个时段"),
        (TEN.date(), "nonsense", "请选择一个时段"),
        (TEN.date(), "2026-99-99T10:00:00+08:00", "请选择一个时段"),
        (SATURDAY, at(SATURDAY, 10).isoformat(), "不开放"),
        (MONDAY - timedelta(days=5), at(MONDAY - timedelta(days=5), 10).isoformat(), "已经过去"),
        ("9999-99-99", TEN.replace(minute=7).isoformat(), "没有这个时段"),
    ],
)
def test_a_slot_that_cant_be_had_is_said_above_the_slots(
    cast: Cast, hall: Hall, browser: Browser, day: object, slot: str, said: str
) -> None:
    address = f"/hall/appointments/new/?hall={hall.code}&group=A&day={day}"
    answer = browser("citizen").post(address, {"slot": slot})
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Reservation.objects.exists()


def test_a_full_slot_is_shown_as_full(cast: Cast, hall: Hall, browser: Browser) -> None:
    group = group_of(hall, "A")
    for actor in (cast.citizen, cast.owner):
        book_slot(actor=actor, group=group, starts_at=TEN)
    page = words(browser("citizen").get(f"/hall/appointments/new/?hall={hall.code}&group=A&day={TEN.date()}"))
    assert "约满" in page


def test_she_moves_it_gives_it_up_and_keeps_it_in_her_calendar(cast: Cast, hall: Hall, browser: Browser) -> None:
    made, citizen = reserve(cast, hall), browser("citizen")
    page = f"/hall/appointments/{made.public_id}/"
    calendar = citizen.get(f"{page}calendar.ics")
    assert calendar["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20260303T020000Z" in words(calendar)
    assert "改到什么时间" in words(citizen.get(f"{page}change/"))
    later = TEN + timedelta(hours=1)
    assert citizen.post(f"{page}change/?day={later.date()}", {"slot": later.isoformat()}).status_code == 302
    made.refresh_from_db()
    assert made.slot.starts_at == later
    assert citizen.post(f"{page}cancel/").status_code == 302
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_an_appointment_of_somebody_else_doesnt_exist(cast: Cast, hall: Hall, browser: Browser) -> None:
    page = f"/hall/appointments/{reserve(cast, hall).public_id}/"
    for path in ("", "change/", "calendar.ics", "slip/"):
        assert browser("owner").get(page + path).status_code == 404
    assert browser("owner").post(f"{page}cancel/").status_code == 404
    assert browser("").get(page).status_code == 302
    assert browser("counter").get(page)["Location"] == "/desk/"


def test_a_line_of_the_calendar_is_never_too_long(cast: Cast, hall: Hall) -> None:
    made = reserve(cast, hall)
    made.hall.address = "很长的地址，" * 40 + ";\\"
    written = write_calendar(made, "localhost")
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    unfolded = written.replace("\r\n ", "")
    assert "很长的地址，" * 40 + "\\;\\\\" in unfolded


def test_the_kiosk_checks_in_and_gives_numbers(cast: Cast, hall: Hall, browser: Browser) -> None:
    made = reserve(cast, hall)
    kiosk, stranger = f"/open/lobby/kiosk/{issue_kiosk_link(actor=cast.hall_guide, hall=hall)}/", browser("")
    with as_of(TEN - timedelta(minutes=10)):
        assert "现场取号" in words(stranger.get(kiosk))
        wrong = stranger.post(kiosk, {"act": "check-in", "code": made.code, "tail": "0000"})
        assert (wrong.status_code, "对不上" in words(wrong)) == (422, True)
        shown = stranger.post(kiosk, {"act": "check-in", "code": made.code, "tail": "5678"}, follow=True)
        assert "A001" in words(shown)
        form = {"act": "take", "group": "A", "form_token": "one"}
        assert "A002" in words(stranger.post(kiosk, form, follow=True))
        doubled = stranger.post(kiosk, form)
        assert (doubled.status_code, "已经取过号" in words(doubled)) == (409, True)
        assert stranger.post(kiosk, {"act": "take", "group": "Q", "form_token": "two"}).status_code == 422
    assert Ticket.objects.count() == 2
    again = issue_kiosk_link(actor=cast.hall_guide, hall=hall)
    assert stranger.get(kiosk).status_code == 404
    assert stranger.get(f"/open/lobby/kiosk/{again}/").status_code == 200


def test_a_kiosk_that_guesses_codes_is_stopped(cast: Cast, hall: Hall, browser: Browser) -> None:
    made = reserve(cast, hall)
    kiosk, stranger = f"/open/lobby/kiosk/{issue_kiosk_link(actor=cast.hall_guide, hall=hall)}/", browser("")
    typed = {"act": "check-in", "code": made.code, "tail": "0000"}
    assert [stranger.post(kiosk, typed).status_code for _try in range(7)] == [422] * 5 + [429] * 2


def test_the_screen_shows_numbers_and_no_names(cast: Cast, hall: Hall, browser: Browser) -> None:
    take_number(actor=SYSTEM, group=group_of(hall, "A"), name="王小明")
    window = window_of(hall, 1)
    stranger = browser("")
    assert "今天还没有叫号" in words(stranger.get(f"/open/lobby/{hall.code}/screen/"))
    open_window(actor=cast.counter, window_id=window.pk)
    call_next(actor=cast.counter, window_id=window.pk)
    shown = words(stranger.get(f"/open/lobby/{hall.code}/screen/calls/"))
    assert "A001" in shown
    assert "王**" in shown
    assert "王小明" not in shown
    assert "请 A001 号到 1 号窗口" in shown


def test_her_phone_shows_how_her_number_stands(cast: Cast, hall: Hall, browser: Browser) -> None:
    first, second = (take_number(actor=SYSTEM, group=group_of(hall, "A")) for _person in range(2))
    page = f"/open/lobby/tickets/{second.public_id}/"
    assert "没有开着的窗口" in words(browser("").get(page))
    window = window_of(hall, 1)
    open_window(actor=cast.counter, window_id=window.pk)
    assert "大约等" in words(browser("").get(page))
    call_next(actor=cast.counter, window_id=window.pk)
    part = browser("").get(f"/open/lobby/tickets/{first.public_id}/", headers={"HX-Request": "true"})
    assert "请到 1 号窗口" in words(part)
    assert "<html" not in words(part)
    with as_of(at(MONDAY + timedelta(days=1), 9)):
        assert "不是今天的号" in words(browser("").get(page))
    assert "分钟" in words(browser("").get(f"/open/lobby/{hall.code}/"))
    assert "1 人等候" in words(browser("").get("/open/lobby/"))


def test_an_officer_works_the_queue_off(cast: Cast, hall: Hall, browser: Browser) -> None:
    reserve(cast, hall)
    officer, window = browser("counter"), window_of(hall, 1)
    at_window = f"/desk/lobby/windows/{window.pk}/"
    assert "选择您坐的窗口" in words(officer.get("/desk/lobby/"))
    officer.post(f"{at_window}open/")
    empty = officer.post(f"{at_window}next/")
    assert (empty.status_code, "现在没有人等候" in words(empty)) == (409, True)
    take_number(actor=SYSTEM, group=group_of(hall, "A"))
    assert "A001" in words(officer.post(f"{at_window}next/", follow=True))
    assert "已叫 2 次" in words(officer.post(f"{at_window}again/", follow=True))
    serving = words(officer.post(f"{at_window}start/", follow=True))
    assert "办理中" in serving
    # What the person came for is filed at the counter.
    assert 'href="/desk/window/new/"' in serving
    assert "A001 已办结" in words(officer.post(f"{at_window}finish/", follow=True))
    assert officer.post(f"{at_window}nonsense/").status_code == 404
    assert "已关窗" in words(officer.post(f"{at_window}close/", follow=True))
    assert browser("reviewer").get("/desk/lobby/").status_code == 403
    assert browser("outsider").post(f"{at_window}open/").status_code == 403


def test_a_stale_page_says_what_happened_meanwhile(cast: Cast, hall: Hall, browser: Browser) -> None:
    officer, window = browser("counter"), window_of(hall, 1)
    at_window = f"/desk/lobby/windows/{window.pk}/"
    officer.post(f"{at_window}open/")
    for act in ("again", "start", "finish", "pass", "transfer"):
        answer = officer.post(f"{at_window}{act}/")
        assert (answer.status_code, "没有叫到的号" in words(answer)) == (409, True)
    for number in ("", "x", "9" * 40, "7"):
        assert officer.post(f"{at_window}requeue/", {"ticket": number}).status_code == 409
    assert "由周敏开着" in words(browser("second_counter").post(f"{at_window}open/"))
    assert browser("counter").post("/desk/lobby/windows/99999/open/").status_code == 409


def test_the_guide_checks_in_by_phone_and_gives_a_number(cast: Cast, hall: Hall, browser: Browser) -> None:
    made = reserve(cast, hall)
    desk = f"/desk/lobby/reception/?hall={hall.code}"
    with as_of(TEN - timedelta(minutes=10)):
        guide = browser("hall_guide")
        assert "李*" in words(guide.get(f"{desk}&q=13900005678"))
        assert "没有预约" in words(guide.get(f"{desk}&q=13900001234"))
        assert "11位手机号码" in words(guide.get(f"{desk}&q=123"))
        assert "没有这个预约码" in words(guide.get(f"{desk}&q=00000000"))
        page = guide.post(desk, {"act": "check-in", "reservation": str(made.public_id)}, follow=True)
        assert "已报到，A001" in words(page)
        taken = {"act": "take", "group": "B", "care": "disabled", "name": "赵大", "form_token": "t"}
        assert "已取号，B001" in words(guide.post(desk, taken, follow=True))
        assert guide.post(desk, taken).status_code == 409
        assert guide.post(desk, {"act": "requeue", "ticket": Ticket.objects.first().pk}).status_code == 409  # type: ignore[union-attr]  # it is there
        assert guide.post(desk, {"act": "nonsense"}).status_code == 404
        link = guide.post(f"/desk/lobby/reception/{hall.code}/kiosk/")
    assert "/open/lobby/kiosk/" in words(link)
    assert browser("counter").get(desk).status_code == 403


def test_the_leader_reads_and_takes_home_the_figures(cast: Cast, hall: Hall, browser: Browser) -> None:
    take_number(actor=SYSTEM, group=group_of(hall, "A"))
    leader = browser("hall_manager")
    for by in ("window", "day", "group", "nonsense"):
        page = words(leader.get("/desk/lobby/statistics/", {"by": by, "since": "0001-01-01", "until": str(MONDAY)}))
        assert "合计" in page
    sheet = words(leader.get("/desk/lobby/statistics/export.csv", {"by": "group"}))
    assert "A 企业开办和许可,1,0,0" in sheet
    assert AuditRecord.objects.filter(action="reservations.export").count() == 1
    assert browser("counter").get("/desk/lobby/statistics/").status_code == 403
