"""What a model may have: sealed fields, defaults, moments, flags, a parser or a writer of its own."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.toy.models import Well
from tests.toy.screens import WellScreens
from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.models import Organisation
from zhengtong.core.identity.public import parse_phone
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.declaration import ModelScreens, Sheet
from zhengtong.screens.sheets import exporting
from zhengtong.screens.sheets.formats import FORMATS
from zhengtong.screens.sheets.models import SheetRun, State, Verdict
from zhengtong.screens.sheets.services import apply_run, check_sheet
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.tests.files import csv_file, make_registrar, upload

pytestmark = pytest.mark.django_db
COLUMNS = ("code", "name", "owner", "region", "status", "depth", "drilled_date", "is_metered", "keeper_phone", "note")
HEADS = ("编号", "名称", "管理单位", "行政区划", "状态", "井深", "成井日期", "已装表", "看护人手机", "备注")


def read_well(row: Mapping[str, str]) -> Mapping[str, Any]:
    phone = row["keeper_phone"] and str(parse_phone(row["keeper_phone"]))
    return {"keeper_phone": phone, "keeper_digest": digest(phone) if phone else ""}


written: list[dict[str, Any]] = []


def write_wells(*, actor: Any, rows: list[dict[str, Any]], run: SheetRun) -> None:
    written.extend(rows)


class SheetedWells(WellScreens):
    code = "sheeted"
    sheet = Sheet(
        key="code",
        columns=COLUMNS,
        permission="wells.manage_well",
        parse=read_well,
        related={"owner": "credit_code", "region": "code"},
    )


class WrittenWells(WellScreens):
    code = "written"
    sheet = Sheet(
        key="code",
        columns=COLUMNS,
        permission="wells.manage_well",
        apply=write_wells,
        related={"owner": "credit_code", "region": "code"},
    )


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    registry.modules["sheeted"] = Module("sheeted", "水井", (SheetedWells(), WrittenWells()))
    written.clear()
    yield
    del registry.modules["sheeted"]


@pytest.fixture
def office() -> Organisation:
    return make_registrar()[1]


def well(number: int, **changes: Any) -> list[str]:
    cells = [f"SJ-{number}", f"{number}号井", "91990102000000001A", "990102", "在用", "12.5", "2020年1月5日", "是"]
    cells += ["13800001234", ""]
    for place, value in changes.items():
        cells[int(place.removeprefix("c"))] = value
    return cells


def bring(screens: ModelScreens, *rows: list[str]) -> SheetRun:
    return check_sheet(screens, SYSTEM, upload(csv_file(rows, HEADS)))


def test_sealed_values_defaults_and_moments(office: Organisation) -> None:
    run = bring(SheetedWells(), well(1), well(2, c5="", c6="", c7="否", c8=""))
    assert run.new_count == 2, run.reason
    assert apply_run(run, SYSTEM).state == State.APPLIED
    first, second = Well.objects.order_by("code")
    assert (first.keeper_phone, first.keeper_digest) == ("13800001234", digest("13800001234"))
    assert (first.is_metered, first.fee, first.keeper) == (True, Decimal(0), "")
    assert first.registered_at is not None
    assert (second.depth, second.drilled_date, second.is_metered, second.keeper_phone) == (None, None, False, "")


def test_a_sealed_value_that_stays_is_no_change_and_one_that_changes_is_masked(office: Organisation) -> None:
    apply_run(bring(SheetedWells(), well(1), well(2)), SYSTEM)
    sealed = Well.objects.values_list("keeper_phone", flat=True)
    assert list(sealed) == ["13800001234"] * 2
    run = bring(SheetedWells(), well(1), well(2, c8="13900005678"))
    assert (run.same_count, run.changed_count) == (1, 1)
    changed = run.rows.get(verdict=Verdict.CHANGED)
    assert changed.content["changes"]["keeper_phone"] == ["13800001234", "13900005678"]
    from zhengtong.screens.sheets.differences import show_changes

    assert show_changes(changed, Shape(SheetedWells())) == [("看护人手机", "138****1234", "139****5678")]


def test_its_export_comes_back_without_a_change_masked_as_it_is(office: Organisation) -> None:
    apply_run(bring(SheetedWells(), well(1), well(2, c5="", c6="", c8="", c9="甲,乙")), SYSTEM)
    for extension, form in FORMATS.items():
        chunks = exporting.stream_file(
            actor=SYSTEM,
            screens=SheetedWells(),
            found=Well.objects.order_by("code"),
            cells=exporting.cells_of_sheet(Shape(SheetedWells()), form, is_whole=False),
            form=form,
            asked={},
        )
        data = b"".join(chunks)
        if extension == "csv":
            assert b"138****1234" in data
        run = check_sheet(SheetedWells(), SYSTEM, upload(data, f"a.{extension}"))
        assert (run.same_count, run.refused_count, run.new_count, run.changed_count) == (2, 0, 0, 0)


def test_a_writer_of_its_own_gets_the_values(office: Organisation) -> None:
    run = apply_run(bring(WrittenWells(), well(1)), SYSTEM)
    assert run.state == State.APPLIED, run.reason
    (row,) = written
    assert (row["code"], row["owner"], row["is_metered"], row["keeper_phone"]) == (
        "SJ-1",
        office.pk,
        True,
        "13800001234",
    )
    assert not Well.objects.exists()
