"""An administrator imports a year's notice: what is known changes at once, once, and for everybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from zhengtong.kernel import events
from zhengtong.kernel.calendars import CalendarYearImported, forget, get_calendar, import_year, load_seed
from zhengtong.kernel.holidays import DepartingDay, Notice, UnusableNotice, parse_notices, read_seed
from zhengtong.kernel.models import CalendarDay, CalendarNotice
from zhengtong.kernel.policy import SYSTEM

pytestmark = pytest.mark.django_db

NEW_YEAR = Notice(
    year=2027,
    title="国务院办公厅关于2027年部分节假日安排的通知",
    days=(DepartingDay(date(2026, 12, 31), False, "元旦"), DepartingDay(date(2027, 1, 1), False, "元旦")),
)


@pytest.fixture(autouse=True)
def _empty_calendar() -> Iterator[None]:
    CalendarNotice.objects.all().delete()
    forget()
    yield
    forget()


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[CalendarYearImported]:
    seen: list[CalendarYearImported] = []
    monkeypatch.setitem(events._receivers, CalendarYearImported, [seen.append])
    return seen


def test_the_seed_is_loaded_once(published: list[CalendarYearImported]) -> None:
    assert load_seed(actor=SYSTEM) == 20
    assert [event.year for event in published] == list(range(2007, 2027))
    assert load_seed(actor=SYSTEM) == 0
    assert len(published) == 20
    calendar = get_calendar()
    assert calendar.announced == frozenset(range(2007, 2027))
    assert calendar.version == 20
    assert calendar.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_importing_a_year_settles_what_was_provisional(published: list[CalendarYearImported]) -> None:
    load_seed(actor=SYSTEM)
    before = get_calendar()
    assert before.is_provisional(date(2026, 12, 31))
    row = import_year(actor=SYSTEM, notice=NEW_YEAR)
    after = get_calendar()
    assert after.version == row.version == before.version + 1
    assert not after.is_provisional(date(2026, 12, 31), date(2027, 12, 20))
    assert not after.is_working(date(2026, 12, 31))
    assert published[-1].first_date <= date(2026, 12, 31)


def test_the_same_notice_again_changes_nothing_and_an_amended_one_does(published: list[CalendarYearImported]) -> None:
    first = import_year(actor=SYSTEM, notice=NEW_YEAR)
    assert import_year(actor=SYSTEM, notice=NEW_YEAR).version == first.version
    assert len(published) == 1
    longer = replace(NEW_YEAR, days=(*NEW_YEAR.days, DepartingDay(date(2027, 2, 8), False, "春节")))
    assert import_year(actor=SYSTEM, notice=longer).version == first.version + 1
    assert published[-1].first_date == date(2027, 2, 8)
    assert CalendarDay.objects.count() == 3


def test_a_rollback_takes_the_calendar_back() -> None:
    load_seed(actor=SYSTEM)
    with transaction.atomic():
        import_year(actor=SYSTEM, notice=NEW_YEAR)
        assert not get_calendar().is_provisional(date(2027, 3, 1))
        transaction.set_rollback(True)
    assert get_calendar().is_provisional(date(2027, 3, 1))


def test_asking_again_costs_no_query() -> None:
    load_seed(actor=SYSTEM)
    forget()
    first = get_calendar()
    with CaptureQueriesContext(connection) as queries:
        assert get_calendar() is first
    assert len(queries) == 0


def test_a_division_adds_its_own_days() -> None:
    load_seed(actor=SYSTEM)
    festival = DepartingDay(date(2026, 4, 17), False, "三月三")
    import_year(actor=SYSTEM, notice=Notice(2026, "自治区通知", (festival,)), region="45")
    assert not get_calendar("450100").is_working(festival.date)
    assert get_calendar("450100").is_working(date(2026, 2, 14))
    assert get_calendar("440100").is_working(festival.date)
    assert get_calendar().is_working(festival.date)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (DepartingDay(date(2027, 1, 2), False, "元旦"), "不必列出"),
        (DepartingDay(date(2026, 11, 30), False, "元旦"), "不属于"),
        (NEW_YEAR.days[0], "两次"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(day: DepartingDay, reason: str) -> None:
    with pytest.raises(UnusableNotice, match=reason):
        import_year(actor=SYSTEM, notice=replace(NEW_YEAR, days=(*NEW_YEAR.days, day)))
    assert not CalendarNotice.objects.exists()


@pytest.mark.parametrize("text", ["", "[[notice]]\nyear = 2027", "not toml", "notice = 3"])
def test_a_file_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(UnusableNotice, match="无法读取"):
        parse_notices(text)


def test_the_command_imports_the_seed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_calendar")
    assert "20" in capsys.readouterr().out
    assert CalendarNotice.objects.count() == len(read_seed())
