"""JSON Schema and Django's forms come to the same verdict over any answers, and a schema reads back as its form."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from zhengtong.capabilities.cases.json_schema import FORMATS
from zhengtong.capabilities.cases.public import (
    as_document,
    clean_form,
    is_of_format,
    make_schema,
    parse_definition,
    read_schema,
)
from zhengtong.capabilities.cases.tests.rich_form import make_text, rich, right

CHECKER = FormatChecker(formats=["date"])
for _name in FORMATS:
    CHECKER.checks(_name)(lambda value, name=_name: is_of_format(name, value))


def exactly(value: Any) -> Any:
    """Return JSON as a reader that keeps every digit gets it."""
    return json.loads(json.dumps(value, ensure_ascii=False), parse_float=Decimal)


SCHEMA = exactly(make_schema(rich()))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=CHECKER)

numbers = st.one_of(
    st.sampled_from(
        ["", "0", "1", "12", "12.5", "0.29", "1.005", "-1", "1e3", "abc", "１２", " 7 ", "99999999", "10", "500"]
    ),
    st.decimals(min_value=-10, max_value=20000, places=2).map(str),
)
words = st.one_of(
    st.sampled_from(["", " ", "甲", "AB", "ABCDE", "x\u202ey", "一二三四五六七八九十一二三四五六七八九十一"]),
    st.text(max_size=25),
)
row = st.fixed_dictionaries({}, optional={"who": words, "wage": numbers, "months": numbers, "why": words})
forms = st.fixed_dictionaries(
    {},
    optional={
        "name": words,
        "short": words,
        "kind": st.sampled_from(["", "自营", "联营", "别的"]),
        "partner": words,
        "uses": st.lists(st.sampled_from(["办公", "仓储", "销售", "睡觉"]), max_size=4),
        "since": st.sampled_from(["", "2026-11-21", "2026-2-3", "2026-02-30", "2026年1月2日", "昨天"]),
        "phone": st.sampled_from(["", "13900001234", "+86 139 0000 1234", "139", "12900001234"]),
        "number": st.sampled_from(["", "11010519491231002X", "110105194912310021", "x"]),
        "has_staff": st.sampled_from([True, False, "on", ""]),
        "area": numbers,
        "price": numbers,
        "reason": words,
        "place": st.sampled_from(["", "87.6,43.8", "43.8,87.6", "87.6", "a,b"]),
        "staff": st.lists(row, max_size=6),
        "fee": words,
    },
)


def agree(form: dict[str, Any]) -> None:
    _cleaned, errors = clean_form(rich(), form)
    document = exactly(as_document(rich(), form))
    # That something can't be calculated is no matter of shape: the schema leaves it to the formula.
    told = [error for error in errors if "算不出来" not in error[2]]
    assert VALIDATOR.is_valid(document) == (not told), (
        told,
        [each.message for each in VALIDATOR.iter_errors(document)],
    )


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    agree(right())


@settings(max_examples=200, deadline=None)
@given(forms)
def test_any_answers_get_the_same_verdict(form: dict[str, Any]) -> None:
    agree(form)


@settings(max_examples=60, deadline=None)
@given(forms)
def test_answers_that_are_nearly_right_get_the_same_verdict(form: dict[str, Any]) -> None:
    for key, value in form.items():
        agree(right() | {key: value})


def test_a_schema_reads_back_as_its_form() -> None:
    again = make_text(read_schema(json.loads(json.dumps(make_schema(rich())))))
    assert make_schema(parse_definition(again)) == make_schema(rich())


def test_a_schema_of_others_reads_as_far_as_it_can_be_said() -> None:
    schema = {
        "title": "Person",
        "type": "object",
        "required": ["First Name"],
        "properties": {
            "First Name": {"type": "string", "title": "名"},
            "age": {"type": "integer", "minimum": 0, "maximum": 130},
            "born": {"type": "string", "format": "date"},
            "pets": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}}}},
        },
    }
    fields = {each["key"]: each for each in read_schema(schema)[0]["fields"]}
    assert {key: each["type"] for key, each in fields.items()} == {
        "first_name": "text",
        "age": "number",
        "born": "date",
        "pets": "repeat",
    }
    assert fields["first_name"]["required"]
    assert not fields["age"]["required"]
