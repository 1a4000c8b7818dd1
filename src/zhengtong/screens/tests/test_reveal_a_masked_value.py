"""A masked value is shown whole to those who may, for a purpose they state; who was looked at finds the look."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.toy.models import Well
from zhengtong.core.audit.public import AuditRecord, list_by_subject
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Denied
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.reveal import TooMany, reveal_value

if TYPE_CHECKING:
    from zhengtong.screens.tests.conftest import WaterOffice

PHONE = "13800000001"
HTMX = {"HX-Request": "true"}


def address(well: Well) -> str:
    return reverse("screens:wells.wells.reveal", args=[well.pk])


def looks() -> Any:
    return AuditRecord.objects.filter(action="wells.reveal")


def test_the_page_asks_for_the_purpose_and_shows_the_value_once(water: "WaterOffice") -> None:
    well, keeper = water.dig(1), water.browser("keeper")
    asked = keeper.get(address(well), {"field": "keeper_phone"})
    assert asked.status_code == 200
    assert PHONE not in asked.content.decode()
    assert "核对身份" in asked.content.decode()
    shown = keeper.post(address(well), {"field": "keeper_phone", "purpose": "联系看护人抢修"})
    assert PHONE in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    entry = looks().get()
    assert (entry.purpose, entry.after, entry.object_id) == ("联系看护人抢修", {"field": "keeper_phone"}, str(well.pk))
    assert PHONE not in str(vars(entry))


def test_in_place_only_the_value_comes_and_a_problem_goes_beside_the_purpose(water: "WaterOffice") -> None:
    well, keeper = water.dig(1), water.browser("keeper")
    shown = keeper.post(address(well), {"field": "keeper_phone", "purpose": "联系本人"}, headers=HTMX)
    text = shown.content.decode()
    assert PHONE in text
    assert 'data-masked="138****0001"' in text
    assert "<html" not in text
    refused = keeper.post(address(well), {"field": "keeper_phone", "purpose": " 我 "}, headers=HTMX)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#reveal-problem-keeper_phone")
    assert "请写明查看的用途" in refused.content.decode()
    assert PHONE not in refused.content.decode()
    assert looks().count() == 1


def test_the_detail_page_offers_it_only_to_who_may(water: "WaterOffice") -> None:
    well = water.dig(1)
    page = reverse("screens:wells.wells.detail", args=[well.pk])
    mine = water.browser("keeper").get(page).content.decode()
    assert address(well) in mine
    assert "138****0001" in mine
    assert PHONE not in mine
    assert address(well) not in water.browser("viewer").get(page).content.decode()


@pytest.mark.parametrize(("who", "status"), [("viewer", 403), ("stranger", 404), ("counter", 403)])
def test_others_are_refused(water: "WaterOffice", who: str, status: int) -> None:
    well = water.dig(1)
    for method in ("get", "post"):
        answer = getattr(water.browser(who), method)(address(well), {"field": "keeper_phone", "purpose": "好奇心"})
        assert answer.status_code == status
        assert PHONE not in answer.content.decode()
    assert not looks().exists()


@pytest.mark.parametrize(
    "field", ["name", "keeper_digest", "id", "nothing", "", "keeper_phone__x", "owner__credit_code"]
)
def test_only_a_masked_column_can_be_revealed(water: "WaterOffice", field: str) -> None:
    answer = water.browser("keeper").post(address(water.dig(1)), {"field": field, "purpose": "核对身份"})
    assert answer.status_code == 404
    assert not looks().exists()


def test_who_was_looked_at_finds_the_look(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)

    class OfAPerson(type(screens)):  # type: ignore[misc]  # the declaration's class, made to name whose data it is
        subject = "keeper_digest"

    actor = water.actor("keeper")
    value = reveal_value(actor=actor, screens=OfAPerson(), row=well, column="keeper_phone", purpose="联系本人")
    assert value == PHONE
    assert [look.purpose for look in list_by_subject(well.keeper_digest)] == ["联系本人"]


def test_nobody_may_where_the_declaration_names_no_permission(water: "WaterOffice", screens: ModelScreens) -> None:
    class Closed(type(screens)):  # type: ignore[misc]  # the declaration's class without what unmasking takes
        reveal = ""

    with pytest.raises(Denied):
        reveal_value(
            actor=water.actor("keeper"), screens=Closed(), row=water.dig(1), column="keeper_phone", purpose="核对"
        )


def test_an_hours_looks_are_limited_for_each_account(
    water: "WaterOffice", screens: ModelScreens, settings: Settings
) -> None:
    settings.REVEALS_PER_HOUR = 3
    well, actor = water.dig(1), water.actor("keeper")

    def look(who: Any = actor) -> str:
        return reveal_value(actor=who, screens=screens, row=well, column="keeper_phone", purpose="核对身份")

    assert [look() for _ in range(3)] == [PHONE] * 3
    with pytest.raises(TooMany, match="too-many"):
        look()
    assert looks().count() == 3
    client = water.browser("keeper")
    answer = client.post(address(well), {"field": "keeper_phone", "purpose": "核对身份"})
    assert answer.status_code == 429
    assert "一小时内最多查看 3 次" in answer.content.decode()
    assert look(replace(actor, account=water.accounts["viewer"].public_id)) == PHONE


@pytest.mark.parametrize("purpose", ["", " ", "\u3000", "我", " 看 "])
def test_without_a_purpose_nothing_is_shown(water: "WaterOffice", screens: ModelScreens, purpose: str) -> None:
    with pytest.raises(Refused, match="no-purpose"):
        reveal_value(
            actor=water.actor("keeper"), screens=screens, row=water.dig(1), column="keeper_phone", purpose=purpose
        )
    assert not looks().exists()


def test_a_filter_or_list_never_shows_it(water: "WaterOffice", listed: Callable[..., Any]) -> None:
    water.dig(1)
    page = water.browser("keeper").get(reverse("screens:wells.wells.list"), {"keeper_phone": PHONE})
    found = listed("keeper", QueryDict(f"keeper_phone={PHONE}").urlencode()).matching
    assert found.count() == 1
    table = page.context["table"]
    assert PHONE not in str(table)
    assert "138****0001" in str(table)
