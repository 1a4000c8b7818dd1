"""People who tap at the same moment: a slot is never overbooked, a number is given and called once."""

from datetime import timedelta

import pytest

from tests.cast import Cast, make_cast
from tests.lobby import MONDAY, at, group_of, make_hall, window_of
from tests.together import at_once
from zhengtong.capabilities.reservations.errors import LobbyConflict, LobbyRefused, SlotFull
from zhengtong.capabilities.reservations.models import Hall, Reservation, Slot, Ticket, TicketCall
from zhengtong.capabilities.reservations.services import booking, calling, queueing
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.policy import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
TEN = at(MONDAY + timedelta(days=1), 10)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def hall(cast: Cast) -> Hall:
    return make_hall(capacity=1)


def test_two_people_who_want_the_last_place(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    with as_of(at(MONDAY, 8, 30)):
        found = at_once(
            lambda: booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN),
            lambda: booking.book_slot(actor=cast.owner, group=group, starts_at=TEN),
        )
    assert [type(each) for each in found].count(SlotFull) == 1
    assert Slot.objects.get().taken == Reservation.objects.count() == 1


def test_one_person_who_taps_four_times(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    with as_of(at(MONDAY, 8, 30)):
        found = at_once(*[lambda: booking.book_slot(actor=cast.citizen, group=group, starts_at=TEN)] * 4)
    assert {each.pk for each in found} == {Reservation.objects.get().pk}


def test_one_person_on_four_phones_has_three_open(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    slots = [TEN + timedelta(minutes=30 * n) for n in range(4)]
    with as_of(at(MONDAY, 8, 30)):
        found = at_once(
            *[lambda s=slot: booking.book_slot(actor=cast.citizen, group=group, starts_at=s) for slot in slots]
        )
    assert [isinstance(each, Reservation) for each in found].count(True) == 3
    assert [isinstance(each, LobbyRefused) for each in found].count(True) == 1


def test_eight_kiosks_give_eight_numbers(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    with as_of(at(MONDAY, 9, 30)):
        found = at_once(*[lambda: queueing.take_number(actor=SYSTEM, group=group)] * 8)
    assert sorted(ticket.label for ticket in found) == [f"A{n:03d}" for n in range(1, 9)]


def test_two_officers_who_call_at_once_never_get_the_same(cast: Cast, hall: Hall) -> None:
    group = group_of(hall, "A")
    with as_of(at(MONDAY, 9, 30)):
        for _person in range(6):
            queueing.take_number(actor=SYSTEM, group=group)
        one, two = window_of(hall, 1).pk, window_of(hall, 2).pk
        calling.open_window(actor=cast.counter, window_id=one)
        calling.open_window(actor=cast.second_counter, window_id=two)
        for _turn in range(3):
            found = at_once(
                lambda: calling.call_next(actor=cast.counter, window_id=one),
                lambda: calling.call_next(actor=cast.second_counter, window_id=two),
            )
            assert len({ticket.pk for ticket in found}) == 2
            for actor, window in ((cast.counter, one), (cast.second_counter, two)):
                calling.start_serving(actor=actor, window_id=window)
                calling.finish_serving(actor=actor, window_id=window)
    assert Ticket.objects.filter(state="served", calls=1).count() == TicketCall.objects.count() == 6


def test_two_taps_on_call_next_call_one(cast: Cast, hall: Hall) -> None:
    with as_of(at(MONDAY, 9, 30)):
        for _person in range(3):
            queueing.take_number(actor=SYSTEM, group=group_of(hall, "A"))
        window = window_of(hall, 1).pk
        calling.open_window(actor=cast.counter, window_id=window)
        found = at_once(*[lambda: calling.call_next(actor=cast.counter, window_id=window)] * 2)
    assert [isinstance(each, LobbyConflict) for each in found].count(True) == 1
    assert Ticket.objects.filter(state="called").count() == 1


def test_two_officers_who_want_the_same_window(cast: Cast, hall: Hall) -> None:
    window = window_of(hall, 1).pk
    found = at_once(
        lambda: calling.open_window(actor=cast.counter, window_id=window),
        lambda: calling.open_window(actor=cast.second_counter, window_id=window),
    )
    assert [isinstance(each, LobbyConflict) for each in found].count(True) == 1
