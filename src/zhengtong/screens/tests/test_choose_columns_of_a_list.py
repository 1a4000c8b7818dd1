"""A person chooses which columns a list shows and in which order, without a script; the list remembers."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import PostRole
from zhengtong.screens.models import SavedView

if TYPE_CHECKING:
    from zhengtong.screens.tests.conftest import WaterOffice

LIST, COLUMNS = "screens:wells.wells.list", "screens:wells.wells.columns"


def choose(client: Client, order: list[str], shown: list[str], **more: str) -> Any:
    return client.post(reverse(COLUMNS), {"order": order, "shown": shown, "query": "status=used", **more})


def shown_in(page: Any) -> list[str]:
    return [column.name for column in page.context["listing"].columns]


def test_the_choice_is_shown_and_remembered(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    offered = client.get(reverse(COLUMNS), {"status": "used"})
    names = [line[0] for line in offered.context["lines"]]
    assert names[:2] == ["code", "name"]
    assert {"depth", "registered_at", "fee"} <= set(names)
    answer = choose(client, ["name", "code", "depth"], ["code", "depth", "name"])
    assert "status=used" in answer["Location"]
    assert shown_in(client.get(answer["Location"])) == ["name", "code", "depth"]
    again = client.get(reverse(LIST), follow=True)
    assert shown_in(again) == ["name", "code", "depth"]
    assert again.context["bar"].offered == []
    entry = AuditRecord.objects.get(action="screens.choose_columns")
    assert (entry.after or {})["columns"] == ["name", "code", "depth"]
    assert shown_in(water.browser("viewer").get(reverse(LIST))) != ["name", "code", "depth"]


def test_a_column_moves_up_and_down_before_anything_is_kept(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    page = choose(client, ["code", "name", "status"], ["code", "status"], up="status")
    lines = page.context["lines"]
    assert [line[0] for line in lines[:3]] == ["code", "status", "name"]
    assert [line[0] for line in lines if line[2]] == ["code", "status"]
    page = choose(client, ["code", "name"], ["code"], down="code")
    assert [line[0] for line in page.context["lines"][:2]] == ["name", "code"]
    first = choose(client, ["code", "name"], ["code"], up="code")
    assert first.context["lines"][0][0] == "code"
    assert not SavedView.objects.exists()


def test_no_column_at_all_is_refused(water: "WaterOffice") -> None:
    page = choose(water.browser("keeper"), ["code"], [])
    assert page.status_code == 422
    assert "至少要留一列" in page.content.decode()


def test_the_declared_columns_come_back(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    declared = shown_in(client.get(reverse(LIST)))
    choose(client, ["name"], ["name"])
    assert shown_in(client.get(reverse(LIST), follow=True)) == ["name"]
    choose(client, [], [], reset="1")
    assert not SavedView.objects.exists()
    assert shown_in(client.get(reverse(LIST))) == declared


@pytest.mark.parametrize("name", ["fee", "no_such_column", "keeper_digest", "owner__credit_code"])
def test_what_is_not_offered_can_not_be_chosen(water: "WaterOffice", name: str) -> None:
    client = water.browser("viewer")
    choose(client, [name, "code"], [name, "code"])
    assert shown_in(client.get(reverse(LIST), follow=True)) == ["code"]


def test_a_remembered_column_that_i_may_no_longer_see_is_left_out(water: "WaterOffice") -> None:
    client = water.browser("keeper")
    choose(client, ["fee", "name"], ["fee", "name"])
    PostRole.objects.filter(role="well_keeper").update(role="well_viewer")
    page = client.get(reverse(LIST), follow=True)
    assert shown_in(page) == ["name"]
    assert page.context["listing"].problems == []


def test_on_a_public_list_the_choice_is_in_the_address_only(db: None) -> None:
    client = Client()
    answer = client.post(
        reverse("screens:wells.register.columns"), {"order": ["owner", "code"], "shown": ["owner"], "query": ""}
    )
    assert answer["Location"].endswith("?columns=owner")
    assert not SavedView.objects.exists()
