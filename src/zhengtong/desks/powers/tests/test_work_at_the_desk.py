"""The compiler and the legal office at their desks: bases as rows, the difference in sight, the draft on the list."""

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conformance.samples import SIGNS_IN
from zhengtong.capabilities.powers import public as powers
from zhengtong.core.worklist.public import claim_item, list_office

VERSIONS, ENTRIES = "/desk/powers/versions/", "/desk/powers/entries/"


def browser(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.accounts[name], SIGNS_IN)
    return client


def typed(**changes: object) -> dict[str, object]:
    return {
        "code": "MR-QR-88",
        "power_list": powers.PowerList.objects.get(code="responsibility").pk,
        "name": "小摊贩备案",
        "kind": "other",
        "organ": "市场监督管理局",
        "level": "county",
        "basis_title": ["《食品安全法》", "", "行政许可法"],
        "basis_article": ["第三十六条", "", "第十二条"],
        "basis_text": ["食品摊贩等从事食品生产经营活动，应当符合本法规定。", "", "可以设定行政许可。"],
        "procedure": "受理\n审查\n备案",
        "responsibilities": "一次性告知。",
        "reason": "《食品安全法》第三十六条",
        **changes,
    }


def compile_one(cast: Cast) -> powers.PowerVersion:
    answer = browser(cast, "compiler").post(f"{VERSIONS}new/", typed())
    assert answer.status_code == 302, answer.content.decode()
    return powers.PowerVersion.objects.get(entry__code="MR-QR-88")


def test_bases_are_rows_and_empty_ones_are_left_out(cast: Cast) -> None:
    version = compile_one(cast)
    assert [(each.title, each.article) for each in version.text.basis] == [
        ("食品安全法", "第三十六条"),
        ("行政许可法", "第十二条"),
    ]
    shown = browser(cast, "compiler").get(f"{VERSIONS}{version.pk}/amend/").content.decode()
    assert shown.count('name="basis_title"') == 3
    assert "data-row-add" in shown


@pytest.mark.parametrize("wrong", [{"basis_title": ["", "", ""]}, {"kind": "magic"}, {"code": "有空 格"}])
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast: Cast, wrong: dict[str, object]) -> None:
    answer = browser(cast, "compiler").post(f"{VERSIONS}new/", typed(**wrong))
    assert answer.status_code == 422
    assert "食品摊贩等从事食品生产经营活动" in answer.content.decode()


def test_the_draft_goes_from_desk_to_desk_and_is_published(cast: Cast) -> None:
    version, compiler, legal = compile_one(cast), browser(cast, "compiler"), browser(cast, "legal")
    page = f"{VERSIONS}{version.pk}/"
    compiler.post(f"{page}act/submit-version/", {})
    waiting = [item for item in list_office(cast.legal) if item.kind == "powers.review"]
    assert [(item.object_id, item.url) for item in waiting] == [(version.pk, page)]
    claim_item(actor=cast.legal, kind="powers.review", object_id=version.pk)
    assert "审核通过并发布" in legal.get(page).content.decode()
    legal.post(f"{page}act/publish-version/", {"opinion": "同意"})
    version.refresh_from_db()
    assert version.status == "published"
    assert "小摊贩备案" in Client().get("/open/powers/MR-QR-88/").content.decode()


def test_the_reviewer_sees_what_a_change_changes(cast: Cast) -> None:
    entry = powers.PowerEntry.objects.get(code="MR-JC-01")
    changed = typed(name="食品安全检查", procedure="制定计划\n实施检查\n公布结果")
    browser(cast, "compiler").post(f"{ENTRIES}{entry.pk}/amend/", changed)
    draft = entry.versions.get(number=2)
    powers.submit_version(actor=cast.compiler, version=draft)
    shown = browser(cast, "legal").get(f"{VERSIONS}{draft.pk}/").content.decode()
    assert "<del>" in shown
    assert "<ins>" in shown
    assert "督促整改" in shown


def test_a_cancellation_is_confirmed_and_asks_for_its_basis(cast: Cast) -> None:
    entry = powers.PowerEntry.objects.get(code="MR-JL-01")
    compiler, address = browser(cast, "compiler"), f"{ENTRIES}{entry.pk}/act/cancel-power/"
    assert "不再受理新的申请" in compiler.get(address).content.decode()
    assert compiler.post(address, {"reason": ""}).status_code == 422
    assert compiler.post(address, {"reason": "国发〔2030〕1号"}).status_code == 302
    assert entry.versions.get(number=2).status == "in_review"


def test_the_compiler_of_another_office_does_not_see_a_draft(cast: Cast) -> None:
    version = compile_one(cast)
    powers.PowerVersion.objects.filter(pk=version.pk).update(organisation=cast.offices["shop-sign"].organisation)
    assert browser(cast, "compiler").get(f"{VERSIONS}{version.pk}/").status_code == 404
    assert browser(cast, "legal").get(f"{VERSIONS}{version.pk}/").status_code == 200
