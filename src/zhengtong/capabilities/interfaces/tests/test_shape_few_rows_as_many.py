"""The few rows of a call are judged and covered one by one; whatever comes out is what whole columns would give."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.capabilities.catalogue.public import MaskKind
from zhengtong.capabilities.contracts.public import (
    ContractContent,
    ContractField,
    FewRows,
    check_mask,
)
from zhengtong.capabilities.interfaces.domain import Problem
from zhengtong.capabilities.interfaces.gateway.shaping import Shape
from zhengtong.capabilities.interfaces.tests.office import FIELDS
from zhengtong.capabilities.sources.public import Column, ColumnKind

_KINDS = (
    ColumnKind.TEXT,
    ColumnKind.INTEGER,
    ColumnKind.DECIMAL,
    ColumnKind.REAL,
    ColumnKind.BOOLEAN,
    ColumnKind.DATE,
    ColumnKind.DATETIME,
)
_WORDS = (
    "11010519491231002X|110105194912310021|440524188001010014|91350100M000100Y43|11010519490230002X|11010519491231002x|"
    "１１０１０５１９４９１２３１００２Ｘ| 11010519491231002X|王晓岚|欧阳一| 欧阳二三|\x1c王|　诸葛|司马|王|"
    "路|王\n五|\n| ||"
    "浙江省杭州市西湖区文三路1号|北京市海淀区中关村|内蒙古自治区锡林郭勒盟阿巴嘎旗|1990年3月| 1990-01|２０２０-01-01|"
    "13900001234|1234567|123456|1E+3|3.30102E+17|a\0b|ééééééééé|0|-0|+7|007|12.50|-0.00|1.005|1.500|99999999999|1e3|"
    "１２|1,000|-| 3 |"
    "2020-02-29|2021-02-29|2020/2/9|20200229|2020年2月29日|昨天|0000-01-01|0001-01-01|9999-12-31|2020-02-29 10:20:30|"
    "2020-02-29T10:20:30.25|2020-02-29T10:20:30Z|2020-02-29T10:20:30+0530|2020-1-2 3:4:5|2020-02-29 23:59:60|"
    "2020-02-29 24:00:00|1986-05-04 00:30:00|1991-12-31 23:59:59|1992-01-01 00:00:00|2020-02-29T10:20:30-14:59|"
    "2021-02-29 08:00:00|2021-02-29T08:00:00Z|2021-02-30T08:00:00+08:00|2021-02-29 08:00|"
    "2020-02-29T10:20|2020-02-29 10:20:30.1234567|9999-12-31T23:59:59Z"
)
_TEXTS = (*_WORDS.split("|"), "x" * 70)
_RULES: dict[ColumnKind, tuple[dict[str, Any], ...]] = {
    ColumnKind.TEXT: (
        {"check": "GB11643"}, {"check": "GB32100"}, {"pattern": r"\d{6,18}|王.*"}, {"one_of": ["王晓岚", "", 7]},
        {"least": "1", "most": "王"}, {"pattern": ".", "one_of": ["路", "王"]},
    ),
    ColumnKind.INTEGER: ({"least": 0, "most": "130"}, {"one_of": [7, "12"]}),
    ColumnKind.DECIMAL: ({"least": "0", "most": "12.50"}, {"one_of": ["12.50"]}),
    ColumnKind.REAL: ({"least": 0, "most": 12.5},),
    ColumnKind.DATE: ({"least": "2000-01-01", "most": "2020-12-31"},),
    ColumnKind.DATETIME: ({"least": "2000-01-01", "most": "2020-02-29T10:20:30"},),
}  # fmt: skip
_plain_values = st.one_of(
    st.none(),
    st.sampled_from(_TEXTS),
    st.sampled_from(("true", "false", "是", "FALSE", True, False)),
    st.integers(-(10**20), 10**20),
    st.integers(-3, 150),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9),
    st.sampled_from((Decimal("1E+3"), Decimal("-0"), Decimal("1.500"), Decimal("1E-9"), Decimal(10) ** 400)),
    st.text(max_size=12).filter(lambda text: text.isascii() or text.isprintable()),
    st.dates(date(1850, 1, 1)).map(str),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.isoformat(" ")),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda m: m.replace(tzinfo=UTC).isoformat()),
    st.just({"a": [1]}),
)


def _content(fields: tuple[ContractField, ...], key: tuple[str, ...] = ()) -> ContractContent:
    words = ("resource", "provider", "consumer", "purpose", "matter", "legal_basis", "source", "place", "watermark")
    more = ("target", "target_table", "schedule", "valid_from", "valid_until")
    return ContractContent(
        number="HT-1",
        version=1,
        mode="interface",
        fields=fields,
        key=key,
        conditions=(),
        working_days_only=False,
        most_rejected=1.0,
        most_deleted=1.0,
        calls_a_day=0,
        rows_a_call=0,
        **dict.fromkeys(words + more, ""),
    )


@st.composite
def _fields(draw: Any, place: int) -> ContractField:
    kind = draw(st.sampled_from(_KINDS))
    sizes: dict[str, Any] = {"is_nullable": draw(st.booleans())}
    if kind is ColumnKind.TEXT:
        sizes["length"] = draw(st.sampled_from((None, 3, 18, 64)))
    if kind is ColumnKind.DECIMAL:
        sizes |= draw(st.sampled_from(({}, {"precision": 12, "scale": 2}, {"precision": 12, "scale": 8})))
    if kind is ColumnKind.DATETIME:
        sizes["has_zone"] = draw(st.booleans())
    column = Column(f"landed{place}", kind, **sizes)
    mask = draw(st.sampled_from([str(each) for each in MaskKind if not check_mask(each, column)]))
    rule = draw(st.sampled_from((None, *_RULES.get(kind, ()))))
    return ContractField(f"source{place}", column, mask, rule)


def _shape(shape: Shape, rows: list[dict[str, Any]]) -> Any:
    try:
        return shape.shape(rows, is_filtered=True)
    except Problem as problem:
        return problem.args


def _whole(content: ContractContent) -> Shape:
    shape = Shape(content)
    shape._few = None
    return shape


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_rows_one_by_one_and_whole_columns_give_the_same(data: Any) -> None:
    fields = tuple(data.draw(_fields(place)) for place in range(data.draw(st.integers(1, 3))))
    key = (fields[0].column.name,) if data.draw(st.booleans()) else ()
    rows = data.draw(
        st.lists(st.fixed_dictionaries({each.source: _plain_values for each in fields}), min_size=1, max_size=4)
    )
    content = _content(fields, key)
    assert _shape(Shape(content), rows) == _shape(_whole(content), rows)


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("has_zone", [False, True])
def test_every_value_in_a_column_of_each_kind_with_every_rule_and_mask(kind: ColumnKind, has_zone: bool) -> None:
    column = Column("landed", kind, has_zone=has_zone)
    values = (*_TEXTS, None, 7, 12, True, Decimal("12.50"), Decimal("-0"))
    masks = [str(each) for each in MaskKind if not check_mask(each, column)]
    kinds = [(mask, None) for mask in masks] + [("none", rule) for rule in _RULES.get(kind, ())]
    for mask, rule in kinds:
        content = _content((ContractField("source", column, mask, rule),))
        few, whole = Shape(content), _whole(content)
        for value in values:
            rows = [{"source": value}]
            assert _shape(few, rows) == _shape(whole, rows), (mask, rule, value)


def test_the_rows_of_a_common_call_are_judged_one_by_one() -> None:
    good = {"idno": "11010519491231002X", "xm": "王晓岚", "dh": "13900001234", "nl": 33, "je": Decimal("12.5")}
    passed, held = FewRows(_content(FIELDS, ("number",))).shape([good, good | {"nl": 131}, good | {"idno": None}])
    assert held == 2
    assert passed == [
        {"number": "110***********002X", "name": "王**", "phone": "139****1234", "age": 33, "amount": Decimal("12.50")}
    ]


def test_two_columns_of_one_source_are_left_to_whole_columns() -> None:
    twice = (ContractField("a", Column("b", ColumnKind.TEXT)), ContractField("a", Column("c", ColumnKind.INTEGER)))
    assert not FewRows.fits(_content(twice))
