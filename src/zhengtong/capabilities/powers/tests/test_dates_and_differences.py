"""The rules: which version holds on which day, how a basis is read back, what a difference says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.powers.domain import (
    Basis,
    PowerText,
    Standing,
    Turn,
    compare,
    earliest_next,
    is_writable,
    list_gaps,
    read_basis,
    standing_on,
    turn_on,
)

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
PIECES = st.text(st.sampled_from("食品安全法第三十五条，。；0a "), max_size=30)


@st.composite
def histories(draw: st.DrawFn) -> list[Turn]:
    days = sorted(draw(st.sets(DAYS, max_size=6)))
    return [Turn(day, number, draw(st.booleans())) for number, day in enumerate(days, 1)]


def texts() -> st.SearchStrategy[PowerText]:
    lines = st.lists(PIECES, max_size=4).map(tuple)
    return st.builds(
        PowerText,
        name=PIECES,
        kind=st.sampled_from(["licence", "reward"]),
        organ=PIECES,
        level=st.just("county"),
        procedure=lines,
        responsibilities=lines,
        accountability=PIECES,
    )


@given(histories(), DAYS)
def test_the_last_version_that_has_come_holds(history: list[Turn], day: date) -> None:
    holding = turn_on(history, day)
    come = [turn for turn in history if turn.day <= day]
    assert holding == (come[-1] if come else None)


@given(histories(), DAYS)
def test_an_entry_is_live_exactly_while_a_version_holds_that_does_not_end_it(history: list[Turn], day: date) -> None:
    holding = turn_on(history, day)
    assert (standing_on(history, day) is Standing.LIVE) == (holding is not None and not holding.ends)


@given(histories(), DAYS)
def test_what_takes_effect_tomorrow_changes_nothing_today(history: list[Turn], day: date) -> None:
    tomorrow = Turn(day + timedelta(days=1), 99, ends=True)
    kept = [turn for turn in history if turn.day <= day]
    assert turn_on([*kept, tomorrow], day) == turn_on(kept, day)
    assert turn_on([*kept, tomorrow], day + timedelta(days=1)) == tomorrow


@given(histories(), DAYS)
def test_the_next_version_comes_after_all_others_and_never_in_the_past(history: list[Turn], today: date) -> None:
    day = earliest_next(history, today)
    assert day >= today
    assert all(turn.day < day for turn in history)
    assert day == today or any(turn.day == day - timedelta(days=1) for turn in history)


@given(histories())
def test_before_its_first_day_an_entry_is_coming_or_compiled(history: list[Turn]) -> None:
    expected = Standing.COMING if history else Standing.COMPILING
    assert standing_on(history, date(1999, 1, 1)) is expected


@given(PIECES, PIECES, PIECES)
def test_a_basis_that_can_be_written_reads_as_itself(title: str, article: str, text: str) -> None:
    basis = Basis(*(" ".join(part.split()) for part in (title, article, text)))
    assert is_writable(basis) == bool(basis.title and basis.text)


def test_a_title_may_have_the_number_of_its_order_behind_it() -> None:
    line = "《食品经营许可和备案管理办法（国家市场监督管理总局令第78号）》第四条：应当依法取得食品经营许可。"
    assert read_basis(line).title == "食品经营许可和备案管理办法（国家市场监督管理总局令第78号）"
    assert str(read_basis(line)) == line


@pytest.mark.parametrize("line", ["", "食品安全法第三十五条", "《食品安全法》第三十五条", "《》第一条：条文"])
def test_a_line_that_names_no_law_or_no_words_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_basis(line)


@given(texts(), texts())
def test_the_pieces_of_a_difference_give_both_texts_back(before: PowerText, after: PowerText) -> None:
    changes = {change.name: change for change in compare(before, after)}
    said = {"name": (before.name, after.name), "accountability": (before.accountability, after.accountability)}
    said["procedure"] = ("\n".join(before.procedure), "\n".join(after.procedure))
    for name, (old, new) in said.items():
        assert (name in changes) == (old != new)
        if name in changes:
            assert (changes[name].before, changes[name].after) == (old, new)


@given(texts())
def test_a_text_does_not_differ_from_itself(text: PowerText) -> None:
    assert compare(text, text) == []


def test_a_difference_goes_by_sentences() -> None:
    old = PowerText("许可", "licence", "甲局", "county", accountability="依法受理。一次告知。按时决定。")
    new = PowerText("许可", "licence", "甲局", "county", accountability="依法受理。一次性告知全部内容。按时决定。")
    (change,) = compare(old, new)
    assert change.pieces == (
        ("same", "依法受理。"),
        ("gone", "一次告知。"),
        ("new", "一次性告知全部内容。"),
        ("same", "按时决定。"),
    )


def test_what_is_missing_for_a_review_is_named() -> None:
    assert list_gaps(PowerText("许可", "licence", "", "county")) == ["organ", "procedure", "responsibilities", "basis"]
