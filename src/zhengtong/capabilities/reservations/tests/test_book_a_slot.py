"""A citizen books a slot, moves it, gives it up; what can't be booked is refused in a sentence that says what to do."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import ITEM, Cast
from tests.lobby import HOLIDAY, MONDAY, SATURDAY, at, group_of, make_hall
from zhengtong.capabilities.cases.public import get_item
from zhengtong.capabilities.reservations.domain import Session, cut_slots, sessions_of
from zhengtong.capabilities.reservations.errors import LobbyRefused, SlotFull
from zhengtong.capabilities.reservations.models import Hall, Reservation, Slot
from zhengtong.capabilities.reservations.selectors import list_groups_for, list_own_reservations
from zhengtong.capabilities.reservations.services import booking, halls
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.messages.public import Message
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM, Denied

TEN = at(MONDAY + timedelta(days=1), 10)


@pytest.fixture(autouse=True)
def monday_morning() -> object:
    with as_of(at(MONDAY, 8, 30)):
        yield


def test_she_books_the_slot_for_her_item_and_is_told(cast: Cast, hall: Hall) -> None:
    item = get_item(ITEM)
    assert item is not None
    (group,) = list_groups_for(item)
    assert group.letter == "A"
    made = booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN, item=item)
    assert (len(made.code), made.slot.taken, made.state) == (8, 1, "booked")
    told = Message.objects.get(template="reservations.booked")
    assert made.code in told.body
    assert "3月3日 10:00—10:30" in told.body
    assert AuditRecord.objects.filter(action="reservations.book_slot").count() == 1


def test_a_second_tap_is_the_same_reservation(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    one, two = (booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN) for _tap in range(2))
    assert one == two
    assert Slot.objects.get().taken == 1


def test_a_full_slot_is_shown_as_full_and_refused(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    halls.amend_group(actor=SYSTEM, group=group, name=group.name, capacity=1)
    booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN)
    shown = next(each for each in booking.list_slots(group, TEN.date()) if each.starts_at == TEN)
    assert shown.left == 0
    with pytest.raises(SlotFull, match="已经约满"):
        booking.book_slot(actor=cast.owner, group=group, starts_at=TEN)


def test_the_database_itself_refuses_one_place_too_many(cast: Cast, hall: Hall) -> None:
    booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)
    with pytest.raises(IntegrityError, match="never_overbooked"), transaction.atomic():
        Slot.objects.update(taken=99)


@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        (at(MONDAY - timedelta(days=3), 10), "已经过去"),
        (at(MONDAY, 8), "没有这个时段"),
        (at(SATURDAY, 10), "不开放（休息日）"),
        (at(MONDAY + timedelta(days=30), 10), "最多提前7个开放日"),
        (at(MONDAY + timedelta(days=1), 12), "没有这个时段"),
        (at(MONDAY + timedelta(days=1), 10, 7), "没有这个时段"),
        (at(date(2096, 3, 5), 10), "最多提前"),
    ],
)
def test_a_time_that_cant_be_booked_is_refused_with_the_reason(
    cast: Cast, hall: Hall, starts_at: datetime, said: str
) -> None:
    with pytest.raises(LobbyRefused, match=said):
        booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=starts_at)
    assert not Slot.objects.exists()


def test_a_slot_that_has_begun_is_refused(cast: Cast, hall: Hall) -> None:
    with as_of(at(MONDAY, 9, 10)), pytest.raises(LobbyRefused, match="已经开始"):
        booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=at(MONDAY, 9))


def test_a_holiday_and_a_closed_day_are_closed_and_named(cast: Cast, hall: Hall) -> None:
    halls.close_day(actor=SYSTEM, hall=hall, date=MONDAY + timedelta(days=2), reason="停电检修")
    group = group_of(hall, "A")
    with pytest.raises(LobbyRefused, match="停电检修"):
        booking.book_slot(actor=cast.citizen, group=group, starts_at=at(MONDAY + timedelta(days=2), 10))
    days = [each.day for each in booking.list_days(group)]
    assert MONDAY + timedelta(days=2) not in days
    assert len(days) == 7
    with as_of(at(HOLIDAY - timedelta(days=5), 9)), pytest.raises(LobbyRefused, match="休息日"):
        booking.list_slots(group, HOLIDAY)


def test_she_may_have_three_open_and_not_two_at_the_same_time(cast: Cast, hall: Hall) -> None:
    other = make_hall("other")
    group = group_of(hall, "A")
    booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN)
    with pytest.raises(LobbyRefused, match="已经有别的预约"):
        booking.book_slot(actor=cast.citizen, group=group_of(other, "A"), starts_at=TEN)
    for hours in (1, 4):
        booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN + timedelta(hours=hours))
    with pytest.raises(LobbyRefused, match="最多同时预约3个"):
        booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN + timedelta(hours=5))


def test_she_moves_it_and_gives_it_up_until_an_hour_before(cast: Cast, hall: Hall) -> None:
    made = booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)
    moved = booking.change_reservation(actor=cast.citizen, reservation=made, starts_at=TEN + timedelta(hours=1))
    assert moved.code == made.code
    assert dict(Slot.objects.values_list("starts_at", "taken")) == {TEN: 0, TEN + timedelta(hours=1): 1}
    with as_of(TEN + timedelta(minutes=5)), pytest.raises(LobbyRefused, match="不到60分钟"):
        booking.cancel_reservation(actor=cast.citizen, reservation=moved)
    for _tap in range(2):
        booking.cancel_reservation(actor=cast.citizen, reservation=moved)
    assert not Slot.objects.filter(taken__gt=0).exists()
    with pytest.raises(LobbyRefused, match="不能再改"):
        booking.change_reservation(actor=cast.citizen, reservation=moved, starts_at=TEN)


def test_somebody_else_and_staff_touch_nothing(cast: Cast, hall: Hall) -> None:
    made = booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)
    for stranger in (cast.owner, cast.counter, cast.outsider):
        with pytest.raises(Denied):
            booking.cancel_reservation(actor=stranger, reservation=made)
        assert not list_own_reservations(stranger).exists()
    with pytest.raises(Denied):
        booking.book_slot(actor=cast.counter, group=group_of(hall, "A"), starts_at=TEN)


def test_who_stays_away_three_times_books_no_more_for_a_month(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    for day in range(1, 4):
        booking.book_slot(actor=cast.citizen, group=group, starts_at=at(MONDAY + timedelta(days=day), 10))
    with as_of(at(MONDAY + timedelta(days=3), 10, 44)):
        assert booking.note_no_shows(actor=SYSTEM) == 2
    with as_of(at(MONDAY + timedelta(days=3), 10, 46)):
        assert booking.note_no_shows(actor=SYSTEM) == 1
        assert booking.note_no_shows(actor=SYSTEM) == 0
        with pytest.raises(LobbyRefused, match="不能在网上预约"):
            booking.book_slot(actor=cast.citizen, group=group, starts_at=at(MONDAY + timedelta(days=4), 10))
        booking.book_slot(actor=cast.owner, group=group, starts_at=at(MONDAY + timedelta(days=4), 10))
    later = MONDAY + timedelta(days=37)
    with as_of(at(later, 8)):
        booking.book_slot(actor=cast.citizen, group=group, starts_at=at(later, 10))
    assert Message.objects.filter(template="reservations.no_show").count() == 3


def test_the_day_before_she_is_reminded_once(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    booking.book_slot(actor=cast.citizen, group=group, starts_at=at(MONDAY + timedelta(days=2), 10))
    assert booking.remind_reservers(actor=SYSTEM) == 0
    with as_of(at(MONDAY + timedelta(days=1), 9, 5)):
        # Booked today for tomorrow: told a moment ago.
        booking.book_slot(actor=cast.owner, group=group, starts_at=at(MONDAY + timedelta(days=2), 10))
        assert booking.remind_reservers(actor=SYSTEM) == 1
        assert booking.remind_reservers(actor=SYSTEM) == 0
    assert Message.objects.filter(template="reservations.reminder").count() == 1


def test_the_manager_sees_what_her_change_would_break(cast: Cast, hall: Hall) -> None:
    booking.book_slot(actor=cast.citizen, group=group_of(hall, "A"), starts_at=TEN)
    with pytest.raises(LobbyRefused, match="1个预约"):
        halls.close_day(actor=cast.hall_manager, hall=hall, date=TEN.date(), reason="搬迁")
    with pytest.raises(LobbyRefused, match="未办的预约"):
        halls.retire_hall(actor=cast.hall_manager, hall=hall)
    with pytest.raises(LobbyRefused, match="重叠"):
        halls.add_hours(
            actor=cast.hall_manager, hall=hall, weekday=0, opens_at=time(11), closes_at=time(14), is_on_days_off=False
        )
    with pytest.raises(LobbyRefused, match="没有业务字母Z"):
        halls.add_window(actor=cast.hall_manager, hall=hall, number=9, letters="AZ")
    with pytest.raises(Denied):
        halls.retire_hall(actor=cast.counter, hall=hall)
    assert Reservation.objects.get().state == "booked"


_TIMES = st.integers(0, 23 * 60).map(lambda minute: time(minute // 60, minute % 60))


@given(st.lists(st.tuples(_TIMES, _TIMES), max_size=3), st.integers(5, 240))
def test_no_slot_goes_over_an_end_or_into_another(spans: list[tuple[time, time]], minutes: int) -> None:
    sessions = [Session(0, a, b) for a, b in spans if a < b]
    for session in sessions:
        slots = cut_slots([session], minutes)
        for first, last in slots:
            assert session.opens_at <= first < last <= session.closes_at
        assert all(a[1] <= b[0] for a, b in pairwise(slots))


def test_a_worked_saturday_has_fridays_hours_and_a_free_one_its_own() -> None:
    week = [Session(4, time(9), time(12)), Session(5, time(10), time(16), is_on_days_off=True)]
    (worked,) = sessions_of(SATURDAY, week, is_working=True, is_holiday=False)
    (free,) = sessions_of(SATURDAY, week, is_working=False, is_holiday=False)
    assert (worked.opens_at, free.opens_at) == (time(9), time(10))
    assert sessions_of(SATURDAY, week, is_working=False, is_holiday=True) == []
