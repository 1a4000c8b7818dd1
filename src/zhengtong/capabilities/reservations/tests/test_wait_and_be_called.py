"""People take numbers and are called: in the stated order, each by one window; and every way it may go wrong."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.lobby import MONDAY, at, group_of, make_hall, window_of
from zhengtong.capabilities.reservations.domain import expected_minutes, middle, rank_at
from zhengtong.capabilities.reservations.errors import LobbyConflict, LobbyRefused
from zhengtong.capabilities.reservations.models import Hall, HallWindow, Reservation, Ticket, TicketCall
from zhengtong.capabilities.reservations.selectors import (
    get_standing,
    list_last_calls,
    list_waiting_at,
    read_hall,
)
from zhengtong.capabilities.reservations.services import booking, calling, queueing
from zhengtong.capabilities.reservations.statistics import list_figures, sum_up
from zhengtong.core.identity.public import Organisation, OrganisationSucceeded, leave, make_citizen_number
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Denied

TEN = at(MONDAY, 10)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with as_of(at(MONDAY, 9)):
        yield


@pytest.fixture
def window(cast: Cast, hall: Hall) -> HallWindow:
    """Window 1, opened by the counter's clerk."""
    return calling.open_window(actor=cast.counter, window_id=window_of(hall, 1).pk)


def take(hall: Hall, letter: str = "A", **given: str) -> Ticket:
    return queueing.take_number(actor=SYSTEM, group=group_of(hall, letter), **given)


def reserve(cast: Cast, hall: Hall) -> Reservation:
    return booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)


def serve(cast: Cast, window: HallWindow, *, minutes: int = 10) -> Ticket:
    calling.call_next(actor=cast.counter, window_id=window.pk)
    calling.start_serving(actor=cast.counter, window_id=window.pk)
    with as_of(timezone.now() + timedelta(minutes=minutes)):
        return calling.finish_serving(actor=cast.counter, window_id=window.pk)


def test_numbers_are_counted_by_business_and_day(cast: Cast, hall: Hall) -> None:
    assert [take(hall).label, take(hall, "B").label, take(hall).label] == ["A001", "B001", "A002"]
    with as_of(at(MONDAY + timedelta(days=1), 9)):
        assert take(hall).label == "A001"


def test_she_checks_in_with_code_and_phone_and_asks_twice(cast: Cast, hall: Hall) -> None:
    made = reserve(cast, hall)
    found = queueing.find_by_code(hall, f" {made.code[:4]} {made.code[4:]} ", made.phone[-4:])
    with as_of(TEN - timedelta(minutes=20)):
        one = queueing.check_in(actor=SYSTEM, hall=hall, reservation=found)
        two = queueing.check_in(actor=SYSTEM, hall=hall, reservation=found)
    assert one == two
    assert (one.label, one.shown_name, one.is_reserved) == ("A001", "李*", True)
    found.refresh_from_db()
    assert found.state == "checked_in"


@pytest.mark.parametrize(("code", "tail"), [("", ""), ("00000000", "5678"), ("x" * 300, "5678"), ("own", "9999")])
def test_a_code_of_somebody_else_opens_nothing(cast: Cast, hall: Hall, code: str, tail: str) -> None:
    made = reserve(cast, hall)
    with pytest.raises(LobbyRefused, match="对不上"):
        queueing.find_by_code(hall, made.code if code == "own" else code, tail)


def test_she_comes_to_the_wrong_hall_too_early_or_on_another_day(cast: Cast, hall: Hall) -> None:
    made, other = reserve(cast, hall), make_hall("other")
    with pytest.raises(LobbyRefused, match="这个预约在澄波区政务服务大厅"):
        queueing.find_by_code(other, made.code, made.phone[-4:])
    with pytest.raises(LobbyRefused, match="来早了：请在09:30以后"):
        queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)
    with as_of(TEN - timedelta(days=3)), pytest.raises(LobbyRefused, match="3月2日"):
        queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)


def test_who_comes_late_is_queued_as_one_without_appointment(cast: Cast, hall: Hall) -> None:
    made = reserve(cast, hall)
    with as_of(TEN + timedelta(minutes=16)):
        ticket = queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)
    assert (ticket.is_reserved, ticket.rank_at) == (False, ticket.taken_at)


def test_a_cancelled_or_missed_appointment_is_told_to_take_a_number(cast: Cast, hall: Hall) -> None:
    made = reserve(cast, hall)
    with as_of(TEN - timedelta(hours=2)):
        booking.cancel_reservation(actor=cast.citizen, reservation=made)
    with pytest.raises(LobbyRefused, match="已经取消，请按现场号取号"):
        queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)


def test_appointments_and_the_elderly_go_half_an_hour_before(cast: Cast, hall: Hall, window: HallWindow) -> None:
    made = reserve(cast, hall)
    with as_of(TEN - timedelta(minutes=29)):
        early = take(hall)
    with as_of(TEN - timedelta(minutes=15)):
        walk_in, old = take(hall), take(hall, care="elderly")
    with as_of(TEN - timedelta(minutes=5)):
        reserved = queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)
        waiting = list(list_waiting_at(window).order_by("rank_at", "id"))
    assert waiting == [old, reserved, early, walk_in]


def test_her_number_says_that_she_is_old(cast: Cast, hall: Hall) -> None:
    person = cast.accounts["citizen"].citizen
    person.id_number = make_citizen_number("990102", MONDAY.replace(year=1950), 3)
    person.save()
    made = reserve(cast, hall)
    with as_of(TEN):
        assert queueing.check_in(actor=SYSTEM, hall=hall, reservation=made).care == "elderly"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (at(MONDAY, 8), "还没有开门，08:30开始取号"),
        (at(MONDAY, 17, 30), "已经下班"),
        (at(MONDAY - timedelta(days=1), 10), "今天不开放"),
    ],
)
def test_no_number_is_given_while_the_hall_is_closed(cast: Cast, hall: Hall, moment: object, said: str) -> None:
    with as_of(moment), pytest.raises(LobbyRefused, match=said):  # type: ignore[arg-type]  # a moment
        take(hall)


def test_an_officer_calls_serves_and_finishes(cast: Cast, hall: Hall, window: HallWindow) -> None:
    ticket = take(hall, name="王小明")
    assert ticket.shown_name == "王**"
    called = calling.call_next(actor=cast.counter, window_id=window.pk)
    assert (called.pk, called.state, called.calls) == (ticket.pk, "called", 1)
    assert calling.call_again(actor=cast.counter, window_id=window.pk).calls == 2
    for _tap in range(2):
        assert calling.start_serving(actor=cast.counter, window_id=window.pk).state == "serving"
    assert calling.finish_serving(actor=cast.counter, window_id=window.pk).state == "served"
    assert [call.ticket_id for call in list_last_calls(hall)] == [ticket.pk]
    assert TicketCall.objects.count() == 2
    with pytest.raises(LobbyConflict, match="没有叫到的号"):
        calling.finish_serving(actor=cast.counter, window_id=window.pk)


def test_what_she_reserved_is_served_with_the_number(cast: Cast, hall: Hall, window: HallWindow) -> None:
    made = reserve(cast, hall)
    with as_of(TEN):
        queueing.check_in(actor=SYSTEM, hall=hall, reservation=made)
        serve(cast, window)
    made.refresh_from_db()
    assert made.state == "served"


def test_an_empty_queue_is_said(cast: Cast, hall: Hall, window: HallWindow) -> None:
    take(hall, "B")
    with pytest.raises(LobbyRefused, match="没有人等候“A”业务"):
        calling.call_next(actor=cast.counter, window_id=window.pk)


def test_nobody_is_called_while_another_is_at_the_window(cast: Cast, hall: Hall, window: HallWindow) -> None:
    take(hall), take(hall)
    calling.call_next(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="A001还没有办结"):
        calling.call_next(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="A001还没有办结"):
        calling.close_window(actor=cast.counter, window_id=window.pk)


def test_after_closing_only_the_overtime_is_left_to_call(cast: Cast, hall: Hall, window: HallWindow) -> None:
    with as_of(at(MONDAY, 17)):
        take(hall), take(hall)
    with as_of(at(MONDAY, 18)):
        calling.call_next(actor=cast.counter, window_id=window.pk)
        calling.pass_over(actor=cast.counter, window_id=window.pk)
    with as_of(at(MONDAY, 18, 30)), pytest.raises(LobbyRefused, match="已经下班（17:30）"):
        calling.call_next(actor=cast.counter, window_id=window.pk)
    with as_of(at(MONDAY + timedelta(days=1), 0, 10)):
        assert calling.end_day(actor=SYSTEM) == 1
        assert calling.end_day(actor=SYSTEM) == 0
    window.refresh_from_db()
    assert (window.state, window.officer) == ("closed", None)


def test_who_missed_her_turn_comes_back_once_behind_three(cast: Cast, hall: Hall, window: HallWindow) -> None:
    missed = take(hall)
    others = []
    for minute in range(1, 5):
        with as_of(at(MONDAY, 9, minute)):
            others.append(take(hall))
    calling.call_next(actor=cast.counter, window_id=window.pk)
    calling.pass_over(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="现在不是过号"):
        queueing.requeue_ticket(actor=cast.hall_guide, hall=hall, ticket_id=others[0].pk)
    queueing.requeue_ticket(actor=cast.hall_guide, hall=hall, ticket_id=missed.pk)
    order = list(list_waiting_at(window).order_by("rank_at", "id"))
    assert order == [*others[:3], missed, others[3]]
    for _turn in range(4):
        calling.call_next(actor=cast.counter, window_id=window.pk)
        calling.pass_over(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyRefused, match="已经重排过一次"):
        queueing.requeue_ticket(actor=cast.counter, hall=hall, ticket_id=missed.pk)


def test_she_is_sent_to_another_window_and_called_first_there(cast: Cast, hall: Hall, window: HallWindow) -> None:
    ticket, waits = take(hall), take(hall, "B")
    calling.call_next(actor=cast.counter, window_id=window.pk)
    third = window_of(hall, 3)
    with pytest.raises(LobbyRefused, match="开着的窗口"):
        calling.transfer_ticket(actor=cast.counter, window_id=window.pk, to_window_id=third.pk)
    calling.open_window(actor=cast.second_counter, window_id=third.pk)
    calling.transfer_ticket(actor=cast.counter, window_id=window.pk, to_window_id=third.pk)
    with pytest.raises(LobbyRefused, match="没有人等候"):
        calling.call_next(actor=cast.counter, window_id=window.pk)
    assert list(list_waiting_at(third).order_by("rank_at")) == [ticket, waits]
    assert calling.call_next(actor=cast.second_counter, window_id=third.pk) == ticket


def test_a_paused_window_calls_nobody_and_a_closed_one_is_nobodys(cast: Cast, hall: Hall, window: HallWindow) -> None:
    take(hall)
    calling.pause_window(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="正在暂停"):
        calling.call_next(actor=cast.counter, window_id=window.pk)
    calling.open_window(actor=cast.counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="由周敏开着"):
        calling.open_window(actor=cast.second_counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="不是您开的"):
        calling.call_next(actor=cast.second_counter, window_id=window.pk)
    with pytest.raises(LobbyConflict, match="另一个窗口"):
        calling.open_window(actor=cast.counter, window_id=window_of(hall, 2).pk)
    calling.close_window(actor=cast.counter, window_id=window.pk)
    for stranger in (cast.outsider, cast.reviewer):
        with pytest.raises(Denied):
            calling.open_window(actor=stranger, window_id=window.pk)
    with pytest.raises(Denied):
        queueing.take_number(actor=cast.reviewer, group=group_of(hall, "A"))


def test_an_officer_who_leaves_leaves_no_window_open(cast: Cast, hall: Hall, window: HallWindow) -> None:
    ticket = take(hall)
    calling.call_next(actor=cast.counter, window_id=window.pk)
    staff = cast.appointment(cast.counter).staff
    leave(actor=SYSTEM, staff=staff, last_day=MONDAY - timedelta(days=1), successors={}, reason="调离")
    window.refresh_from_db()
    ticket.refresh_from_db()
    assert (window.state, window.officer, ticket.state) == ("closed", None, "waiting")


def test_a_hall_goes_on_under_the_successor(cast: Cast, hall: Hall) -> None:
    bureau = Organisation.objects.get(name="澄波区司法局")
    with transaction.atomic():
        publish(OrganisationSucceeded(SYSTEM, hall.organisation_id, bureau.pk))
    hall.refresh_from_db()
    assert hall.organisation == bureau


def test_the_wait_is_told_from_what_people_really_took(cast: Cast, hall: Hall, window: HallWindow) -> None:
    for _person in range(3):
        take(hall)
        serve(cast, window, minutes=20)
    ahead = [take(hall) for _person in range(2)]
    last = take(hall)
    assert read_hall(hall).seconds[last.group_id] == 20 * 60
    assert (get_standing(last).ahead, get_standing(last).minutes) == (2, 40)
    calling.open_window(actor=cast.second_counter, window_id=window_of(hall, 2).pk)
    assert get_standing(last).minutes == 20
    # Nobody has been served of B yet: what the administration expects; and no window calls it.
    assert read_hall(hall).seconds[group_of(hall, "B").pk] == 6 * 60
    assert get_standing(take(hall, "B")).minutes is None
    assert get_standing(ahead[0]).minutes == 0


def test_the_figures_of_a_day_add_up(cast: Cast, hall: Hall, window: HallWindow) -> None:
    take(hall), take(hall)
    with as_of(at(MONDAY, 9, 6)):
        serve(cast, window)
        calling.call_next(actor=cast.counter, window_id=window.pk)
        calling.pass_over(actor=cast.counter, window_id=window.pk)
        take(hall, "B")
    by_window = list_figures([hall], MONDAY, MONDAY, "window")
    assert [(each.title, each.taken, each.served, each.passed) for each in by_window] == [("1", 2, 1, 1), ("", 1, 0, 0)]
    total = sum_up([hall], MONDAY, MONDAY, "合计")
    assert (total.taken, total.wait, total.longest_wait, total.service) == (3, 6.0, 6.0, 10.0)
    assert [each.title for each in list_figures([hall], MONDAY, MONDAY, "group")] == ["A 企业开办和许可", "B 综合业务"]
    assert len(list_figures([hall], MONDAY, MONDAY, "day")) == 1


@given(st.lists(st.tuples(st.integers(0, 480), st.sampled_from([0, 30])), min_size=2, max_size=30))
def test_nobody_is_overtaken_by_who_came_more_than_half_an_hour_later(people: list[tuple[int, int]]) -> None:
    came = [(TEN + timedelta(minutes=minute), lead) for minute, lead in people]
    order = sorted(came, key=lambda each: rank_at(each[0], each[1]))
    for place, (moment, _lead) in enumerate(order):
        assert all(before[0] - moment <= timedelta(minutes=30) for before in order[:place])


def test_a_wait_is_shared_by_the_windows_and_unknown_without_any() -> None:
    assert expected_minutes([(4, 300.0), (1, 90.0)], 2) == 11
    assert expected_minutes([(0, 300.0)], 1) == 0
    assert expected_minutes([(4, 300.0)], 0) is None
    assert middle([]) is None
    assert middle([60, 7200, 120]) == 120
