"""A citizen tries the questions of a bundle, fills in one form for several departments and submits it once."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast, fresh
from tests.restaurant import BUNDLE, SITUATION, Restaurant, draft_restaurant, open_restaurant
from zhengtong.capabilities.bundles.models import BundleText
from zhengtong.capabilities.bundles.public import BundlePart, publish_bundle
from zhengtong.capabilities.cases.public import Case, LegalState
from zhengtong.desks.hall.tests.pages import Visitor, text_of
from zhengtong.kernel.policy import SYSTEM

GUIDE = f"/hall/items/{BUNDLE}/"
SMALL = SITUATION | {"floor_area": "60", "street": "其他道路", "has_licence": "已经有"}


@pytest.fixture
def restaurant(cast: Cast) -> Restaurant:
    return draft_restaurant(cast)


def base_of(restaurant: Restaurant) -> str:
    return f"/hall/drafts/{restaurant.parent.public_id}/"


# The guide


def test_anybody_tries_the_questions(cast: Cast, stranger: Client) -> None:
    words = text_of(stranger.get(GUIDE, SITUATION))
    for why in ("您还没有营业执照", "属于公众聚集场所", "要经城市管理局同意"):
        assert why in words
    assert "取得，不用交" in words


def test_what_is_spared_says_which_answer_spares_it(cast: Cast, stranger: Client) -> None:
    words = text_of(stranger.get(GUIDE, SMALL))
    assert "达到 300 平方米的才要办，您填的是 60" in words
    assert "您选的是“其他道路”" in words
    assert "属于公众聚集场所" not in words


def test_the_answer_while_typing_is_the_answer_of_the_page(cast: Cast, stranger: Client) -> None:
    part = stranger.get(f"{GUIDE}plan/", SITUATION)
    assert part.context["plan"] == stranger.get(GUIDE, SITUATION).context["plan"]
    assert text_of(part).strip() in text_of(stranger.get(GUIDE, SITUATION))
    assert "<html" not in part.content.decode()


def test_saved_work_is_counted_not_claimed(cast: Cast, stranger: Client) -> None:
    plan = stranger.get(GUIDE, SITUATION).context["plan"]
    assert plan.separately.applications == 4
    assert plan.together.applications == 1
    assert 0 < plan.together.questions < plan.separately.questions
    assert 0 < plan.together.materials < plan.separately.materials
    assert [[each.item.code for each in step] for step in plan.steps] == [[BUSINESS, FIRE, SIGN], [ITEM]]


def test_half_answered_is_said_to_be_half_answered(cast: Cast, stranger: Client) -> None:
    words = text_of(stranger.get(GUIDE, {"floor_area": "350"}))
    assert "还有 4 个问题没有回答" in words
    assert "还要看您的回答" in words


def test_organs_of_the_chosen_region_are_named(cast: Cast, stranger: Client) -> None:
    region = cast.offices[BUNDLE].region.code
    words = text_of(stranger.get(GUIDE, SITUATION | {"region": region}))
    assert "澄波区消防救援局" in words
    assert "本地区还没有机关办理" not in words


@pytest.mark.parametrize(
    "area", ["-1", "NaN", "Infinity", "1e309", "三百", "<script>alert(1)</script>", "9" * 400, "\u202e300", "300,5"]
)
def test_hostile_answers_are_refused_in_words(cast: Cast, stranger: Client, area: str) -> None:
    for path in (GUIDE, f"{GUIDE}plan/"):
        response = stranger.get(path, SITUATION | {"floor_area": area, "street": "火星", "region": "' OR 1=1"})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert "属于公众聚集场所" not in text_of(response)
    assert stranger.get(f"/hall/items/{ITEM}/plan/").status_code == 404
    assert stranger.get("/hall/items/no-such/plan/").status_code == 404


def test_the_answers_come_along_through_signing_in(cast: Cast, stranger: Client, citizen: Visitor) -> None:
    path = stranger.get(f"{GUIDE}apply/", SITUATION)
    assert "floor_area%3D350" in path["Location"]
    there = citizen.get(f"{GUIDE}apply/", data=SITUATION)
    assert "按您的回答，要办" in text_of(there)
    query = there.wsgi_request.META["QUERY_STRING"]
    landed = citizen.post(f"{GUIDE}apply/?{query}", {"office": cast.offices[BUNDLE].pk})
    case = Case.objects.get()
    assert {key: case.form[key] for key in SITUATION} == SITUATION
    assert landed["Location"].endswith("/form/operator/")


# The form


def section(citizen: Visitor, restaurant: Restaurant, key: str, **changes: Any) -> Any:
    return citizen.post(f"{base_of(restaurant)}form/{key}/", {**SITUATION, **changes})


def test_another_situation_says_what_changed_and_keeps_what_was_typed(
    cast: Cast, citizen: Visitor, restaurant: Restaurant
) -> None:
    page = citizen.get(f"{base_of(restaurant)}form/situation/?back")
    plan = page.context["plan"]
    was = {
        "was_items": " ".join(each.item.code for each in plan.items),
        "was_materials": " ".join(each.spec.key for each in plan.materials),
    }
    kept = dict(fresh(restaurant.parent).form)
    response = citizen.post(
        f"{base_of(restaurant)}form/situation/", {**SITUATION, "floor_area": "60", "back": "1", **was}, follow=True
    )
    words = text_of(response)
    assert "不用再办：" in words
    assert "少交" in words
    assert fresh(restaurant.parent).form == kept | {"floor_area": "60"}
    assert citizen.get(f"{base_of(restaurant)}form/fire/").status_code == 302
    again = citizen.post(
        f"{base_of(restaurant)}form/situation/", {**SITUATION, "was_items": BUSINESS, "was_materials": ""}, follow=True
    )
    assert "增加了事项：" in text_of(again)
    assert citizen.get(f"{base_of(restaurant)}form/fire/").status_code == 200


def test_an_answer_that_asks_for_more_on_its_page_stays_there(cast: Cast, citizen: Visitor) -> None:
    citizen.post(f"{GUIDE}apply/?has_licence=还没有", {"office": cast.offices[BUNDLE].pk})
    case = Case.objects.get()
    path = f"/hall/drafts/{case.public_id}/form/operator/"
    assert "id_registered_capital" not in citizen.get(path).content.decode()
    part = citizen.post(path, {"entity_kind": "有限责任公司", "fields": "1"}).content.decode()
    assert "registered_capital" in part
    assert "<html" not in part


def test_each_material_says_for_which_items_and_what_is_produced_is_not_asked(
    cast: Cast, citizen: Visitor, restaurant: Restaurant
) -> None:
    page = citizen.get(f"{base_of(restaurant)}materials/")
    words = text_of(page)
    assert "用于" in words
    assert "由本次申请的" in words
    assert all(each["spec"].e_licence != "business-licence" for each in page.context["materials"])


def test_a_bundle_that_changed_meanwhile_says_so(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    raw = dict(BundleText.objects.get(item__code=BUNDLE).text)
    raw["items"] = [each for each in raw["items"] if each["code"] != SIGN]
    publish_bundle(actor=SYSTEM, raw=raw)
    changes = citizen.get(f"{base_of(restaurant)}review/")["Location"]
    assert citizen.post(f"{base_of(restaurant)}submit/")["Location"] == changes
    assert "更新过" in text_of(citizen.get(changes))
    citizen.post(changes)
    assert "要经城市管理局同意" not in text_of(citizen.get(f"{base_of(restaurant)}review/"))
    assert citizen.post(f"{base_of(restaurant)}submit/")["Location"].endswith("/receipt/")
    assert BundlePart.objects.count() == 3


def test_answers_that_lead_to_no_item_cannot_be_submitted(cast: Cast, citizen: Visitor) -> None:
    raw = dict(BundleText.objects.get(item__code=BUNDLE).text)
    raw["items"] = [each for each in raw["items"] if each["code"] == SIGN]
    publish_bundle(actor=SYSTEM, raw=raw)
    restaurant = draft_restaurant(cast, street="其他道路")
    words = text_of(citizen.get(f"{base_of(restaurant)}review/"))
    assert "没有需要办理的事项" in words
    answer = citizen.post(f"{base_of(restaurant)}submit/", follow=True)
    assert "没有需要办理的事项" in text_of(answer)
    assert fresh(restaurant.parent).state == LegalState.DRAFT


# Submitting


def test_submitting_twice_is_once_and_the_parts_appear(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    path = f"{base_of(restaurant)}submit/"
    first, second = citizen.post(path), citizen.post(path)
    assert first["Location"] == second["Location"]
    assert BundlePart.objects.count() == 4
    receipt = citizen.get(first["Location"])
    assert "正在分派到各部门" in text_of(receipt)
    assert 'hx-trigger="every 2s"' in receipt.content.decode()
    starting = f"/hall/cases/{restaurant.parent.public_id}/starting/"
    assert "every 2s" in citizen.get(starting).content.decode()
    restaurant.start()
    begun = citizen.get(starting).content.decode()
    assert "every 2s" not in begun
    assert f"{fresh(restaurant.parent).number}-1" in begun
    assert "好后自动开始" in begun


def test_a_region_where_an_organ_is_missing_says_which(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    cast.offices[SIGN].delete()
    assert "本地区还没有机关办理" in text_of(citizen.get(f"{base_of(restaurant)}review/"))
    answer = citizen.post(f"{base_of(restaurant)}submit/", follow=True)
    assert "请到窗口咨询" in text_of(answer)
    assert fresh(restaurant.parent).state == LegalState.DRAFT


def test_the_receipt_of_a_part_is_that_of_its_bundle(cast: Cast, citizen: Visitor) -> None:
    restaurant = open_restaurant(cast)
    part = restaurant.case(BUSINESS)
    answer = citizen.get(f"/hall/cases/{part.public_id}/receipt/")
    assert answer["Location"] == f"/hall/cases/{restaurant.parent.public_id}/receipt/"
