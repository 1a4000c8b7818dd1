"""A list leaves as a file: what one sees, as one sees it, whole, out of one snapshot."""

import csv
import io
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from django.http import QueryDict
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.identity.models import Organisation, Region
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import Column, ModelScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.sheets import exporting, workbook_stream
from zhengtong.screens.sheets.formats import FORMATS
from zhengtong.screens.sheets.models import State
from zhengtong.screens.sheets.reading import open_table
from zhengtong.screens.sheets.services import check_sheet
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.tests.files import Enterprise, code, enterprises, make_registrar, registrar_of, upload

ALL = "columns=credit_code,name,kind,representative_name,status,region,established_date,registered_capital,registrar"


def make(actor: Actor, number: int, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "credit_code": code(number),
        "name": f"澜水{number}号商店",
        "kind": "limited",
        "representative_name": "王晓岚",
        "address": "滨江路66号",
        "region": Region.objects.get(code="990102"),
        "registered_capital": "100.50",
        "established_date": "2020-01-05",
        "business_scope": "零售",
        "registrar_id": actor.organisation,
    }
    return Enterprise.objects.create(**values | changes)


def take(actor: Actor, extension: str, query: str = ALL, screens: ModelScreens | None = None) -> Iterator[bytes]:
    screens, form = screens or enterprises(), FORMATS[extension]
    listing = Listing(screens, actor, QueryDict(query))
    cells = exporting.cells_of_list(listing.columns, form)
    return exporting.stream_file(
        actor=actor, screens=screens, found=listing.found, cells=cells, form=form, asked={"filters": query}
    )


def take_sheet(actor: Actor, extension: str) -> bytes:
    screens, form = enterprises(), FORMATS[extension]
    cells = exporting.cells_of_sheet(Shape(screens), form, is_whole=False)
    found = Listing(screens, actor, QueryDict()).matching.order_by("credit_code")
    return b"".join(exporting.stream_file(actor=actor, screens=screens, found=found, cells=cells, form=form, asked={}))


def rows_of(data: bytes) -> list[list[str]]:
    with open_table(io.BytesIO(data), len(data)) as table:
        return [list(line.texts) for line in table.lines()]


@pytest.fixture
def actor(db: None) -> Actor:
    return make_registrar()[0]


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_it_holds_what_the_list_shows(actor: Actor, extension: str) -> None:
    make(actor, 1)
    make(actor, 2, registered_capital=None, status="revoked", name='"澜"，<b>&水,\n店')
    heads, second, first = rows_of(b"".join(take(actor, extension)))
    assert heads == [str(column.title) for column in Listing(enterprises(), actor, QueryDict(ALL)).columns]
    capital = "100.50" if extension == "csv" else "100.5"
    middle = [code(1), "澜水1号商店", "有限责任公司", "王**", "存续"]
    assert first[:5] == middle
    assert first[6:] == ["2020-01-05", capital, "澄波区登记机关"]
    assert (second[1], second[4], second[7]) == ('"澜"，<b>&水,\n店', "吊销", "")


def test_a_filter_narrows_it_and_another_county_is_not_in_it(actor: Actor) -> None:
    stranger, _office = make_registrar("990122", "禾溪县")
    make(actor, 1)
    make(actor, 2, status="revoked")
    make(stranger, 3)
    taken = rows_of(b"".join(take(actor, "csv", "columns=credit_code&status=active")))
    assert taken[1:] == [[code(1)]]


def test_nothing_in_it_is_run_as_a_formula(actor: Actor) -> None:
    names = ["=1+1", "+86", "-1", "@SUM(A1)", "＝1", "\t=1", "'=1", "普通"]
    for number, name in enumerate(names):
        make(actor, number, name=name)
    data = b"".join(take(actor, "csv", "columns=credit_code,name&sort=credit_code")).decode("utf-8-sig")
    cells = [row[1] for row in csv.reader(io.StringIO(data))][1:]
    assert not [cell for cell in cells if cell[0] in "=+-@\t＝"]
    book = b"".join(take(actor, "xlsx", "columns=credit_code,name&sort=credit_code"))
    assert sorted(row[1] for row in rows_of(book)[1:]) == sorted(name.strip() for name in names)
    import zipfile

    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert f'<c t="inlineStr" s="1"><is><t>{code(1)}</t></is></c>'.encode() in sheet


def test_a_computed_column_gives_the_same_file(actor: Actor) -> None:
    class Computed(type(enterprises())):  # type: ignore[misc]  # the class is found at run time
        columns = ("credit_code", Column("shout", title="呼", value=lambda row: f"{row.name}!"), "established_date")

    for number in range(3):
        make(actor, number)
    heads, *rows = rows_of(b"".join(take(actor, "xlsx", "sort=credit_code", Computed())))
    assert heads[1] == "呼"
    assert rows[0][1:] == ["澜水0号商店!", "2020-01-05"]


def test_more_rows_than_a_worksheet_holds_go_on_in_the_next(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_stream, "MOST_ROWS", 4)
    monkeypatch.setattr(exporting, "BLOCK", 2)
    for number in range(7):
        make(actor, number)
    data = b"".join(take(actor, "xlsx"))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [book.get_sheet_by_index(n).height for n in range(len(book.sheet_names))] == [5, 4]
    assert book.sheet_names == ["经营主体", "经营主体2"]


def test_the_journal_says_who_took_what_and_whether_it_arrived(actor: Actor) -> None:
    for number in range(3):
        make(actor, number)
    b"".join(take(actor, "csv"))
    finished = AuditRecord.objects.get(action="sheets.finish_export")
    assert finished.after == {"screens": "registers.enterprises", "format": "csv", "filters": ALL, "rows": 3}
    assert finished.actor_name == "登记员"
    broken = take(actor, "csv")
    next(broken)
    assert AuditRecord.objects.filter(action="sheets.start_export").count() == 2
    broken.close()  # type: ignore[attr-defined]  # a generator
    assert AuditRecord.objects.filter(action="sheets.break_off_export").count() == 1


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_what_leaves_as_a_sheet_comes_back_without_a_change(actor: Actor, extension: str) -> None:
    for number in range(5):
        make(actor, number)
    make(actor, 10, registered_capital=None, name="'=1+1", business_scope='=甲,\n乙 "丙" <丁>&')
    make(actor, 11, status="cancelled", established_date="1899-12-31", registered_capital="-0.07")
    run = check_sheet(enterprises(), actor, upload(take_sheet(actor, extension), f"经营主体.{extension}"))
    assert (run.state, run.same_count, run.new_count, run.changed_count, run.refused_count) == (
        State.CHECKED,
        7,
        0,
        0,
        0,
    )


@pytest.mark.django_db(transaction=True)
def test_rows_that_change_meanwhile_are_in_it_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BLOCK", 10)
    actor, office = make_registrar()
    for number in range(500):
        make(actor, number, name="从前" * 50)

    def change() -> None:
        try:
            Enterprise.objects.filter(credit_code=code(1)).delete()
            Enterprise.objects.update(name="后来")
            make(registrar_of(office), 900)
        finally:
            connections.close_all()

    chunks = take(actor, "csv")
    data = next(chunks) + next(chunks)
    thread = Thread(target=change)
    thread.start()
    thread.join()
    data += b"".join(chunks)
    rows = rows_of(data)[1:]
    assert len(rows) == 500
    assert {row[1] for row in rows} == {"从前" * 50}
    assert Enterprise.objects.filter(name="后来").count() == 499


class AnyText(TestCase):
    """The database and we write the same text of the same value."""

    @hypothesis_settings(max_examples=60)
    @given(name=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20))
    def test_any_name_is_the_same_in_both_hands(self, name: str) -> None:
        office = Region.objects.filter(code="990102").first()
        actor = make_registrar()[0] if office is None else registrar_of(_office())
        made = make(actor, 1, name=name)

        class Computed(type(enterprises())):  # type: ignore[misc]  # the class is found at run time
            columns = (Column("said", title="名称", value=lambda row: row.name),)

        class Plain(type(enterprises())):  # type: ignore[misc]  # the class is found at run time
            columns = ("name",)

        for extension in FORMATS:
            by_us = rows_of(b"".join(take(actor, extension, "", Computed())))
            by_database = rows_of(b"".join(take(actor, extension, "", Plain())))
            assert by_us == by_database
        made.delete()


def _office() -> Organisation:
    return Organisation.objects.get(name="澄波区登记机关")
