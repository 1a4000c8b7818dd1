"""The text of a cell becomes a value, or a problem with a code of its own; it is never guessed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.screens.sheets import cells
from zhengtong.screens.sheets.problems import CellRefused
from zhengtong.screens.sheets.workbook import say

DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))


def refusal(cast: cells.Cast, text: str) -> str:
    with pytest.raises(CellRefused) as raised:
        cast(text)
    return raised.value.code


@given(day=DAYS)
def test_a_day_is_read_in_every_usual_way(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    written = [
        day.isoformat(),
        f"{y}-{m}-{d}",
        f"{y}/{m}/{d}",
        f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日",
        f"{y}{m:02d}{d:02d}",
        f"{day.isoformat()} 00:00:00",
        f"{y}/{m}/{d}".translate({n: n + 0xFEE0 for n in range(ord("0"), ord("9") + 1)}),
    ]
    assert {cells.a_date(text) for text in written} == {day}


@given(day=st.dates(date(1927, 5, 18), date(2173, 10, 13)))
def test_a_serial_number_is_the_day_that_a_spreadsheet_means(day: date) -> None:
    assert cells.a_date(str((day - date(1899, 12, 30)).days)) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "impossible_date"),
        ("2026年13月1日", "impossible_date"),
        ("20261301", "impossible_date"),
        ("0202-01-05", "impossible_date"),
        ("5/1/2026", "not_a_date"),
        ("26-1-5", "not_a_date"),
        ("2026-1/5", "not_a_date"),
        ("2026/1", "not_a_date"),
        ("去年", "not_a_date"),
        ("2026-01-05日", "not_a_date"),
    ],
)
def test_what_is_no_day_is_refused(text: str, code: str) -> None:
    assert refusal(cells.a_date, text) == code


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
def test_a_moment_is_local_time_to_the_microsecond(moment: datetime) -> None:
    assert cells.a_moment(moment.isoformat(sep=" ")) == timezone.make_aware(moment)


@given(number=st.decimals(-(10**10), 10**10, places=2))
def test_a_number_is_read_with_and_without_grouping(number: Decimal) -> None:
    cast = cells.decimal_number(14, 2)
    assert cast(f"{number:f}") == cast(f"{number:,f}") == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3.30102E+17", "scientific"),
        ("12,34.5", "not_a_number"),
        ("1.234", "too_precise"),
        ("1234567890123.4", "too_large_number"),
        ("12元", "not_a_number"),
        ("１２.５.１", "not_a_number"),
        ("١٢", "not_a_number"),
        ("-", "not_a_number"),
    ],
)
def test_what_is_no_number_is_refused(text: str, code: str) -> None:
    assert refusal(cells.decimal_number(14, 2), text) == code


def test_whole_numbers_keep_their_range() -> None:
    cast = cells.whole_number(0, 32767)
    assert (cast("1,234"), cast("86.0"), cast("１２")) == (1234, 86, 12)
    assert [refusal(cast, text) for text in ("1.5", "-1", "32768", "9" * 30)] == [
        "not_whole",
        *["too_large_number"] * 3,
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3.30102E+17", "scientific"),
        ("3.30102199001011E+17", "scientific"),
        ("#N/A", "cell_error"),
        ("#REF!", "cell_error"),
        ("a\x00b", "nul"),
        ("a\x07b", "control_character"),
    ],
)
def test_texts_that_lost_something_are_refused(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as raised:
        cells.check_text(text)
    assert raised.value.code == code


@pytest.mark.parametrize("text", ["1E+5", "C++", "#1楼", "王\n二", "R&D", "A+B"])
def test_texts_that_only_look_odd_are_kept(text: str) -> None:
    cells.check_text(text)
    assert cells.text_of(10)(text) == text


def test_codes_are_put_into_their_usual_form() -> None:
    assert cells.narrow("１１０１０１１９９００１０１００２ｘ") == "11010119900101002X"
    assert cells.narrow("11010119900101002x") == "11010119900101002X"
    assert cells.narrow("box") == "box"
    assert cells.strip("\u3000\ufeff 王晓岚\u00a0\n") == "王晓岚"


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_what_a_csv_must_not_run_comes_back_as_it_was(text: str) -> None:
    written = cells.neutralise(text)
    assert not written[:1] or written[0] not in "=+-@\t\r＝＋－＠"
    assert cells.restore(written) == text


@given(number=st.integers(-(10**14), 10**14))
def test_a_whole_number_of_a_workbook_has_no_point(number: int) -> None:
    assert say(float(number)) == say(number) == str(number)


def test_a_workbook_says_what_its_cells_show() -> None:
    assert say(3.30102199001011e17) == "3.30102199001011E+17"
    assert refusal(lambda text: cells.check_text(text), say(330102199001011234)) == "scientific"
    assert [say(value) for value in (0.1, 86.5, True, False, timedelta(hours=1))] == [
        "0.1",
        "86.5",
        "是",
        "否",
        "1:00:00",
    ]
    assert say(datetime(2026, 1, 5)) == say(date(2026, 1, 5)) == "2026-01-05"
    assert say(datetime(2026, 1, 5, 14, 30)) == "2026-01-05 14:30:00"
