"""Rules over whole columns: each bad value is held under its own name, and good ones pass."""

import string
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from zhengtong.capabilities.contracts.check_digits import find_bad
from zhengtong.capabilities.contracts.domain import ContractField
from zhengtong.capabilities.contracts.rules import Rules, check_rule
from zhengtong.capabilities.sources.public import Column, ColumnKind

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def agree(kind: ColumnKind = ColumnKind.TEXT, rule: dict[str, Any] | None = None, **more: Any) -> ContractField:
    return ContractField("value", Column("landed", kind, **more), "none", rule)


def judge(field: ContractField, *values: Any, kind: pa.DataType | None = None) -> tuple[list[Any], list[str]]:
    """Return what passed, and the rules that were broken."""
    batch = pa.RecordBatch.from_arrays([pa.array(values, kind or pa.large_string())], names=["value"])
    checked = Rules([field], ()).check(batch)
    assert checked.batch.num_rows + checked.held_rows == len(values)
    return checked.batch.column("landed").to_pylist(), [each.rule for each in checked.held]


BAD_VALUES: Final = [
    (agree(check := ColumnKind.TEXT, {"check": "GB11643"}), "110105194912310021", "check-GB11643"),
    (agree(check, {"check": "GB32100"}), "91350100M000100Y44", "check-GB32100"),
    (agree(check, {"pattern": r"\d{6}"}), "12345", "pattern"),
    (agree(check, {"one_of": ["1", "2"]}), "3", "unknown-code"),
    (agree(check), "a\0b", "nul"),
    (agree(check), "3.30102E+17", "spreadsheet-number"),
    (agree(check, length=3), "四个字符", "too-long"),
    (agree(check, is_nullable=False), None, "missing"),
    (agree(check, is_nullable=False), "", "missing"),
    (agree(ColumnKind.DATE), "2021-02-29", "date-impossible"),
    (agree(ColumnKind.DATE), "昨天", "date-form"),
    (agree(ColumnKind.DATETIME), "2021-02-29 08:00:00", "date-impossible"),
    (agree(ColumnKind.DATETIME), "2021/2/29T08:00:00.5", "date-impossible"),
    (agree(ColumnKind.DATETIME), "2021-02-29", "date-impossible"),
    (agree(ColumnKind.DATETIME, has_zone=True), "2021-13-01T08:00:00+08:00", "date-impossible"),
    (agree(ColumnKind.DATETIME, has_zone=True), "2021-02-29T08:00:00Z", "date-impossible"),
    # There is such a day, not such an hour.
    (agree(ColumnKind.DATETIME), "2021-02-28 25:00:00", "date-form"),
    (agree(ColumnKind.DATETIME), "2021-02-29 早上", "date-form"),
    (agree(ColumnKind.DATETIME), "昨天 08:00:00", "date-form"),
    (agree(ColumnKind.DATE, {"least": "1900-01-01"}), "1899-12-31", "date-range"),
    (agree(ColumnKind.INTEGER), "1,000", "number-form"),
    (agree(ColumnKind.INTEGER), "3.30102E+17", "spreadsheet-number"),
    (agree(ColumnKind.INTEGER, {"most": "9"}), "10", "number-range"),
    (agree(ColumnKind.DECIMAL, precision=5, scale=2), "1.005", "number-size"),
    (agree(ColumnKind.DECIMAL, precision=5, scale=2), "1000.00", "number-size"),
    (agree(ColumnKind.DECIMAL, precision=5, scale=2), "nan", "number-form"),
    (agree(ColumnKind.BOOLEAN), "也许", "boolean-form"),
    (agree(ColumnKind.JSON), "{", "json-form"),
]


@pytest.mark.parametrize(("field", "value", "rule"), BAD_VALUES)
def test_each_bad_value_has_its_own_name(field: ContractField, value: str | None, rule: str) -> None:
    assert judge(field, value) == ([], [rule])


@pytest.mark.parametrize(
    ("field", "value", "landed"),
    [
        (agree(ColumnKind.DATE), "2020年2月29日", date(2020, 2, 29)),
        (agree(ColumnKind.DATE), "20200229", date(2020, 2, 29)),
        (agree(ColumnKind.DECIMAL, precision=5, scale=2), "１２.５0", Decimal("12.50")),
        (agree(ColumnKind.INTEGER), "007", 7),
        (agree(ColumnKind.INTEGER), "", None),
        (agree(ColumnKind.BOOLEAN), "是", True),
        (agree(), "1E+3 号楼", "1E+3 号楼"),
        (agree(rule={"check": "GB11643"}), "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
    ],
)
def test_text_is_read_as_the_agreed_type(field: ContractField, value: str, landed: object) -> None:
    assert judge(field, value) == ([landed], [])


def test_the_original_of_what_was_normalised_is_kept() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(["11010519491231002x"], pa.large_string())], names=["value"])
    checked = Rules([agree(rule={"check": "GB11643"})], ("landed",)).check(batch)
    assert checked.batch.column(0).to_pylist() == ["11010519491231002X"]
    assert [each.original for each in checked.normalised] == [{"value": "11010519491231002x"}]


def test_days_before_christ_and_infinite_ones_are_held() -> None:
    days = pa.array([-735_600, -2_147_472_692, 0], pa.int32()).view(pa.date32())
    assert judge(agree(ColumnKind.DATE), *days, kind=pa.date32()) == ([date(1970, 1, 1)], ["date-range"] * 2)


def test_of_keys_that_come_twice_the_first_counts_across_batches() -> None:
    rules = Rules([agree(ColumnKind.INTEGER)], ("landed",))
    seen: list[int] = []
    for values in ([1, 2, 2, 3], [3, 4], [5, 1, 6, 6], list(range(100))):
        checked = rules.check(pa.RecordBatch.from_arrays([pa.array(values, pa.int64())], names=["value"]))
        seen += checked.batch.column(0).to_pylist()
        assert {each.rule for each in checked.held} <= {"key-doubled"}
    assert sorted(seen) == list(range(100))


def test_a_rule_that_no_value_can_be_held_against_is_refused() -> None:
    for rule in ({"pattern": "("}, {"least": "x"}, {"check": "GB1"}, {"other": 1}):
        with pytest.raises(ValueError, match=r"\w"):
            check_rule(rule, Column("a", ColumnKind.TEXT if "least" not in rule else ColumnKind.INTEGER))


@given(
    st.lists(
        st.one_of(st.none(), st.text(string.digits + "X", min_size=18, max_size=18), st.text(max_size=18)), max_size=6
    )
)
def test_identity_numbers_are_judged_as_by_another_program(values: list[str | None]) -> None:
    bad = find_bad(pa.array(values, pa.large_string()), "GB11643").to_list()
    for value, is_bad in zip(values, bad, strict=True):
        if value is not None and not is_bad:
            assert ric.calc_check_digit(value) == value[-1]
        if value is None:
            assert not is_bad


@given(st.text(_CREDIT, min_size=17, max_size=17), st.sampled_from(_CREDIT))
def test_credit_codes_are_judged_as_by_another_program(body: str, last: str) -> None:
    code = body + last
    good = body + uscc.calc_check_digit(body)
    bad = find_bad(pa.array([code, good, "91350100M000100Y43"], pa.large_string()), "GB32100").to_list()
    # The other one doesn't judge the organisation code inside.
    assert bad[0] or uscc.calc_check_digit(body) == last
    assert not bad[2]
    if not bad[1]:
        assert _inner_digit(good[8:16]) == good[16]


def _inner_digit(body: str) -> str:
    alphabet = string.digits + string.ascii_uppercase
    total = sum(alphabet.index(each) * weight for each, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
