"""Next year's holidays are announced while a bundle runs: its own deadline moves as those of its parts do."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cast import FIRE, ITEM, Cast, fresh
from tests.restaurant import open_restaurant
from zhengtong.kernel import calendars
from zhengtong.kernel.demo import as_of
from zhengtong.kernel.holidays import DepartingDay, Notice
from zhengtong.kernel.models import CalendarNotice
from zhengtong.kernel.policy import SYSTEM

START = datetime(2026, 12, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
NOTICE = Notice(2027, "国务院办公厅关于2027年部分节假日安排的通知", (DepartingDay(date(2027, 1, 4), False, "元旦"),))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    yield
    calendars.forget()


def test_the_deadline_of_the_bundle_moves_with_its_parts(cast: Cast, run_jobs: Callable[[], None]) -> None:
    CalendarNotice.objects.filter(year__gte=2027).delete()
    calendars.forget()
    with as_of(START):
        restaurant = open_restaurant(cast, has_licence="已经有", street="其他道路")
        restaurant.accept(ITEM, FIRE)
        before = fresh(restaurant.parent).due_at
        assert {clock.is_provisional for clock in fresh(restaurant.parent).clocks.all()} == {True}
        calendars.import_year(actor=SYSTEM, notice=NOTICE)
        run_jobs()
    parent = fresh(restaurant.parent)
    promised = parent.clocks.get(basis="promised")
    assert before is not None
    assert promised.due_at > before
    assert parent.due_at == promised.due_at
    assert not promised.is_provisional
