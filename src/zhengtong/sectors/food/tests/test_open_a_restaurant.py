"""What the bundle 开办餐饮店 asks and leads to, from the answers to its questions."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast
from zhengtong.capabilities.bundles.public import plan_parts
from zhengtong.capabilities.cases import public as cases

BUNDLE = "open-restaurant"
SMALL = {"has_licence": "还没有", "floor_area": "80", "seats": "20", "street": "其他道路", "sells_alcohol": "否"}


@pytest.fixture
def definition(cast: Cast) -> cases.ItemDefinition:
    item = cases.get_item(BUNDLE)
    assert item is not None
    return cases.get_definition(cases.get_live_version(item).pk)


def asked(definition: cases.ItemDefinition, form: Mapping[str, Any]) -> list[str]:
    return [spec.key for section in definition.list_asked(form) for spec in section.fields]


def materials(definition: cases.ItemDefinition, form: Mapping[str, Any]) -> set[str]:
    return {spec.key for spec in definition.materials if spec.is_asked(form)}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, {BUSINESS, ITEM}),
        ({"has_licence": "已经有"}, {ITEM}),
        ({"floor_area": "299"}, {BUSINESS, ITEM}),
        ({"floor_area": "299.99"}, {BUSINESS, ITEM}),
        ({"floor_area": "300"}, {BUSINESS, ITEM, FIRE}),
        ({"street": "主要大街或重点路段"}, {BUSINESS, ITEM, SIGN}),
        ({"floor_area": "300", "street": "主要大街或重点路段"}, {BUSINESS, ITEM, FIRE, SIGN}),
    ],
)
def test_the_answers_decide_which_items_apply(
    definition: cases.ItemDefinition, changes: dict[str, str], codes: set[str]
) -> None:
    plan = plan_parts(definition, SMALL | changes)
    assert {part.code for part in plan} == codes
    assert all(part.why for part in plan)


def test_the_food_licence_waits_for_the_business_licence_only_where_there_is_none(
    definition: cases.ItemDefinition,
) -> None:
    waits = {part.code: part.after for part in plan_parts(definition, SMALL | {"floor_area": "300"})}
    assert waits == {BUSINESS: (), ITEM: (BUSINESS,), FIRE: ()}
    assert [part.after for part in plan_parts(definition, SMALL | {"has_licence": "已经有"})] == [()]


def test_what_the_business_licence_brings_is_never_asked_for(definition: cases.ItemDefinition) -> None:
    whole = SMALL | {"floor_area": "400", "street": "主要大街或重点路段"}
    keys = asked(definition, whole)
    assert "credit_code" not in keys
    assert "residence" not in keys
    assert "business_licence" not in materials(definition, whole)
    assert keys.count("operator_name") == 1
    has_one = whole | {"has_licence": "已经有"}
    assert {"credit_code", "residence"} <= set(asked(definition, has_one))
    assert "business_licence" in materials(definition, has_one)


def test_no_answer_is_asked_for_twice_and_no_paper_either(definition: cases.ItemDefinition) -> None:
    whole = SMALL | {"floor_area": "600", "street": "主要大街或重点路段", "premises_tenure": "租赁"}
    alone = 0
    for code in (BUSINESS, ITEM, FIRE, SIGN):
        item = cases.get_item(code)
        assert item is not None
        own = cases.get_definition(cases.get_live_version(item).pk)
        alone += sum(1 for _spec in own.fields())
    keys = asked(definition, whole)
    assert len(keys) == len(set(keys))
    assert len(keys) <= 0.6 * alone
    assert {"premises_plan", "premises_proof", "agent_authority"} <= materials(definition, whole)


@pytest.mark.parametrize(
    ("changes", "is_wanted"),
    [
        ({"floor_area": "499", "seats": "249"}, False),
        ({"floor_area": "500", "seats": "0"}, True),
        ({"floor_area": "80", "seats": "250"}, True),
    ],
)
def test_a_large_restaurant_names_its_safety_director(
    definition: cases.ItemDefinition, changes: dict[str, str], is_wanted: bool
) -> None:
    assert ("food_business_licence_safety_director" in materials(definition, SMALL | changes)) is is_wanted


def test_who_sells_alcohol_promises_not_to_sell_it_to_minors(definition: cases.ItemDefinition) -> None:
    assert "alcohol_pledge" in materials(definition, SMALL | {"sells_alcohol": "是"})
    assert "alcohol_pledge" not in materials(definition, SMALL)


def test_the_bundle_is_the_service_centres_and_promises_less_than_the_law_allows(cast: Cast) -> None:
    office = cast.offices[BUNDLE]
    assert office.organisation == office.window
    version = cases.get_live_version(office.item)
    assert (version.statutory_limit, version.promised_days) == ("licensing.joint_decision", 12)
