"""A clerk registers, corrects and decides: the form of a service, its refusals in words, nothing typed is lost."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.toy.models import Well, WellStatus
from zhengtong.core.audit.public import AuditRecord
from zhengtong.screens.declaration import ModelScreens
from zhengtong.screens.tests.conftest import WaterOffice
from zhengtong.screens.writing import explain

WELLS = "/desk/wells/wells/"
TYPED = {"code": "SJ-1", "name": "新井", "region": "990102 澄波区", "keeper_phone": "13800001234"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def amendment(client: Client, well: Well, **changes: Any) -> dict[str, Any]:
    """Return what the amendment's form holds when it has just been opened, with ``changes`` typed into it."""
    page = client.get(f"{WELLS}{well.pk}/amend/").content.decode()
    values = {"name": well.name, "depth": well.depth or "", "drilled_date": well.drilled_date or "", "note": well.note}
    held = {name: hidden(page, name) for name in ("form_token", "form_seen")}
    return {**values, "keeper": well.keeper, "keeper_phone": "", **held, **changes}


# Create


def test_a_well_is_registered_through_its_service(water: WaterOffice) -> None:
    client = water.browser("keeper")
    page = client.get(f"{WELLS}new/").content.decode()
    assert "禾溪县人民政府" not in page  # wells belong to organs where she may register them
    typed = {
        **TYPED,
        "owner": water.county.pk,
        "depth": "80.5",
        "is_metered": "on",
        "form_token": hidden(page, "form_token"),
    }
    made = client.post(f"{WELLS}new/", typed, follow=True)
    well = Well.objects.get()
    assert made.request["PATH_INFO"] == f"{WELLS}{well.pk}/"
    assert "已登记" in made.content.decode()
    assert (well.keeper_phone, well.is_metered, well.region) == ("13800001234", True, water.region)
    assert AuditRecord.objects.filter(action="wells.register_well", object_id=str(well.pk)).count() == 1


def test_sending_a_form_twice_registers_once(water: WaterOffice) -> None:
    client = water.browser("keeper")
    typed = {**TYPED, "owner": water.county.pk, "form_token": "a" * 32}
    client.post(f"{WELLS}new/", typed)
    again = client.post(f"{WELLS}new/", {**typed, "code": "SJ-2"}, follow=True)
    assert Well.objects.count() == 1
    assert "没有重复办理" in again.content.decode()


def test_refusals_stand_beside_the_field_and_what_was_typed_is_kept(water: WaterOffice) -> None:
    water.dig(1, code="SJ-1")
    client = water.browser("keeper")
    refused = client.post(f"{WELLS}new/", {**TYPED, "owner": water.county.pk, "note": "井口朝东"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "编号 SJ-1 已经登记过" in page
    assert 'id="id_code_error"' in page
    assert "井口朝东" in page
    assert 'value="990102 澄波区"' in page


def test_what_the_service_cannot_read_is_said_in_its_words(water: WaterOffice) -> None:
    client = water.browser("keeper")
    refused = client.post(f"{WELLS}new/", {**TYPED, "owner": water.county.pk, "keeper_phone": "1380000"})
    assert refused.status_code == 422
    assert "手机号码长度应为11位" in refused.content.decode()
    empty = client.post(f"{WELLS}new/", {}).content.decode()
    for said in ("请填写编号", "请填写名称", "请选择管理单位"):
        assert said in empty
    odd = client.post(f"{WELLS}new/", {**TYPED, "region": "火星", "depth": "很深", "drilled_date": "2026-02-30"})
    for said in ("没有找到“火星”", "请填写数字", "日期不存在"):
        assert said in odd.content.decode()
    assert not Well.objects.exists()


def test_two_who_register_the_same_code_at_once(water: WaterOffice, screens: ModelScreens) -> None:
    well = water.dig(1)
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        water.dig(2, code=well.code)
    assert explain(raised.value, screens) == [("code", "已经有相同的编号")]


def test_an_organisation_out_of_reach_is_no_choice(water: WaterOffice) -> None:
    refused = water.browser("keeper").post(f"{WELLS}new/", {**TYPED, "owner": water.other_county.pk})
    assert refused.status_code == 422
    assert not Well.objects.exists()


# Amend


def test_a_personal_value_is_not_in_the_form_and_stays_when_left_empty(water: WaterOffice) -> None:
    well, client = water.dig(1), water.browser("keeper")
    page = client.get(f"{WELLS}{well.pk}/amend/").content.decode()
    assert well.keeper_phone not in page
    assert "已登记 138****0001，不改就留空" in page
    client.post(f"{WELLS}{well.pk}/amend/", amendment(client, well, name="改名井"))
    kept = Well.objects.get()
    assert (kept.name, kept.keeper_phone) == ("改名井", "13800000001")
    client.post(f"{WELLS}{well.pk}/amend/", amendment(client, kept, keeper_phone__clear="on"))
    assert Well.objects.get().keeper_phone == ""


def test_somebody_changed_it_meanwhile(water: WaterOffice) -> None:
    well, client = water.dig(1, depth="10.50"), water.browser("keeper")
    mine = amendment(client, well, note="我写的")
    other = water.browser("keeper")
    other.post(f"{WELLS}{well.pk}/amend/", amendment(other, well, name="他改的井"))
    conflict = client.post(f"{WELLS}{well.pk}/amend/", mine)
    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "在您填写的时候，这条记录被改过" in page
    assert "江水清" in page
    assert "名称，现在是：他改的井" in page
    assert "我写的" in page
    assert (Well.objects.get().name, Well.objects.get().note) == ("他改的井", "")
    # What she hadn't touched is taken over, what she typed is hers; to send it again is to decide.
    assert 'value="他改的井"' in page
    again = {
        **mine,
        "name": "他改的井",
        "form_token": hidden(page, "form_token"),
        "form_seen": hidden(page, "form_seen"),
    }
    client.post(f"{WELLS}{well.pk}/amend/", again)
    assert (Well.objects.get().name, Well.objects.get().note) == ("他改的井", "我写的")


def test_a_form_that_was_made_up_still_goes_through_the_service(water: WaterOffice) -> None:
    well, client = water.dig(1), water.browser("keeper")
    sent = client.post(
        f"{WELLS}{well.pk}/amend/", amendment(client, well, name="改", form_seen="made-up", owner=1, code="X")
    )
    assert sent.status_code == 302
    changed = Well.objects.get()
    assert (changed.name, changed.owner_id, changed.code) == ("改", water.county.pk, "SJ-00001")


# Act


def test_an_act_asks_for_its_reason_and_is_done(water: WaterOffice) -> None:
    well, client = water.dig(1), water.browser("keeper")
    address = f"{WELLS}{well.pk}/act/suspend-well/"
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reason": "水质不合格"}, follow=True).status_code == 200
    well.refresh_from_db()
    assert well.status == WellStatus.SUSPENDED
    told = client.get(address, follow=True).content.decode()
    assert "现在不能停用1号井" in told


def test_a_dangerous_act_says_what_it_means(water: WaterOffice) -> None:
    well, client = water.dig(1), water.browser("keeper")
    page = client.get(f"{WELLS}{well.pk}/act/seal-well/").content.decode()
    assert "封填后这口井不能再启用。" in page
    assert "button-danger" in page
    well.refresh_from_db()
    assert well.status == WellStatus.USED


def test_an_act_without_questions_is_a_button(water: WaterOffice) -> None:
    well, client = water.dig(4), water.browser("keeper")
    address = f"{WELLS}{well.pk}/act/resume-well/"
    assert f'<form method="post" action="{address}">' in client.get(f"{WELLS}{well.pk}/").content.decode()
    client.post(address)
    well.refresh_from_db()
    assert well.status == WellStatus.USED


def test_rows_of_others_are_not_found_by_any_verb(water: WaterOffice) -> None:
    well, client = water.dig(1, owner=water.other_county), water.browser("keeper")
    for verb in ("", "amend/", "act/suspend-well/", "act/resume-well/"):
        for method in (client.get, client.post):
            assert method(f"{WELLS}{well.pk}/{verb}", {"reason": "x"}).status_code in {404, 405}
    well.refresh_from_db()
    assert well.status == WellStatus.USED
    assert client.get(f"{WELLS}{well.pk}/act/unknown/").status_code == 404
