"""A clerk fills in a decision table: what it answers, and the gaps and overlaps that stop its publishing."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.workflow.domain.overlaps import check_table
from zhengtong.capabilities.workflow.domain.tables import Table, TableError, read_table
from zhengtong.kernel.expressions import ExpressionError

AREA = {"name": "面积", "expression": "form.area", "type": "number", "low": "0"}
KIND = {"name": "类别", "expression": "form.kind", "type": "choice", "options": ["甲", "乙", "丙"]}
DAY = {"name": "日期", "expression": "form.day", "type": "date"}
CHAIN = {"name": "连锁", "expression": "form.chain", "type": "boolean"}
FEE = {"name": "费用", "key": "fee", "type": "number"}


def table(inputs: list[Any], rows: list[tuple[Any, ...]], policy: str = "UNIQUE", aggregation: str = "") -> Table:
    texts = [{"when": list(row[:-1]), "then": [row[-1]]} for row in rows]
    return read_table("fees", "收费", policy, inputs, [FEE], texts, aggregation)


def sentences(given_table: Table) -> list[str]:
    return [each.sentence for each in check_table(given_table)]


BANDS = table([AREA, KIND], [("< 60", "-", 1), ("[60..200)", "甲, 乙", 2), ("[60..200)", "丙", 3), (">= 200", "-", 4)])


@pytest.mark.parametrize(
    ("area", "kind", "fee"), [("59.99", "甲", 1), (60, "甲", 2), ("199", "丙", 3), (200, "乙", 4), (10**6, "甲", 4)]
)
def test_one_row_answers(area: Any, kind: str, fee: int) -> None:
    assert BANDS.evaluate({"form": {"area": area, "kind": kind}}) == {"fee": Decimal(fee)}
    assert sentences(BANDS) == []


def test_a_gap_is_named_with_the_values_that_fall_into_it() -> None:
    found = sentences(table([AREA], [("< 60", 1), ("> 60", 2)]))
    assert found == ["决策表“收费”有空档：面积 60 时没有一行符合，请补一行。"]
    found = sentences(table([KIND], [("甲", 1), ("乙", 2)]))
    assert found == ["决策表“收费”有空档：类别 丙 时没有一行符合，请补一行。"]


def test_an_overlap_is_named_with_its_rows() -> None:
    found = sentences(table([AREA], [("<= 60", 1), (">= 60", 2)]))
    assert found == ["决策表“收费”的第 1 行和第 2 行重叠：面积 60 时两行都符合。"]
    # What isn't asked of the first is asked of the second: they meet all the same.
    assert len(sentences(table([AREA, CHAIN], [("-", "是", 1), ("< 10", "-", 2), (">= 10", "否", 3)]))) == 1


def test_dates_and_booleans_are_covered_too() -> None:
    days = table([DAY], [("< 2025-01-01", 1), ("[2025-01-01..2025-12-31]", 2), ("> 2025-12-31", 3)])
    assert sentences(days) == []
    assert days.evaluate({"form": {"day": "2025-12-31"}}) == {"fee": Decimal(2)}
    # Between two days that follow each other there is no other one.
    assert sentences(table([DAY], [("<= 2025-01-01", 1), (">= 2025-01-02", 2)])) == []
    assert len(sentences(table([CHAIN], [("是", 1)]))) == 1


def test_not_takes_the_rest() -> None:
    rest = table([KIND], [("甲", 1), ("not(甲)", 2)])
    assert sentences(rest) == []
    assert rest.evaluate({"form": {"kind": "丙"}}) == {"fee": Decimal(2)}


def test_first_takes_the_first_and_says_which_rows_never_come() -> None:
    first = table([AREA], [("< 100", 1), ("< 50", 2), ("-", 3)], "FIRST")
    assert first.evaluate({"form": {"area": 10}}) == {"fee": Decimal(1)}
    assert sentences(first) == ["决策表“收费”的第 2 行永远轮不到，前面的行已经都包括了。"]


@pytest.mark.parametrize(
    ("how", "fee"),
    [
        ("", [Decimal(1), Decimal(2)]),
        ("sum", Decimal(3)),
        ("min", Decimal(1)),
        ("max", Decimal(2)),
        ("count", Decimal(2)),
    ],
)
def test_collect_takes_all(how: str, fee: Any) -> None:
    collected = table([AREA], [("< 100", 1), ("< 50", 2), ("> 90", 3)], "COLLECT", how)
    assert collected.evaluate({"form": {"area": 10}}) == {"fee": fee}
    assert sentences(collected) == []


def test_what_has_no_answer_says_so() -> None:
    with pytest.raises(ExpressionError, match="没有符合的行"):
        table([AREA], [("< 60", 1)]).evaluate({"form": {"area": 60}})
    with pytest.raises(ExpressionError, match="同时符合"):
        table([AREA], [("< 60", 1), ("< 70", 2)]).evaluate({"form": {"area": 5}})
    with pytest.raises(ExpressionError, match="没有符合的行"):
        BANDS.evaluate({"form": {}})


@pytest.mark.parametrize(
    ("inputs", "cell", "words"),
    [
        ([AREA], "六十", "不是数字"),
        ([AREA], "[5..1]", "左边大于右边"),
        ([KIND], "丁", "不在可选的值里"),
        ([CHAIN], "也许", "应是“是”或“否”"),
        ([DAY], "2025-02-30", "不是日期"),
        ([{**AREA, "expression": "__import__('os')"}], "-", "读不懂"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(inputs: list[Any], cell: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        table(inputs, [(cell, 1)])


ends = st.integers(0, 6)
cells = st.one_of(
    st.just("-"),
    st.builds(lambda value: f"< {value}", ends),
    st.builds(lambda value: f">= {value}", ends),
    st.builds(lambda value: f"{value}", ends),
    st.builds(
        lambda one, other, left, right: f"{left}{min(one, other)}..{max(one, other)}{right}",
        ends,
        ends,
        st.sampled_from("[("),
        st.sampled_from("])"),
    ),
)
kinds = st.sampled_from(["-", "甲", "乙", "甲, 丙", "not(乙)"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(cells, kinds), min_size=1, max_size=6), st.sampled_from(["UNIQUE", "FIRST"]))
def test_gaps_and_overlaps_are_those_that_trying_everything_finds(rows: list[tuple[str, str]], policy: str) -> None:
    made = table([{**AREA, "low": "0", "high": "6"}, KIND], [(*row, 1) for row in rows], policy)
    # Every value and every one between two: no cell changes anywhere else.
    points = [Decimal(half) / 2 for half in range(13)]
    hits = [
        sum(row.cells[0].holds(area) and row.cells[1].holds(kind) for row in made.rows)
        for area, kind in product(points, ["甲", "乙", "丙"])
    ]
    found = sentences(made)
    assert any("空档" in each for each in found) == (0 in hits)
    assert any("重叠" in each for each in found) == (policy == "UNIQUE" and max(hits) > 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=5))
def test_gaps_between_days_are_those_that_trying_every_day_finds(spans: list[tuple[int, int]]) -> None:
    first = date(2025, 1, 1)
    column = {**DAY, "low": first.isoformat(), "high": (first + timedelta(9)).isoformat()}
    rows = [f"[{first + timedelta(min(span))}..{first + timedelta(max(span))}]" for span in spans]
    made = table([column], [(row, 1) for row in rows])
    hits = [sum(row.cells[0].holds(first + timedelta(day)) for row in made.rows) for day in range(10)]
    found = sentences(made)
    assert any("空档" in each for each in found) == (0 in hits)
    assert any("重叠" in each for each in found) == (max(hits) > 1)
