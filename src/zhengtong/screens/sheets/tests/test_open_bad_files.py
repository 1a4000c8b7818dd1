"""Files as they really come: each thing that is wrong with one has its code and a sentence."""

import io
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengtong.kernel.policy import SYSTEM
from zhengtong.screens.sheets.checking import lay_out
from zhengtong.screens.sheets.problems import FileRefused
from zhengtong.screens.sheets.reading import open_table
from zhengtong.screens.sheets.receiving import receive_table
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.tests.files import HEADS, csv_file, enterprises, row, upload, workbook, xlsx_file

pytestmark = pytest.mark.django_db


def read(data: bytes) -> list[tuple[int, list[str], dict[int, str]]]:
    """Return the lines below the head: number, texts, flaws."""
    with open_table(io.BytesIO(data), len(data)) as table:
        _layout, lines, _merged = lay_out(table, Shape(enterprises()))
        return [(line.number, list(line.texts), dict(line.flaws)) for line in lines if any(line.texts)]


def refused(work: Callable[[], Any]) -> FileRefused:
    with pytest.raises(FileRefused) as raised:
        work()
    return raised.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_recognised(encoding: str) -> None:
    rows = [row(1, c1="㐂龘商店"), row(2)]
    assert [texts for _n, texts, _f in read(csv_file(rows, encoding=encoding))] == rows


def test_bytes_that_are_no_text_are_named_by_their_offset() -> None:
    data = csv_file([row(1), row(2)], encoding="utf-8")
    at = data.index("澜水2号".encode())
    problem = refused(lambda: read(data[:at] + b"\xff\xff\xff" + data[at:]))
    assert (problem.code, problem.params) == ("undecodable", {"offset": at, "line": 3})
    assert str(at) in problem.message


def test_other_separators_and_newlines_in_cells() -> None:
    data = "\t".join(HEADS) + "\r\n" + "\t".join(row(1, c9='"甲\n乙"')) + "\r\n" + "\t".join(row(2))
    assert [(n, texts[9]) for n, texts, _f in read(data.encode())] == [(2, "甲\n乙"), (4, "日用品零售")]


def test_quotes_without_an_end() -> None:
    problem = refused(lambda: read((",".join(HEADS) + '\n"' + ",".join(row(1))).encode()))
    assert (problem.code, problem.params["line"]) == ("broken_quotes", 2)


def test_a_workbook_gives_its_texts_numbers_and_dates() -> None:
    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy/m/d"})
        for place, head in enumerate(HEADS):
            sheet.write(0, place, head)
        for place, cell in enumerate(row(1)):
            sheet.write(1, place, cell)
        sheet.write_number(1, 0, 330102199001011234)
        sheet.write_number(1, 7, 100.5)
        sheet.write_datetime(1, 8, date(2020, 1, 5), day)
        for number in range(2, 30_000):
            sheet.write_blank(number, 0, None, day)

    ((number, texts, flaws),) = read(workbook(write))
    assert (number, texts[0], texts[7], texts[8], flaws) == (2, "3.30102199001011E+17", "100.5", "2020-01-05", {})


def test_formulas_and_error_values_are_found_by_their_place() -> None:
    def write(book: Any, sheet: Any) -> None:
        for place, head in enumerate(HEADS):
            sheet.write(0, place, head)
        for number in (1, 2, 3):
            for place, cell in enumerate(row(number)):
                sheet.write(number, place, cell)
        sheet.write_formula(2, 1, '=CONCAT("澜","水")', value="澜水")
        sheet.write_formula(3, 7, "=NA()", value="#N/A")

    found = {number: flaws for number, _texts, flaws in read(workbook(write))}
    assert found == {2: {}, 3: {1: "formula"}, 4: {7: "formula"}}


def test_a_head_of_two_rows_is_understood_when_it_has_one_meaning() -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, len(HEADS) - 1, "经营主体名单")
        for place, head in enumerate(HEADS):
            if place in (3, 4):
                sheet.write(2, place, head)
            else:
                sheet.merge_range(1, place, 2, place, head)
        sheet.merge_range(1, 3, 1, 4, "联系")
        for place, cell in enumerate(row(1)):
            sheet.write(3, place, cell)

    ((number, texts, _flaws),) = read(workbook(write))
    assert (number, texts[:5]) == (4, row(1)[:5])


def test_a_merged_head_that_may_mean_two_things_is_refused() -> None:
    def write(_book: Any, sheet: Any) -> None:
        for place, head in enumerate(HEADS):
            if place in (1, 2, 3, 4):
                sheet.write(1, place, "名称" if place in (1, 3) else head)
            else:
                sheet.merge_range(0, place, 1, place, head)
        sheet.merge_range(0, 1, 0, 2, "主体")
        sheet.merge_range(0, 3, 0, 4, "负责人")
        for place, cell in enumerate(row(1)):
            sheet.write(2, place, cell)

    problem = refused(lambda: read(workbook(write)))
    assert problem.code == "merged_heads"
    assert "取消合并" in problem.message


@pytest.mark.parametrize(
    ("heads", "code", "named"),
    [
        (HEADS[:-1], "missing_heads", "登记机关"),
        ([*HEADS, "备注"], "unknown_heads", "备注"),
        ([*HEADS, "名称"], "doubled_heads", "名称"),
        (["甲", "乙"], "no_head", "统一社会信用代码"),
    ],
)
def test_heads_that_do_not_fit(heads: list[str], code: str, named: str) -> None:
    for data in (csv_file([row(1)], heads), xlsx_file([row(1)], heads)):
        problem = refused(partial(read, data))
        assert problem.code == code
        assert named in problem.message


def test_heads_may_stand_in_any_order_with_stars_and_blanks() -> None:
    heads = [f" {head} * " for head in reversed(HEADS)]
    assert len(read(csv_file([list(reversed(row(1)))], heads))) == 1


def test_nothing_in_it() -> None:
    assert refused(lambda: read(csv_file([], [""]))).code == "empty_sheet"
    assert refused(lambda: read(workbook(lambda _book, _sheet: None))).code == "empty_sheet"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls_old"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls_old"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "html"),
        ("a.xlsx", b"a,b\n1,2\n", "misnamed"),
        ("a.csv", b"%PDF-1.7\n", "not_a_sheet"),
        ("a.csv", b"\0\1\2" * 100, "not_a_sheet"),
        ("a.docx", b"PK\x03\x04nothing", "unsafe"),
    ],
)
def test_files_that_are_no_tables(name: str, data: bytes, code: str) -> None:
    problem = refused(lambda: receive_table(actor=SYSTEM, upload=upload(data, name)))
    assert problem.code == code
    assert problem.message


def test_a_bomb_is_not_opened() -> None:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (50 << 20))
    assert refused(lambda: receive_table(actor=SYSTEM, upload=upload(buffer.getvalue(), "a.xlsx"))).code == "unsafe"


def test_too_large(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    big = SimpleUploadedFile("a.csv", b"x" * 1001)
    problem = refused(lambda: receive_table(actor=SYSTEM, upload=big))
    assert problem.code == "too_large"
