"""A sheet of entries: read, compared, confirmed; what is wrong is told by its line and nothing else suffers."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengtong.capabilities.catalogue import sheet_reading
from zhengtong.capabilities.catalogue.domain import VersionText
from zhengtong.capabilities.catalogue.models import CatalogueSheet, Resource, ResourceVersion
from zhengtong.capabilities.catalogue.selectors import read_text
from zhengtong.capabilities.catalogue.services.compiling import amend_version, start_change
from zhengtong.capabilities.catalogue.services.settling import write_text
from zhengtong.capabilities.catalogue.services.sheets import apply_sheet, cancel_sheet, read_sheet
from zhengtong.capabilities.catalogue.sheet_layout import TITLES, write_workbook
from zhengtong.capabilities.catalogue.tests.office import FIELDS, TEXT, Office, fresh, fresh_entry
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.policy import Denied

ROW = {
    "信息资源名称": "食品经营许可信息",
    "信息资源分类代码": "204001",
    "信息资源摘要": "全市食品经营许可证。",
    "共享类型": "无条件共享",
    "更新周期": "每日",
    "信息项代码": "licence_no",
    "信息项名称": "许可证编号",
    "数据类型": "字符型",
    "数据长度": "20",
    "主键": "是",
    "可以为空": "否",
}
MORE = {"信息项代码": "holder", "信息项名称": "经营者名称", "数据类型": "字符型"}


def table(*rows: dict[str, str], titles: Sequence[str] = tuple(TITLES.values())) -> SimpleUploadedFile:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([row.get(title, "") for title in titles] for row in rows)
    return SimpleUploadedFile("catalogue.csv", out.getvalue().encode())


def workbook(*versions: ResourceVersion) -> SimpleUploadedFile:
    return SimpleUploadedFile("catalogue.xlsx", b"".join(write_workbook(versions)))


def acts(sheet: CatalogueSheet) -> list[str]:
    return [each["act"] for each in sheet.plan]


def problems(sheet: CatalogueSheet) -> str:
    return "；".join(problem for each in sheet.plan for problem in each["problems"])


def test_a_sheet_is_read_first_and_written_when_it_is_confirmed(office: Office) -> None:
    sheet = read_sheet(actor=office.compiler, upload=table(ROW, MORE))
    assert acts(sheet) == ["new"]
    assert not Resource.objects.exists()
    apply_sheet(actor=office.compiler, sheet=sheet)
    version = ResourceVersion.objects.get()
    text = read_text(version)
    assert (version.status, version.resource.provider, version.resource.code) == (
        "draft",
        office.provider,
        "204001/000001",
    )
    assert [(each.code, each.is_key, each.is_nullable) for each in text.fields] == [
        ("licence_no", True, False),
        ("holder", False, True),
    ]
    assert AuditRecord.objects.filter(action="catalogue.apply_sheet").count() == 1
    with pytest.raises(Refused, match="dealt-with"):
        apply_sheet(actor=office.compiler, sheet=sheet)


def test_what_was_exported_comes_back_without_a_difference(office: Office) -> None:
    version = office.published()
    sheet = read_sheet(actor=office.compiler, upload=workbook(version))
    assert acts(sheet) == ["same"], problems(sheet)


def test_a_change_of_a_published_entry_becomes_its_next_version(office: Office) -> None:
    version = office.published()
    rule = {"pattern": "^[0-9A-Z]{18}$"}
    draft = start_change(actor=office.compiler, resource=fresh_entry(version))
    text = replace(TEXT, fields=(replace(FIELDS[0], rule=rule), *FIELDS[1:3]))
    amend_version(actor=office.compiler, version=draft, text=text, revision=draft.revision)
    longer = replace(text, fields=(replace(text.fields[0], length=20, rule={}), *text.fields[1:]))
    upload = _export(fresh(draft), longer)
    sheet = read_sheet(actor=office.compiler, upload=upload)
    (planned,) = sheet.plan
    assert [(each["field"], each["change"], each["verdict"]) for each in planned["changes"]] == [
        ("credit_code", "length", "compatible")
    ]
    apply_sheet(actor=office.compiler, sheet=sheet)
    item = read_text(fresh(draft)).fields[0]
    assert (item.length, item.rule) == (20, rule)


def _export(version: ResourceVersion, text: VersionText) -> SimpleUploadedFile:
    """Return the sheet that the draft would be if it said ``text``; the draft says what it did before."""
    was = read_text(version)
    write_text(version, text, version.classification)
    upload = workbook(version)
    write_text(version, was, version.classification)
    return upload


def test_what_changed_since_it_was_compared_is_not_overwritten(office: Office) -> None:
    draft = office.draft()
    row = {**ROW, "信息资源名称": TEXT.name, "信息资源分类代码": TEXT.classification}
    sheet = read_sheet(actor=office.compiler, upload=table(row, {**ROW, "信息资源名称": "另一个新的"}))
    assert acts(sheet) == ["change", "new"]
    amend_version(actor=office.compiler, version=draft, text=replace(TEXT, abstract="改过"), revision=draft.revision)
    with pytest.raises(Refused, match="stale"):
        apply_sheet(actor=office.compiler, sheet=sheet)
    assert Resource.objects.count() == 1
    assert fresh(draft).abstract == "改过"


def test_entries_that_are_left_out_are_not_written(office: Office) -> None:
    sheet = read_sheet(actor=office.compiler, upload=table(ROW, {**ROW, "信息资源名称": "另一个"}))
    apply_sheet(actor=office.compiler, sheet=sheet, skip=frozenset({sheet.plan[0]["line"]}))
    assert [each.name for each in Resource.objects.all()] == ["另一个"]


def test_a_sheet_is_given_up(office: Office) -> None:
    sheet = read_sheet(actor=office.compiler, upload=table(ROW))
    cancel_sheet(actor=office.compiler, sheet=sheet)
    with pytest.raises(Refused, match="dealt-with"):
        apply_sheet(actor=office.compiler, sheet=sheet)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"数据类型": "VARCHAR2"}, "不在可以填写的内容里"),
        ({"共享类型": "随便"}, "不在可以填写的内容里"),
        ({"更新周期": ""}, "不在可以填写的内容里"),
        ({"数据长度": "二十"}, "不是合适的整数"),
        ({"数据长度": "-3"}, "不是合适的整数"),
        ({"数据长度": "3.30102E+17"}, "科学计数"),
        ({"信息资源分类代码": "888"}, "没有代码"),
        ({"信息资源代码": "204001/009999"}, "没有代码"),
        ({"信息资源提供方": "试城市民政局"}, "不是您编制的单位"),
        ({"信息项代码": ""}, "没有填写"),
        ({"信息项代码": "许可证"}, "字母开头"),
        ({"信息资源摘要": '=HYPERLINK("http://x")'}, "公式"),
        ({"信息资源名称": "长" * 201}, "太长"),
        ({"信息项名称": "反\u202e转"}, "控制字符"),
        ({"关联资源代码": "1/1"}, "目录里没有"),
    ],
)
def test_what_is_wrong_is_told_by_its_line_and_the_rest_can_go_on(
    office: Office, changes: dict[str, str], told: str
) -> None:
    good = {**ROW, "信息资源名称": "好的一个"}
    sheet = read_sheet(actor=office.compiler, upload=table({**ROW, **changes}, good))
    assert acts(sheet) == ["refused", "new"]
    assert told in problems(sheet)
    apply_sheet(actor=office.compiler, sheet=sheet)
    assert [each.name for each in Resource.objects.all()] == ["好的一个"]


def test_an_entry_that_stands_twice_is_refused_both_times(office: Office) -> None:
    sheet = read_sheet(actor=office.compiler, upload=table(ROW, {**ROW, "信息资源名称": "别的"}, ROW))
    assert acts(sheet) == ["refused", "new", "refused"]
    assert "不止一次" in problems(sheet)


def test_items_of_one_code_are_refused(office: Office) -> None:
    sheet = read_sheet(actor=office.compiler, upload=table(ROW, {**MORE, "信息项代码": "LICENCE_NO"}))
    assert "不止一次" in problems(sheet)


def test_what_is_under_review_is_not_changed_by_a_sheet(office: Office) -> None:
    office.submitted()
    row = {**ROW, "信息资源名称": TEXT.name, "信息资源分类代码": TEXT.classification}
    sheet = read_sheet(actor=office.compiler, upload=table(row))
    assert acts(sheet) == ["refused"]
    assert "部门审核" in problems(sheet)


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (SimpleUploadedFile("a.csv", b""), "空的"),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"), ""),
        (SimpleUploadedFile("a.csv", "甲,乙\n1,2\n".encode()), "找不到表头"),
        (table(ROW, titles=["信息资源名称", "信息项代码"]), "缺少这些列"),
        (table(ROW, titles=[*TITLES.values(), "密级"]), "不认识的列"),
        (table(ROW, titles=[*TITLES.values(), "信息项代码"]), "不止一次"),
        (table(), "只有表头"),
        (SimpleUploadedFile("a.csv", b"%PDF-1.7 x"), "认不出"),
    ],
)
def test_files_that_are_no_such_sheet_are_refused_whole(office: Office, upload: SimpleUploadedFile, told: str) -> None:
    upload.seek(0)
    with pytest.raises(Refused) as refused:
        read_sheet(actor=office.compiler, upload=upload)
    assert told in str(refused.value.message)
    assert not CatalogueSheet.objects.exists()


def test_a_huge_sheet_is_refused_before_it_is_compared(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_reading, "MOST_ROWS", 50)
    with pytest.raises(Refused, match="too-many-rows"):
        read_sheet(actor=office.compiler, upload=table(ROW, *[MORE] * 60))
    monkeypatch.setattr(sheet_reading, "MOST_ENTRIES", 5)
    with pytest.raises(Refused, match="too-many"):
        read_sheet(actor=office.compiler, upload=table(*({**ROW, "信息资源名称": f"第{n}个"} for n in range(9))))


def test_only_compilers_import(office: Office) -> None:
    for actor in (office.reviewer, office.authority):
        with pytest.raises(Denied):
            read_sheet(actor=actor, upload=table(ROW))
    sheet = read_sheet(actor=office.compiler, upload=table(ROW))
    with pytest.raises(Denied):
        apply_sheet(actor=office.outsider, sheet=sheet)
