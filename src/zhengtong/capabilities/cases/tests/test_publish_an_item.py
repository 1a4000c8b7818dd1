"""An item is compiled and published: a new version for a new text, nothing for the same, a refusal for nonsense."""

from copy import deepcopy
from typing import Any

import pytest

from tests.cast import Cast
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.item_definition import UnusableDefinition
from zhengtong.kernel.policy import SYSTEM, Denied


@pytest.fixture
def raw(cast: Cast) -> dict[str, Any]:
    return deepcopy(dict(cases.get_definition(cases.get_live_version(cast.office.item).pk).text))


def test_the_same_text_is_the_same_version(cast: Cast, raw: dict[str, Any]) -> None:
    assert cases.publish_item(actor=SYSTEM, raw=raw).pk == cases.get_live_version(cast.office.item).pk
    assert cast.office.item.versions.count() == 1


def test_a_new_text_is_a_new_version_beside_the_old(cast: Cast, raw: dict[str, Any]) -> None:
    old = cases.get_live_version(cast.office.item)
    raw["summary"] = "开业前要取得许可证。"
    new = cases.publish_item(actor=SYSTEM, raw=raw)
    assert (new.number, cases.get_live_version(cast.office.item).pk) == (old.number + 1, new.pk)
    assert cases.get_definition(old.pk).text["summary"] != cases.get_definition(new.pk).text["summary"]


def test_a_promise_above_the_legal_limit_is_refused(cast: Cast, raw: dict[str, Any]) -> None:
    raw["limits"]["promised_days"] = 11
    with pytest.raises(UnusableDefinition, match="food-business-licence"):
        cases.publish_item(actor=SYSTEM, raw=raw)
    assert cast.office.item.versions.count() == 1


def test_what_does_not_exist_is_named(cast: Cast, raw: dict[str, Any]) -> None:
    raw["form"][0]["fields"][0]["type"] = "python"
    with pytest.raises(UnusableDefinition, match=r"operator\.operator_name: type = 'python'"):
        cases.publish_item(actor=SYSTEM, raw=raw)
    del raw["form"][0]["fields"][0]["type"]
    with pytest.raises(UnusableDefinition, match="'type' is missing"):
        cases.publish_item(actor=SYSTEM, raw=raw)


def test_a_limit_that_no_law_sets_is_refused(cast: Cast, raw: dict[str, Any]) -> None:
    raw["limits"]["statutory"] = "food.invented"
    with pytest.raises(UnusableDefinition, match=r"food\.invented"):
        cases.publish_item(actor=SYSTEM, raw=raw)


def test_only_compilers_publish(cast: Cast, raw: dict[str, Any]) -> None:
    for actor in (cast.owner, cast.counter, cast.head):
        with pytest.raises(Denied):
            cases.publish_item(actor=actor, raw=raw)
