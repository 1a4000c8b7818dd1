"""A program reads the rows of a declaration, with the scope, filters, columns and masks of the page."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from zhengtong.core.audit.public import AuditRecord

if TYPE_CHECKING:
    from zhengtong.screens.tests.conftest import WaterOffice

WELLS, OPEN = "/api/wells/wells/", "/api/wells/register/"
PHONE = "13800000001"


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    return body


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [row["name"] for row in answer.json()["rows"]]


def test_rows_are_answered_typed_and_masked(water: "WaterOffice") -> None:
    well = water.dig(1, depth="12.50")
    answer = water.browser("keeper").get(WELLS)
    [row] = answer.json()["rows"]
    assert (row["id"], row["code"], row["owner"]) == (well.pk, "SJ-00001", water.county.pk)
    assert (row["depth"], row["fee"], row["is_metered"]) == ("12.50", "10.00", False)
    assert row["drilled_date"] == "2020-01-02"
    assert row["keeper_phone"] == "138****0001"
    assert PHONE not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert not AuditRecord.objects.filter(action="wells.reveal").exists()


def test_one_row_has_what_its_page_has(water: "WaterOffice") -> None:
    well = water.dig(1, keeper="李守井", note="靠近河堤")
    one = water.browser("keeper").get(f"{WELLS}{well.pk}").json()
    assert (one["keeper"], one["note"], one["keeper_phone"]) == ("李守井", "靠近河堤", "138****0001")
    assert "note" not in water.browser("keeper").get(WELLS).json()["rows"][0]


def test_a_column_without_permission_is_not_in_the_answer_and_not_asked(water: "WaterOffice") -> None:
    well = water.dig(1)
    viewer = water.browser("viewer")
    assert "fee" not in viewer.get(WELLS).json()["rows"][0]
    assert "fee" not in viewer.get(f"{WELLS}{well.pk}").json()
    refused = is_problem(viewer.get(WELLS, {"fee": "10"}), 422, "invalid")
    assert refused["errors"][0]["name"] == "fee"
    is_problem(viewer.get(WELLS, {"sort": "fee"}), 422, "invalid")
    assert names(water.browser("keeper").get(WELLS, {"fee": "10", "sort": "-fee"})) == ["1号井"]


def test_scope_is_the_pages(water: "WaterOffice") -> None:
    well = water.dig(1)
    stranger = water.browser("stranger")
    assert stranger.get(WELLS).json()["rows"] == []
    is_problem(stranger.get(f"{WELLS}{well.pk}"), 404, "not-found")
    is_problem(water.browser("keeper").get(f"{WELLS}987654321"), 404, "not-found")


@pytest.mark.parametrize(("who", "code", "status"), [("", "sign-in", 401), ("citizen", "forbidden", 403)])
def test_who_is_not_of_the_audience_is_refused(water: "WaterOffice", who: str, code: str, status: int) -> None:
    well = water.dig(1)
    client = water.browser(who) if who else Client()
    for address in (WELLS, f"{WELLS}{well.pk}"):
        is_problem(client.get(address), status, code)


def test_the_public_needs_no_session(water: "WaterOffice") -> None:
    well = water.dig(1)
    answer = Client().get(OPEN, {"status": "used"})
    [row] = answer.json()["rows"]
    assert set(row) == {"id", "code", "name", "status", "region__name", "owner"}
    assert Client().get(f"{OPEN}{well.pk}").json()["drilled_date"] == "2020-01-02"
    is_problem(Client().get(OPEN, {"fee": "1"}), 422, "invalid")


def test_filters_are_those_of_the_list(water: "WaterOffice") -> None:
    for number in range(1, 9):
        water.dig(number)
    keeper = water.browser("keeper")
    assert names(keeper.get(WELLS, {"status": "suspended"})) == ["4号井", "8号井"]
    assert len(names(keeper.get(WELLS, {"status": ["suspended", "used"]}))) == 8
    assert names(keeper.get(WELLS, {"drilled_date_from": "2020-01-08"})) == ["7号井", "8号井"]
    assert names(keeper.get(WELLS, {"keeper_phone": PHONE})) == ["1号井"]
    assert names(keeper.get(WELLS, {"q": "SJ-00003"})) == ["3号井"]
    assert names(keeper.get(WELLS, {"region": water.region.code, "sort": "-name", "limit": "1"})) == ["8号井"]


def test_pages_lead_through_all_rows(water: "WaterOffice") -> None:
    for number in range(1, 12):
        water.dig(number)
    keeper = water.browser("keeper")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = keeper.get(WELLS, {"limit": "3", "sort": "-fee", "after": after})
        seen += names(page)
        after = page.json()["next"]
        assert page.json()["total"] == 11
    assert seen == [f"{number}号井" for number in range(11, 0, -1)]


def test_a_condition_without_meaning_answers_nothing_and_says_why(water: "WaterOffice") -> None:
    water.dig(1)
    keeper = water.browser("keeper")
    for asked in ({"region": "没有这个地方"}, {"drilled_date_from": "2026-02-02", "drilled_date_until": "2020-01-01"}):
        body = keeper.get(WELLS, asked).json()
        assert (body["rows"], body["next"]) == ([], None)
        assert body["problems"]
    stale = keeper.get(WELLS, {"after": "bm9uc2Vuc2U"}).json()
    assert (stale["rows"], stale["next"]) == ([], None)
    assert stale["problems"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"status": "dry"}, "status"),
        ({"drilled_date_from": "1700000000"}, "drilled_date_from"),
        ({"drilled_date_from": "2026-02-30"}, "drilled_date_from"),
        ({"after": "';--"}, "after"),
        ({"sort": "keeper_phone"}, "sort"),
        ({"sort": "owner__credit_code"}, "sort"),
        ({"keeper_digest": "0" * 64}, "keeper_digest"),
        ({"owner__path": "1"}, "owner__path"),
        ({"columns": "code"}, "columns"),
        ({"q": "井" * 61}, "q"),
    ],
)
def test_what_is_not_there_can_not_be_asked(water: "WaterOffice", asked: dict[str, str], name: str) -> None:
    water.dig(1)
    refused = is_problem(water.browser("keeper").get(WELLS, asked), 422, "invalid")
    assert name in json.dumps(refused["errors"])


def test_it_only_reads(water: "WaterOffice") -> None:
    well = water.dig(1)
    for method in ("post", "put", "patch", "delete"):
        for address in (WELLS, f"{WELLS}{well.pk}"):
            is_problem(getattr(water.browser("keeper"), method)(address), 405, "method-not-allowed")


def test_a_page_costs_the_same_for_one_row_and_for_many(
    water: "WaterOffice", django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 31):
        water.dig(number)
    keeper = water.browser("keeper")
    keeper.get(WELLS, {"limit": "1"})
    with django_assert_max_num_queries(12):
        assert len(names(keeper.get(WELLS, {"limit": "30"}))) == 30


def test_the_description_says_what_columns_are(water: "WaterOffice") -> None:
    schema = Client().get("/api/openapi.json").json()
    row = schema["components"]["schemas"]["WellsWellsRow"]["properties"]
    assert row["keeper_phone"]["description"] == "看护人手机；已遮盖"
    assert row["depth"]["description"].startswith("井深（米）")
    listed = schema["paths"][WELLS]["get"]
    assert listed["security"]
    assert "security" not in schema["paths"][OPEN]["get"]
    assert {parameter["name"] for parameter in listed["parameters"]} >= {
        "status",
        "region",
        "q",
        "sort",
        "after",
        "limit",
    }
