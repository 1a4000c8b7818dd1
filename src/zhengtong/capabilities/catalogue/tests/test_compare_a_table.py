"""What is published is compared with what the source has: every difference once, none where there is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.catalogue.drift import Finding, Promise, compare_table, say
from zhengtong.capabilities.sources.public import Column, ColumnKind, Table

NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
SIZES = st.one_of(st.none(), st.integers(1, 4000))


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    kind = draw(st.sampled_from(ColumnKind))
    sized = kind in (ColumnKind.TEXT, ColumnKind.BINARY)
    precision = draw(st.one_of(st.none(), st.integers(1, 38))) if kind is ColumnKind.DECIMAL else None
    return Column(
        name,
        kind,
        length=draw(SIZES) if sized else None,
        precision=precision,
        scale=draw(st.integers(0, precision)) if precision else None,
        is_nullable=draw(st.booleans()),
        has_zone=draw(st.booleans()) if kind is ColumnKind.DATETIME else False,
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    return Table("t", tuple(draw(columns(name)) for name in names))


def promise_all(table: Table) -> list[Promise]:
    return [
        Promise(
            f"项{column.name}",
            column.name,
            str(column.kind),
            column.length,
            column.precision,
            column.scale,
            column.has_zone,
            column.is_nullable,
        )
        for column in table.columns
    ]


@given(tables())
def test_what_is_as_promised_gives_no_finding(table: Table) -> None:
    assert compare_table(promise_all(table), table) == []


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_columns_is_no_difference(table: Table, random: "st.Random") -> None:  # type: ignore[name-defined]
    mixed = list(table.columns)
    random.shuffle(mixed)
    assert compare_table(promise_all(table), replace(table, columns=tuple(mixed))) == []


@given(tables(), st.data())
def test_a_dropped_column_is_missed_and_nothing_else(table: Table, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(table.columns) - 1))
    rest = replace(table, columns=table.columns[:at] + table.columns[at + 1 :])
    (finding,) = compare_table(promise_all(table), rest)
    assert (finding.problem, finding.column, finding.is_grave) == ("missing", table.columns[at].name, True)


@given(tables(), st.data())
def test_a_new_column_is_told_and_nothing_to_put_right(table: Table, data: st.DataObject) -> None:
    name = data.draw(NAMES.filter(lambda each: each not in {column.name for column in table.columns}))
    (finding,) = compare_table(promise_all(table), replace(table, columns=(*table.columns, data.draw(columns(name)))))
    assert (finding.problem, finding.column, finding.is_grave) == ("extra", name, False)


@given(tables(), st.data())
def test_a_renamed_column_is_one_that_is_missing_and_one_too_many(table: Table, data: st.DataObject) -> None:
    name = data.draw(NAMES.filter(lambda each: each not in {column.name for column in table.columns}))
    renamed = replace(table, columns=(replace(table.columns[0], name=name), *table.columns[1:]))
    assert [each.problem for each in compare_table(promise_all(table), renamed)] == ["missing", "extra"]


@given(tables(), st.data())
def test_a_column_that_changed_gives_one_sentence_at_most(table: Table, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(table.columns) - 1))
    other = data.draw(columns(table.columns[at].name))
    changed = replace(table, columns=(*table.columns[:at], other, *table.columns[at + 1 :]))
    found = compare_table(promise_all(table), changed)
    assert len(found) == (other != table.columns[at])
    for each in found:
        assert each.column == other.name
        assert say(each)
        assert Finding.from_json(each.to_json()) == each


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (Column("name", ColumnKind.TEXT, 200), "信息项“名称”目录写长度100，数据源是200。"),
        (Column("name", ColumnKind.TEXT), "信息项“名称”目录写长度100，数据源是不限。"),
        (Column("name", ColumnKind.INTEGER), "信息项“名称”目录写字符型，数据源是整数型。"),
        (Column("other", ColumnKind.TEXT, 100), "目录里的信息项“名称”，数据源没有对应的列 name。"),
        (Column("name", ColumnKind.TEXT, 100, is_nullable=False), "信息项“名称”目录写可以为空，数据源不允许为空。"),
    ],
)
def test_a_finding_says_what_differs_in_a_sentence(column: Column, sentence: str) -> None:
    promised = [Promise("名称", "name", "text", 100)]
    assert say(compare_table(promised, Table("t", (column,)))[0]) == sentence
