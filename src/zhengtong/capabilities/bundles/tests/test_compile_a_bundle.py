"""A bundle is compiled: one form out of several, what is produced isn't asked for, what doesn't fit is named."""

import json
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.restaurant import answer
from zhengtong.capabilities.bundles.declarations import BundleFile
from zhengtong.capabilities.bundles.definitions import list_part_texts, plan_parts
from zhengtong.capabilities.bundles.domain import UnusableBundle, answers_of_part, compile_bundle
from zhengtong.capabilities.cases.declarations import ItemFile
from zhengtong.capabilities.cases.domain import read_seed
from zhengtong.capabilities.cases.public import ItemDefinition, clean_form, parse_definition, read_item, settle
from zhengtong.kernel.modules import registry


def amount_of(code: str) -> Decimal:
    return next(row.amount for row in read_seed().thresholds if row.code == code)


def read_items() -> dict[str, dict[str, Any]]:
    texts = [settle(read_item(each.path), amount_of) for each in registry.of(ItemFile)]
    return {text["code"]: text for text in texts}


def read_bundle() -> dict[str, Any]:
    return tomllib.loads(registry.get(BundleFile, "open-restaurant").path.read_text("utf-8"))


def compiled(raw: dict[str, Any], texts: dict[str, Any]) -> ItemDefinition:
    text = compile_bundle(raw, texts, dict.fromkeys(texts, 1))
    return parse_definition(settle(json.loads(json.dumps(text, default=str)), amount_of))


TEXTS = read_items()
RESTAURANT = compiled(read_bundle(), TEXTS)


@st.composite
def situations(draw: st.DrawFn) -> dict[str, str]:
    """Answers to the questions, at and around every threshold."""
    form = {}
    for spec in RESTAURANT.sections[0].fields:
        if spec.options:
            form[spec.key] = draw(st.sampled_from(spec.options))
        else:
            form[spec.key] = str(draw(st.sampled_from([1, 74, 75, 76, 149, 299, 300, 301, 500, 999, 5000])))
    return form


def filled(definition: ItemDefinition, situation: dict[str, str]) -> dict[str, Any]:
    form: dict[str, Any] = dict(situation)
    while missing := [s for each in definition.list_asked(form) for s in each.fields if s.key not in form]:
        form |= {spec.key: answer(spec) for spec in missing}
    return form


@settings(deadline=None)
@given(situation=situations())
def test_every_item_is_answered_whatever_the_situation(situation: dict[str, str]) -> None:
    form = filled(RESTAURANT, situation)
    plans = {plan.code: plan for plan in plan_parts(RESTAURANT, form)}
    parts = {part.code: part for part in list_part_texts(RESTAURANT)}
    answers: dict[str, dict[str, Any]] = {}
    for code, plan in plans.items():  # in their order: whoever is waited for comes first
        definition = parse_definition(TEXTS[code])
        produced = {
            output.element: answers[before].get(output.source.removeprefix("form."), "91350100M000100Y43")
            for before in plan.after
            for output in parse_definition(TEXTS[before]).outputs
        }
        part = {"fields": parts[code].fields, "answers": parts[code].answers}
        answers[code] = answers_of_part(part, form, produced)
        _cleaned, errors = clean_form(definition, answers[code])
        assert errors == [], code


@settings(deadline=None)
@given(situation=situations())
def test_what_an_earlier_part_produces_is_not_asked_for(situation: dict[str, str]) -> None:
    form = filled(RESTAURANT, situation)
    is_produced = "business-licence" in {plan.code for plan in plan_parts(RESTAURANT, form)}
    asked = {spec.key for section in RESTAURANT.list_asked(form) for spec in section.fields}
    papers = {spec.e_licence for spec in RESTAURANT.materials if spec.is_asked(form)}
    assert ("credit_code" in asked) is not is_produced
    assert ("business-licence" in papers) is not is_produced


def test_one_element_is_asked_once() -> None:
    asked = [spec.element for section in RESTAURANT.sections for spec in section.fields if spec.element]
    assert len(asked) == len(set(asked))


def test_nothing_is_waited_for_that_does_not_apply() -> None:
    form = {"has_licence": "已经有"}
    food = next(plan for plan in plan_parts(RESTAURANT, form) if plan.code == "food-business-licence")
    assert food.after == ()


def toy(**items: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": "toy",
        "name": "toy",
        "statutory": "licensing.joint_decision",
        "promised_days": 3,
        "questions": [{"key": "q", "label": "q", "type": "choice", "options": ["a", "b"]}],
        "items": [{"code": code, **more} for code, more in items.items()],
    }


def item(code: str, *fields: dict[str, Any], materials: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    form = [{"key": "s", "title": "s", "fields": [{"label": "x", "type": "text", **each} for each in fields]}]
    return {"code": code, "name": code, "form": form, "materials": list(materials)}


@pytest.mark.parametrize(
    ("raw", "texts", "says"),
    [
        (toy(a={"after": ["b"]}, b={"after": ["a"]}), {"a": item("a"), "b": item("b")}, "wait for itself"),
        (toy(a={"after": ["c"]}), {"a": item("a")}, "no item of the bundle"),
        (toy(a={}), {}, "no such item"),
        (toy(a={"when": {"field": "z", "values": ["a"]}}), {"a": item("a")}, "no question"),
        (
            toy(a={}, b={}),
            {
                "a": item("a", {"key": "x", "element": "e"}),
                "b": item("b", {"key": "y", "element": "e", "type": "number"}),
            },
            "a.x and b.y",
        ),
        (
            toy(a={}, b={}),
            {
                "a": item("a", materials=({"key": "m", "name": "m", "kinds": ["pdf"], "document": "d"},)),
                "b": item("b", materials=({"key": "n", "name": "n", "kinds": ["jpg"], "document": "d"},)),
            },
            "no common kind",
        ),
    ],
)
def test_what_does_not_fit_is_named(raw: dict[str, Any], texts: dict[str, Any], says: str) -> None:
    with pytest.raises(UnusableBundle, match=says):
        compile_bundle(raw, texts, dict.fromkeys(texts, 1))


def test_a_fixed_answer_settles_the_conditions_that_depend_on_it() -> None:
    shown = {"key": "y", "condition": {"field": "x", "values": ["yes"]}}
    text = compile_bundle(
        toy(a={"answers": {"x": "yes"}}, b={"answers": {"x": "no"}}),
        {"a": item("a", {"key": "x"}, shown), "b": item("b", {"key": "x"}, shown)},
        {"a": 1, "b": 1},
    )
    assert [each["key"] for section in text["form"] for each in section["fields"]] == ["q", "a_y"]


def test_a_field_that_two_items_ask_for_is_asked_when_either_applies() -> None:
    text = compile_bundle(
        toy(a={"when": {"field": "q", "values": ["a"]}}, b={"when": {"field": "q", "values": ["b"]}}, c={}),
        {
            "a": item("a", {"key": "x", "element": "e", "required": False}),
            "b": item("b", {"key": "y", "element": "e"}),
            "c": item("c"),
        },
        {"a": 1, "b": 1, "c": 1},
    )
    field = text["form"][1]["fields"][0]
    assert field["required"] is True
    assert field["condition"] == {"any": [{"field": "q", "values": ["a"]}, {"field": "q", "values": ["b"]}]}
