"""A citizen follows a bundle: what waits for her first, results as they come, one part corrected or withdrawn."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import BUSINESS, FIRE, ITEM, SIGN, Cast, fresh
from tests.restaurant import BUNDLE, Restaurant, open_restaurant
from zhengtong.capabilities.bundles.public import PartState
from zhengtong.capabilities.cases.public import (
    Appraisal,
    LegalState,
    arrange_site_visit,
    claim_task,
    request_corrections,
)
from zhengtong.capabilities.licences.public import Licence
from zhengtong.desks.hall.tests.pages import Visitor, text_of


@pytest.fixture
def restaurant(cast: Cast) -> Restaurant:
    return open_restaurant(cast)


def page_of(restaurant: Restaurant) -> str:
    return f"/hall/cases/{restaurant.parent.public_id}/"


def test_the_page_tells_each_part_and_what_it_waits_for(
    cast: Cast, citizen: Visitor, owner: Visitor, stranger: Client, restaurant: Restaurant
) -> None:
    words = text_of(citizen.get(page_of(restaurant)))
    assert "4 个事项正在办理" in words
    assert "澄波区消防救援局" in words
    assert "好后自动开始，不用您再提交" in words
    for path in ("", "receipt/", "starting/"):
        assert owner.get(page_of(restaurant) + path).status_code == 404
        assert stranger.get(page_of(restaurant) + path).status_code == 302


def test_results_are_there_as_they_come(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(BUSINESS)
    page = citizen.get(page_of(restaurant))
    licence = next(each for each in page.context["parts"] if each.part.item.code == BUSINESS).papers[0]
    assert not licence.kind.startswith("cases.")
    assert licence.code in page.content.decode()
    restaurant.start()
    words = text_of(citizen.get(page_of(restaurant)))
    assert "已办成" in words  # the timeline says why the food licence began
    assert "好后自动开始" not in words


def test_one_department_refuses_while_others_grant(
    cast: Cast, citizen: Visitor, run_jobs: Callable[[], None], restaurant: Restaurant
) -> None:
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(BUSINESS)
    restaurant.start()
    restaurant.accept(ITEM)
    restaurant.refuse(FIRE)
    for code in (ITEM, SIGN):
        restaurant.grant(code)
    for code in (BUSINESS, FIRE, SIGN, ITEM):
        restaurant.deliver(code)
    run_jobs()
    words = text_of(citizen.get(page_of(restaurant)))
    assert "4 个事项全部办结，办成 3 个" in words
    assert "没有办成的写明了理由" in words
    assert "请您对整件事评价" in words
    citizen.post(f"{page_of(restaurant)}appraise/", {"score": "4", "comment": "省心"})
    assert Appraisal.objects.get().case_id == restaurant.parent.pk
    assert "不想办了" not in text_of(citizen.get(page_of(restaurant)))


def test_what_waits_for_her_comes_first_and_corrects_one_part_alone(
    cast: Cast, citizen: Visitor, restaurant: Restaurant
) -> None:
    restaurant.accept(BUSINESS)
    fire = restaurant.case(FIRE)
    request_corrections(actor=cast.counter, case_id=fire.pk, marks=[("field:exits", "与平面图不一致")])
    page = citizen.get(page_of(restaurant))
    body = page.content.decode()
    assert "有 1 个事项等您补正" in text_of(page)
    assert body.index(f"/hall/drafts/{fire.public_id}/correction/") < body.index('id="parts"')
    listed = text_of(citizen.get("/hall/cases/"))
    assert "1 项待您补正" in listed
    assert "办完 0/4" in listed
    assert "有 1 件需要您补正" in text_of(citizen.get("/"))
    answer = citizen.post(f"/hall/drafts/{fire.public_id}/correction/", {"exits": "3"})
    assert answer["Location"].endswith("/receipt/")
    assert restaurant.case(FIRE).state == LegalState.RESUBMITTED
    assert restaurant.case(BUSINESS).state == LegalState.ACCEPTED


def test_withdrawing_one_part_says_what_stops_and_stops_it(
    cast: Cast, citizen: Visitor, restaurant: Restaurant
) -> None:
    words = text_of(citizen.get(page_of(restaurant)))
    assert "要等它办好才能开始，撤回后也不再启动" in words
    answer = citizen.post(f"/hall/cases/{restaurant.case(BUSINESS).public_id}/withdraw/", {"reason": "换店面"})
    assert answer["Location"] == page_of(restaurant)
    assert restaurant.part(ITEM).state == PartState.STOPPED
    words = text_of(citizen.get(page_of(restaurant)))
    assert "没有启动" in words
    assert restaurant.case(SIGN).state == LegalState.SUBMITTED
    assert restaurant.state() == LegalState.UNDERWAY


def test_withdrawing_in_the_middle_keeps_what_was_decided(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    restaurant.accept(SIGN)
    restaurant.grant(SIGN)
    path = f"{page_of(restaurant)}withdraw/"
    citizen.post(path, {"reason": "不开了"})
    citizen.post(path)
    assert restaurant.case(SIGN).state == LegalState.GRANTED
    assert restaurant.case(BUSINESS).state == LegalState.WITHDRAWN
    assert restaurant.part(ITEM).state == PartState.STOPPED
    assert restaurant.state() == LegalState.UNDERWAY
    words = text_of(citizen.get(page_of(restaurant)))
    assert "4 个事项，办完 4 个" in words
    assert "不想办了" not in words


def test_a_joint_visit_is_told_once(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    at = timezone.now() + timedelta(days=2)
    teams = {
        FIRE: (cast.fire_reviewer, cast.fire_inspector),
        SIGN: (cast.urban_reviewer, cast.urban_inspector),
    }
    restaurant.accept(*teams)
    for code, (reviewer, inspector) in teams.items():
        restaurant_case = restaurant.case(code)
        task = restaurant_case.tasks.get(node="review", status="open")
        claim_task(actor=reviewer, task_id=task.pk)
        arrange_site_visit(
            actor=reviewer,
            case_id=restaurant_case.pk,
            officers=[cast.appointment(reviewer), cast.appointment(inspector)],
            planned_at=at,
            place="澄波区滨江路66号",
            allowed_days=3,
        )
    page = citizen.get(page_of(restaurant))
    assert len(page.context["visits"]) == 1
    assert "2 个部门一起上门核查" in text_of(page)


def test_a_parts_page_leads_back_and_tells_the_others(cast: Cast, citizen: Visitor, restaurant: Restaurant) -> None:
    page = citizen.get(f"/hall/cases/{restaurant.case(FIRE).public_id}/")
    assert page_of(restaurant) in page.content.decode()
    words = text_of(page)
    assert "同一件事的其他事项" in words
    assert "等待中" in words


def test_progress_is_found_by_either_number(cast: Cast, stranger: Client, restaurant: Restaurant) -> None:
    phone = fresh(restaurant.parent).applicant_phone[-4:]
    for case in (fresh(restaurant.parent), restaurant.case(FIRE)):
        words = text_of(stranger.post("/hall/progress/", {"number": case.number, "phone_tail": phone}))
        assert "各个事项" in words
        assert f"{restaurant.parent.number}-3" in words
        assert "李秋" not in words


def test_programs_are_told_the_parts(cast: Cast, stranger: Client, restaurant: Restaurant) -> None:
    guide = stranger.get(f"/api/items/{BUNDLE}").json()
    assert guide["kind"] == "bundle"
    assert {part["code"]: part["after"] for part in guide["parts"]}[ITEM] == [BUSINESS]
    assert stranger.get(f"/api/items/{ITEM}").json()["parts"] == []
    parent = fresh(restaurant.parent)
    asked = json.dumps({"number": parent.number, "phone_tail": parent.applicant_phone[-4:]})
    body = stranger.post("/api/progress", asked, content_type="application/json").json()
    assert [part["state"] for part in body["parts"]] == ["submitted", "waiting", "submitted", "submitted"]
    part = restaurant.case(FIRE)
    asked = json.dumps({"number": part.number, "phone_tail": part.applicant_phone[-4:]})
    assert stranger.post("/api/progress", asked, content_type="application/json").json()["bundle"] == parent.number


def test_licences_with_chinese_numbers_are_listed_and_downloaded(cast: Cast, citizen: Visitor) -> None:
    restaurant = open_restaurant(cast)
    restaurant.accept(BUSINESS, FIRE, SIGN)
    restaurant.grant(SIGN)
    number = Licence.objects.get(case=restaurant.case(SIGN)).number
    assert number in text_of(citizen.get("/hall/licences/"))
    pdf = citizen.get(reverse("hall:licence", args=[number]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
