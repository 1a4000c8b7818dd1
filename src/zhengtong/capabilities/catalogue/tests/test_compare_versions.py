"""What a change means to those who receive the data, as rules that hold for whatever versions there are."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.catalogue.domain import (
    FieldText,
    Verdict,
    VersionText,
    compare,
    doubled,
    make_item_code,
    verdict_of,
)
from zhengtong.capabilities.catalogue.tests.office import FIELDS, TEXT

KINDS = ("text", "integer", "decimal", "real", "boolean", "date", "datetime", "time", "binary", "json")


@st.composite
def items(draw: st.DrawFn) -> FieldText:
    code = draw(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True))
    is_key = draw(st.booleans())
    precision = draw(st.none() | st.integers(1, 38))
    return FieldText(
        code=code,
        name=draw(st.text(min_size=1, max_size=10)),
        column=f"c_{code}",
        kind=draw(st.sampled_from(KINDS)),
        length=draw(st.none() | st.integers(1, 500)),
        precision=precision,
        scale=None if precision is None else draw(st.integers(0, precision)),
        grade=draw(st.integers(1, 4)),
        personal=draw(st.sampled_from(("none", "personal", "sensitive"))),
        is_key=is_key,
        is_nullable=not is_key and draw(st.booleans()),
    )


texts = st.builds(
    lambda fields, share, cycle: replace(TEXT, fields=tuple(fields), share_type=share, update_cycle=cycle),
    st.lists(items(), max_size=6, unique_by=lambda each: each.code),
    st.sampled_from(("unconditional", "conditional", "withheld")),
    st.sampled_from(("live", "daily", "yearly", "irregular")),
)


def judge(before: VersionText, after: VersionText) -> Verdict:
    return verdict_of(compare(before, after))


def in_order(text: VersionText) -> VersionText:
    return replace(text, fields=tuple(sorted(text.fields, key=lambda each: each.code)))


@given(texts)
def test_what_did_not_change_is_the_same(text: VersionText) -> None:
    assert compare(text, text) == []
    assert judge(text, text) is Verdict.SAME
    assert VersionText.of(text.plain()) == text


@given(texts, texts)
def test_nothing_found_means_equal_but_for_the_order(before: VersionText, after: VersionText) -> None:
    if not compare(before, after):
        assert in_order(before) == in_order(after)


@given(texts, items())
def test_a_field_more_that_may_be_empty_is_compatible(text: VersionText, more: FieldText) -> None:
    taken = [each.code for each in text.fields]
    added = replace(more, code=make_item_code("more", taken, 1), column="c_more", is_key=False, is_nullable=True)
    assert judge(text, replace(text, fields=(*text.fields, added))) is Verdict.COMPATIBLE


@given(texts, st.data())
def test_a_field_less_is_breaking(text: VersionText, data: st.DataObject) -> None:
    if not text.fields:
        return
    gone = data.draw(st.integers(0, len(text.fields) - 1))
    left = text.fields[:gone] + text.fields[gone + 1 :]
    assert judge(text, replace(text, fields=left)) is Verdict.BREAKING


@given(texts, st.randoms())
def test_the_order_of_fields_means_nothing(text: VersionText, chance: Any) -> None:
    shuffled = list(text.fields)
    chance.shuffle(shuffled)
    assert compare(text, replace(text, fields=tuple(shuffled))) == []


@given(texts, texts, texts)
def test_two_compatible_steps_are_compatible_at_once(a: VersionText, b: VersionText, c: VersionText) -> None:
    """Whoever skips a version isn't surprised."""
    if judge(a, b) is not Verdict.BREAKING and judge(b, c) is not Verdict.BREAKING:
        assert judge(a, c) is not Verdict.BREAKING


@given(items(), st.none() | st.integers(1, 600))
def test_longer_is_compatible_and_shorter_is_breaking(item: FieldText, length: int | None) -> None:
    found = judge(replace(TEXT, fields=(item,)), replace(TEXT, fields=(replace(item, length=length),)))
    if length == item.length:
        assert found is Verdict.SAME
    elif length is None or (item.length is not None and length > item.length):
        assert found is Verdict.COMPATIBLE
    else:
        assert found is Verdict.BREAKING


@given(st.integers(1, 38), st.integers(0, 38), st.integers(1, 38), st.integers(0, 38))
def test_a_decimal_is_wider_when_every_number_still_fits(p: int, s: int, q: int, t: int) -> None:
    if s > p or t > q or (p, s) == (q, t):
        return
    old = FieldText("a", "甲", "a", "decimal", precision=p, scale=s)
    new = replace(old, precision=q, scale=t)
    fits = t >= s and q - t >= p - s
    expected = Verdict.COMPATIBLE if fits else Verdict.BREAKING
    assert judge(replace(TEXT, fields=(old,)), replace(TEXT, fields=(new,))) is expected


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"name": "别的名字"}, Verdict.SAME),
        ({"note": "说明"}, Verdict.SAME),
        ({"kind": "integer"}, Verdict.BREAKING),
        ({"column": "other"}, Verdict.BREAKING),
        ({"is_nullable": True}, Verdict.BREAKING),
        ({"is_key": True}, Verdict.BREAKING),
        ({"dictionary": "GB/T 2261"}, Verdict.BREAKING),
        ({"personal": "personal"}, Verdict.BREAKING),
        ({"grade": 3}, Verdict.BREAKING),
        ({"mask": "hidden"}, Verdict.COMPATIBLE),
        ({"rule": {"pattern": "^.$"}}, Verdict.COMPATIBLE),
    ],
)
def test_each_attribute_of_an_item_has_its_meaning(changes: dict[str, Any], verdict: Verdict) -> None:
    item = FIELDS[1]
    assert judge(replace(TEXT, fields=(item,)), replace(TEXT, fields=(replace(item, **changes),))) is verdict


def test_a_nullable_field_that_becomes_required_is_breaking_too() -> None:
    item = FIELDS[3]
    assert item.is_nullable
    assert judge(replace(TEXT, fields=(item,)), replace(TEXT, fields=(replace(item, is_nullable=False),))) == "breaking"


def test_another_code_on_the_same_column_is_a_renaming() -> None:
    renamed = replace(FIELDS[1], code="company")
    (change,) = compare(replace(TEXT, fields=(FIELDS[1],)), replace(TEXT, fields=(renamed,)))
    assert (change.change, change.before, change.after, change.verdict) == ("renamed", "name", "company", "breaking")


@pytest.mark.parametrize(
    ("name", "before", "after", "verdict"),
    [
        ("share_type", "unconditional", "conditional", "breaking"),
        ("share_type", "withheld", "conditional", "compatible"),
        ("open_type", "open", "closed", "breaking"),
        ("open_type", "closed", "open", "compatible"),
        ("update_cycle", "daily", "monthly", "breaking"),
        ("update_cycle", "monthly", "live", "compatible"),
        ("update_cycle", "yearly", "irregular", "breaking"),
        ("abstract", "甲", "乙", "same"),
        ("share_way", "接口", "库表", "compatible"),
    ],
)
def test_each_attribute_of_the_head_has_its_meaning(name: str, before: str, after: str, verdict: str) -> None:
    old, new = (VersionText.of({**TEXT.plain(), name: value}) for value in (before, after))
    assert judge(old, new) == verdict


@given(st.lists(st.text(max_size=70), max_size=30))
def test_codes_made_of_columns_are_codes_and_differ(columns: list[str]) -> None:
    made: list[str] = []
    for place, column in enumerate(columns, 1):
        made.append(make_item_code(column, made, place))
    assert doubled(made) == []
    assert all(code.isascii() and len(code) <= 63 and not code[0].isdigit() for code in made)
