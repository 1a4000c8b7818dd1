"""Entries compiled, reviewed and published on the desk's pages, and what is typed wrong."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from zhengtong.capabilities.catalogue.public import (
    CatalogueSheet,
    Field,
    Resource,
    ResourceState,
    ResourceVersion,
    VersionStatus,
)
from zhengtong.capabilities.catalogue.tests.office import Office, fresh, fresh_entry

Browse = Callable[[str], Client]
HEAD = {
    "name": "道路运输经营许可信息",
    "classification": "213001",
    "abstract": "道路运输许可。",
    "update_cycle": "weekly",
    "share_type": "unconditional",
    "open_type": "closed",
}


def item(token: str, code: str, was: str = "", **changes: str) -> dict[str, str]:
    values = {"code": code, "name": f"项{code}", "kind": "text", "personal": "none", "grade": "1", "mask": "none"}
    values |= {"is_nullable": "on", **changes}
    return {f"r{token}-{name}": value for name, value in values.items() if value} | {f"r{token}-was": was}


def page(version: ResourceVersion, *rows: tuple[str, dict[str, str]], **changes: Any) -> dict[str, Any]:
    posted: dict[str, Any] = {**HEAD, "revision": str(version.revision), "act": "save", "row": [t for t, _ in rows]}
    for _token, values in rows:
        posted |= values
    return posted | changes


def url(name: str, version: ResourceVersion) -> str:
    return reverse(f"catalogue_desk:{name}", args=[version.pk])


def text_of(response: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_an_entry_from_the_first_form_to_its_publication(office: Office, browse: Browse) -> None:
    compiler, reviewer, authority = (browse(name) for name in ("compiler", "reviewer", "authority"))
    answer = compiler.post(reverse("catalogue_desk:new"), {**HEAD, "provider": office.provider.pk})
    version = ResourceVersion.objects.get()
    assert answer["Location"] == url("edit", version)
    assert "一个信息项也没有" in text_of(compiler.get(url("edit", version)))
    rows = (("n0", item("n0", "licence_no", is_key="on", is_nullable="")), ("n1", item("n1", "holder", length="200")))
    answer = compiler.post(url("edit", version), page(version, *rows, act="review"))
    assert answer["Location"] == url("version", version)
    assert "送部门审核" in text_of(compiler.get(url("version", version)))
    compiler.post(url("submit", version))
    version = fresh(version)
    assert version.status == VersionStatus.DEPARTMENT_REVIEW
    shown = reviewer.get(url("version", version))
    assert "审核通过，送目录主管" in text_of(shown)
    reviewer.post(url("approve", version), {"revision": version.revision, "step": "department", "opinion": "同意"})
    assert "审核通过并发布" in text_of(authority.get(url("version", version)))
    authority.post(url("approve", version), {"revision": version.revision, "step": "authority", "opinion": ""})
    assert fresh(version).status == VersionStatus.PUBLISHED
    entry = reverse("catalogue_desk:entry", args=[version.resource_id])
    assert "编制变更" in text_of(compiler.get(entry))
    assert "停用" in text_of(authority.get(entry))


def test_rows_are_added_moved_and_taken_out_without_being_saved(office: Office, browse: Browse) -> None:
    version, compiler = office.draft(), browse("compiler")
    rows = (("0", item("0", "a", "0")), ("n0", item("n0", "b")))
    answer = compiler.post(url("edit", version), page(version, *rows, act="add"), headers={"HX-Request": "true"})
    assert answer.content.decode().count("data-row ") == 3
    answer = compiler.post(url("edit", version), page(version, *rows, act="down-0"))
    codes = re.findall(r'name="r\w+-code" value="(\w+)"', answer.content.decode())
    assert codes == ["b", "a"]
    answer = compiler.post(url("edit", version), page(version, *rows, act="remove-n0"))
    assert answer.content.decode().count('name="row"') == 1
    assert Field.objects.filter(version=version).count() == 5


def test_what_is_typed_wrong_is_told_in_a_summary_and_nothing_typed_is_lost(office: Office, browse: Browse) -> None:
    version, compiler = office.draft(), browse("compiler")
    wrong = item("0", "", "0", length="-5", pattern="(", scale="3")
    answer = compiler.post(url("edit", version), page(version, ("0", wrong), name="", abstract="写好的摘要"))
    assert answer.status_code == 422
    shown = text_of(answer)
    assert "需要修改" in shown
    assert "写好的摘要" in shown
    assert "正则表达式" in shown
    assert fresh(version).name == version.name
    twice = (("0", item("0", "same", "0")), ("1", item("1", "SAME", "1")))
    answer = compiler.post(url("edit", version), page(version, *twice))
    assert answer.status_code == 409
    assert "不止一次" in text_of(answer)


def test_a_stale_page_is_told_and_overwrites_nothing(office: Office, browse: Browse) -> None:
    version, compiler = office.draft(), browse("compiler")
    rows = (("0", item("0", "a", "0")),)
    assert compiler.post(url("edit", version), page(version, *rows)).status_code == 302
    answer = compiler.post(url("edit", version), page(version, *rows, abstract="晚到的"))
    assert answer.status_code == 409
    assert "被别人保存过" in text_of(answer)
    assert "晚到的" in text_of(answer)


def test_rules_are_kept_with_their_items(office: Office, browse: Browse) -> None:
    version = office.draft()
    row = item("0", "id", "0", pattern=r"^\d{18}$", check="GB11643", one_of="甲\n乙\n")
    browse("compiler").post(url("edit", version), page(version, ("0", row)))
    kept = Field.objects.get(version=version)
    assert kept.rule == {"pattern": r"^\d{18}$", "check": "GB11643", "one_of": ["甲", "乙"]}


@pytest.mark.parametrize("name", ["edit", "version"])
def test_hostile_text_is_shown_as_text(office: Office, browse: Browse, name: str) -> None:
    version = office.draft(name="<script>alert(1)</script>", abstract='"><img src=x onerror=alert(1)>')
    shown = browse("compiler").get(url(name, version)).content.decode()
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


def test_who_is_not_concerned_finds_nothing_and_who_may_not_is_refused(office: Office, browse: Browse) -> None:
    version = office.submitted()
    entry = reverse("catalogue_desk:entry", args=[version.resource_id])
    outsider = browse("outsider")
    assert [outsider.get(each).status_code for each in (url("version", version), url("edit", version), entry)] == [
        404
    ] * 3
    assert "企业登记" not in text_of(outsider.get(reverse("catalogue_desk:entries") + "?tab=department"))
    given = {"revision": version.revision, "step": "department", "opinion": ""}
    assert browse("authority").post(url("approve", version), given).status_code == 403
    assert browse("compiler").post(url("approve", version), given).status_code == 403
    assert fresh(version).status == VersionStatus.DEPARTMENT_REVIEW
    assert browse("reviewer").get(reverse("catalogue_desk:new")).status_code == 403


def test_a_returned_draft_shows_why(office: Office, browse: Browse) -> None:
    version = office.submitted()
    reviewer = browse("reviewer")
    reviewer.post(url("return", version), {"revision": version.revision, "back-opinion": ""})
    assert fresh(version).status == VersionStatus.DEPARTMENT_REVIEW
    reviewer.post(url("return", version), {"revision": version.revision, "back-opinion": "写明覆盖年份"})
    assert "写明覆盖年份" in text_of(browse("compiler").get(url("edit", version)))


def test_a_change_shows_its_difference_to_the_reviewer(office: Office, browse: Browse) -> None:
    version, compiler = office.published(), browse("compiler")
    compiler.post(reverse("catalogue_desk:change", args=[version.resource_id]))
    draft = ResourceVersion.objects.get(number=2)
    assert fresh_entry(version).state == ResourceState.CHANGING
    shown = text_of(compiler.get(url("edit", draft)))
    assert "变更说明" in shown
    rows = [(str(n), item(str(n), each.code, str(n), name=each.name, kind=each.kind)) for n, each in
            enumerate(Field.objects.filter(version=draft).order_by("position"))]  # fmt: skip
    compiler.post(url("edit", draft), page(draft, *rows[:-1], note="去掉一项", name=draft.name))
    shown = text_of(compiler.get(url("version", draft)))
    assert "不兼容" in shown
    assert "去掉信息项" in shown


def test_an_entry_is_retired_and_restored_with_a_reason(office: Office, browse: Browse) -> None:
    version, authority = office.published(), browse("authority")
    retire, restore = (reverse(f"catalogue_desk:{act}", args=[version.resource_id]) for act in ("retire", "restore"))
    authority.post(retire, {"reason": ""})
    assert fresh_entry(version).state == ResourceState.PUBLISHED
    authority.post(retire, {"reason": "系统下线"})
    assert fresh_entry(version).state == ResourceState.RETIRED
    authority.post(restore, {"reason": "恢复"})
    assert fresh_entry(version).state == ResourceState.PUBLISHED


def test_the_list_goes_out_and_comes_back_as_a_sheet(office: Office, browse: Browse) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    office.published()
    compiler = browse("compiler")
    answer: Any = compiler.get(reverse("catalogue_desk:export") + "?tab=published")
    made = b"".join(answer.streaming_content)
    assert made.startswith(b"PK")
    template: Any = compiler.get(reverse("catalogue_desk:template"))
    assert b"".join(template.streaming_content).startswith(b"PK")
    answer = compiler.post(reverse("catalogue_desk:upload"), {"file": SimpleUploadedFile("a.xlsx", made)})
    sheet = CatalogueSheet.objects.get()
    assert answer["Location"] == reverse("catalogue_desk:sheet", args=[sheet.pk])
    assert compiler.get(answer["Location"]).status_code == 200
    assert browse("outsider").get(answer["Location"]).status_code == 404
    bad = compiler.post(reverse("catalogue_desk:upload"), {"file": SimpleUploadedFile("a.csv", b"x,y\n1,2\n")})
    assert bad.status_code == 422
    assert Resource.objects.count() == 1


def test_every_list_opens_for_everyone_who_sees_it(office: Office, browse: Browse) -> None:
    office.published()
    office.submitted(name="另一个")
    for name in ("compiler", "reviewer", "authority"):
        client = browse(name)
        for tab in ("open", "department", "authority", "published", "retired", "x'"):
            assert client.get(reverse("catalogue_desk:entries"), {"tab": tab, "q": "企业%_\\'"}).status_code == 200
    assert browse("compiler").get(reverse("catalogue_desk:sources")).status_code == 200
    assert browse("compiler").get(reverse("catalogue_desk:read_source", args=[1])).status_code == 404
