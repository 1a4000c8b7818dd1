"""The history of a row in words: who, when, before and after; masked where it is masked, paged, imports included."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.toy import services
from tests.toy.models import Well
from zhengtong.core.audit.public import AuditRecord, build, record, record_all
from zhengtong.core.files.public import StoredFile
from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.declaration import ModelScreens, Sheet
from zhengtong.screens.history import HIDDEN, HistoryPage, history_panel
from zhengtong.screens.sheets.models import SheetRow, SheetRun, State, Verdict

if TYPE_CHECKING:
    from zhengtong.screens.tests.conftest import WaterOffice


@pytest.fixture
def screens(screens: ModelScreens, monkeypatch: pytest.MonkeyPatch) -> ModelScreens:
    """The wells' declaration with a sheet, so that imports can have changed them."""
    sheet = Sheet(key="code", columns=("code", "name"), permission="wells.manage_well")
    monkeypatch.setattr(type(screens), "sheet", sheet)
    return screens


def read(water: "WaterOffice", screens: ModelScreens, well: Well, who: str = "keeper", **more: Any) -> HistoryPage:
    return history_panel(water.actor(who), screens, well, **more)


def test_a_change_is_told_with_titles_and_words(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    services.suspend_well(actor=water.actor("keeper"), well=well, reason="水位过低")
    [entry] = read(water, screens, well).entries
    assert (entry.who, entry.office) == ("江水清", "澄波区人民政府")
    assert [(each.title, each.before, each.after) for each in entry.changes] == [("状态", "在用", "停用")]
    assert [(each.title, each.after) for each in entry.facts] == [("原因", "水位过低")]


def test_values_read_as_people_write_them(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    before = {"drilled_date": None, "is_metered": False, "owner": water.county.pk, "owner_id": water.county.pk}
    after = {"drilled_date": "2024-05-06", "is_metered": True, "owner": water.other_county.pk, "owner_id": None}
    record(water.actor("keeper"), "wells.amend_well", well, before=before, after=after)
    [entry] = read(water, screens, well).entries
    told = {each.title: (each.before, each.after) for each in entry.changes}
    assert told["成井日期"] == ("", "2024年5月6日 (周一)")
    assert told["已装表"] == ("否", "是")
    assert ("澄波区人民政府", "禾溪县人民政府") in told.values() or told["管理单位"] == ("澄波区人民政府", "")


def test_personal_values_are_masked_and_hidden_columns_left_out(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    record(
        water.actor("keeper"),
        "wells.amend_well",
        well,
        before={"keeper_phone": "13800000001", "fee": "10.00"},
        after={"keeper_phone": "13800000002", "fee": "20.00"},
    )
    [mine] = read(water, screens, well).entries
    assert [(each.before, each.after) for each in mine.changes] == [
        ("10.00", "20.00"),
        ("138****0001", "138****0002"),
    ]
    [theirs] = read(water, screens, well, "viewer").entries
    assert [each.title for each in theirs.changes] == [mine.changes[1].title]


def test_an_encrypted_field_without_a_mask_is_never_told(water: "WaterOffice", screens: ModelScreens) -> None:
    class Unmasked(type(screens)):  # type: ignore[misc]  # the declaration's class without the masked column
        columns = ("code", "name")

    well = water.dig(1)
    record(water.actor("keeper"), "wells.amend_well", well, before={"keeper_phone": "1"}, after={"keeper_phone": "2"})
    [entry] = history_panel(water.actor("keeper"), Unmasked(), well).entries
    assert [(each.before, each.after) for each in entry.changes] == [(HIDDEN, HIDDEN)]


def test_an_agent_is_named_with_whom_she_acted_for(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    principal = water.accounts["viewer"].public_id
    record(replace(water.actor("keeper"), principal=principal), "wells.seal_well", well)
    assert [entry.who for entry in read(water, screens, well).entries] == ["江水清（代白看）"]


def test_a_look_is_in_the_history_with_its_purpose(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    record(water.actor("keeper").stating("联系本人"), "wells.reveal", well, after={"field": "keeper_phone"})
    [entry] = read(water, screens, well).entries
    assert (entry.what, entry.purpose, entry.facts) == ("查看被遮盖的信息：看护人手机", "联系本人", [])


def test_imports_stand_between_what_people_did(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    now = timezone.now()
    entries = [build(SYSTEM, "wells.amend_well", well, after={"note": f"第{n}次"}) for n in range(3)]
    for days, entry in zip((5, 3, 1), entries, strict=True):
        entry.at = now - timedelta(days=days)
    record_all(entries)
    file = StoredFile.objects.create(sha256="0" * 64, size=1, content_type="text/csv", name="井.csv")
    for days, state in ((4, State.APPLIED), (2, State.CANCELLED)):
        run = SheetRun.objects.create(
            screens=screens.key, file=file, actor_name="江水清", state=state, finished_at=now - timedelta(days=days)
        )
        SheetRow.objects.create(
            run=run, line=2, key=well.code, verdict=Verdict.CHANGED, content={"changes": {"name": ["旧名", "新名"]}}
        )
    page = read(water, screens, well, size=2)
    assert [entry.at for entry in page.entries] == [now - timedelta(days=days) for days in (1, 3)]
    rest = read(water, screens, well, before=page.older, size=2)
    assert (rest.entries[0].what, rest.entries[0].who) == ("用表格修改", "江水清")
    assert [(each.title, each.before, each.after) for each in rest.entries[0].changes] == [("名称", "旧名", "新名")]
    assert [entry.at for entry in rest.entries] == [now - timedelta(days=days) for days in (4, 5)]
    assert rest.older == ""


def test_every_entry_is_on_exactly_one_page(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    for number in range(25):
        record(SYSTEM, "wells.amend_well", well, after={"note": f"第{number}次"})
    seen: list[str] = []
    before = ""
    while True:
        page = read(water, screens, well, before=before, size=7)
        seen += [entry.facts[0].after for entry in page.entries]
        if not page.older:
            break
        before = page.older
    assert seen == [f"第{number}次" for number in reversed(range(25))]


def test_nothing_happened_yet(water: "WaterOffice", screens: ModelScreens) -> None:
    page = read(water, screens, water.dig(1))
    assert (page.entries, page.older) == ([], "")
    assert AuditRecord.objects.filter(object_kind="wells.well").count() == 0


def test_a_stranger_reads_no_history(water: "WaterOffice") -> None:
    address = reverse("screens:wells.wells.history", args=[water.dig(1).pk])
    assert water.browser("stranger").get(address).status_code == 404
    assert water.browser("viewer").get(address).status_code == 200


def test_an_act_is_called_as_its_button(water: "WaterOffice", screens: ModelScreens) -> None:
    well = water.dig(1)
    services.seal_well(actor=water.actor("keeper"), well=well, reason="枯竭")
    assert [entry.what for entry in read(water, screens, well).entries] == ["封填"]
