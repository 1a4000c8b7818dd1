"""A clerk compiles an item in the browser, a colleague reviews and publishes it, a citizen finds it."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import ITEM, Cast
from zhengtong.capabilities.cases.public import (
    DraftStatus,
    ItemDraft,
    ServiceItem,
    check_draft,
    get_definition,
    get_live_version,
    publish_item_draft,
    save_item_draft,
    start_item_draft,
    submit_item_draft,
)
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.tests.conftest import complete_text

CODE = "pet-clinic"
LICENCE = {
    "licence_kind": CODE,
    "licence_name": "动物诊疗许可证",
    "licence_term": "food.licence",
    "licence": {
        "number": "动诊{division}{year}{sequence:4}",
        "holder": "诊疗机构",
        "fields": ["clinic_name", "has_rent"],
        "note": "不得转让。",
    },
}


def begin(clerk: Client, cast: Cast) -> ItemDraft:
    typed = {"kind": "licence", "name": "动物诊疗许可", "code": CODE, "organisation": cast.office.organisation_id}
    answer = clerk.post("/desk/items/new/", typed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return ItemDraft.objects.get(code=CODE)


def save(client: Client, draft: ItemDraft, part: str, typed: dict[str, Any], act: str = "save") -> Any:
    draft.refresh_from_db()
    return client.post(f"/desk/items/drafts/{draft.pk}/parts/{part}/", {"number": draft.number, "act": act, **typed})


def said(value: Any) -> Any:
    """Return a text without what says nothing."""
    if isinstance(value, dict):
        return {key: said(each) for key, each in value.items() if said(each) not in ([], {}, "", False, None)}
    return [said(each) for each in value] if isinstance(value, list) else value


def finish(cast: Cast, draft: ItemDraft, **changes: Any) -> ItemDraft:
    draft.refresh_from_db()
    text = complete_text(cast, **changes)
    return save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, changes=text)


def test_an_item_is_compiled_section_by_section(clerk: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    page = clerk.get(f"/desk/items/drafts/{draft.pk}/").content.decode()
    assert "没有填写办理依据" in page
    assert "没有写明所依据的权力事项" in page
    row = {
        "row": ["n0", "n1"],
        "rn0-title": "动物防疫法",
        "rn0-article": "第六十一条",
        "rn1-title": "诊疗机构办法",
    }
    assert save(clerk, draft, "basis", row).status_code == 302
    draft.refresh_from_db()
    assert [each["title"] for each in draft.definition["legal_basis"]] == ["动物防疫法", "诊疗机构办法"]
    # Moved in the page's order, the second taken out.
    assert save(clerk, draft, "basis", {"row": ["1"], "r1-was": "1", "r1-title": "诊疗机构办法"}).status_code == 302
    draft.refresh_from_db()
    assert [each["title"] for each in draft.definition["legal_basis"]] == ["诊疗机构办法"]
    question = {"row": ["n0"], "rn0-label": "场所是租的吗？", "rn0-type": "choice", "rn0-options": "是\n不是"}
    assert save(clerk, draft, "questions", question).status_code == 302
    material = {
        "row": ["n0"],
        "rn0-name": "房屋租赁合同",
        "rn0-source": "申请人自备",
        "rn0-kinds": ["pdf"],
        "rn0-required": "on",
    }
    answer = save(clerk, draft, "materials", material, act="condition-n0")
    assert answer["Location"].endswith("/parts/materials/0/condition/")
    draft.refresh_from_db()
    key = draft.definition["questions"][0]["key"]
    line = {"number": draft.number, "act": "save", "join": "all", "lines": "1", "f0": key, "o0": "is", "v0": ["是"]}
    assert clerk.post(answer["Location"], line).status_code == 302
    draft.refresh_from_db()
    assert draft.definition["materials"][0]["condition"] == {"field": key, "values": ["是"]}
    assert "场所是租的吗" in clerk.get(f"/desk/items/drafts/{draft.pk}/parts/materials/").content.decode()


@pytest.mark.parametrize(
    "part",
    [
        *("basic", "basis", "conditions", "limits", "fee", "channels"),
        *("materials", "questions", "guide", "faq", "process", "licence"),
    ],
)
def test_every_section_opens_and_saves_what_it_shows(clerk: Client, cast: Cast, part: str) -> None:
    draft = finish(cast, begin(clerk, cast), **LICENCE)
    before = draft.definition
    answer = clerk.get(f"/desk/items/drafts/{draft.pk}/parts/{part}/")
    assert answer.status_code == 200
    typed: dict[str, Any] = {}
    forms = [answer.context["form"], *(row.form for row in answer.context["rows"])]
    for form in filter(None, forms):
        for bound in form:
            value = bound.field.prepare_value(bound.value()) if hasattr(bound.field, "prepare_value") else bound.value()
            if value not in (None, False, ""):
                typed[bound.html_name] = "on" if value is True else value
    typed["row"] = [row.token for row in answer.context["rows"]]
    typed |= {f"r{row.token}-was": row.was for row in answer.context["rows"]}
    assert save(clerk, draft, part, typed).status_code == 302
    draft.refresh_from_db()
    assert said(draft.definition) == said(before)


def test_a_licence_of_the_items_own_is_described_and_taken_back(clerk: Client, cast: Cast) -> None:
    draft = finish(cast, begin(clerk, cast))
    typed = {
        "licence_kind": CODE,
        "licence_name": "动物诊疗许可证",
        "number_pattern": "动诊{sequence:4}",
        "fields_printed": ["clinic_name"],
    }
    assert save(clerk, draft, "licence", typed).status_code == 302
    draft.refresh_from_db()
    assert draft.definition["licence"] == {"number": "动诊{sequence:4}", "fields": ["clinic_name"]}
    assert not [each for each in check_draft(draft) if each.is_blocking]
    assert save(clerk, draft, "licence", {**typed, "fields_printed": ["nobody_asks"]}).status_code == 422
    assert save(clerk, draft, "licence", {"licence_kind": ""}).status_code == 302
    draft.refresh_from_db()
    assert not {"licence", "licence_kind", "licence_name"} & draft.definition.keys()


def test_rows_are_added_moved_and_taken_out_before_they_are_saved(clerk: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    typed = {"row": ["n0", "n1"], "rn0-value": "甲", "rn1-value": "乙"}
    page = save(clerk, draft, "conditions", typed, act="up-n1").content.decode()
    assert page.index("乙</textarea>") < page.index("甲</textarea>")
    assert save(clerk, draft, "conditions", typed, act="add").content.decode().count('name="row"') == 3
    assert "甲</textarea>" not in save(clerk, draft, "conditions", typed, act="remove-n0").content.decode()
    draft.refresh_from_db()
    assert "conditions" not in draft.definition


def test_a_material_is_taken_over_from_what_others_published(clerk: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    found = clerk.get(f"/desk/items/drafts/{draft.pk}/materials/search/", {"q": "布局"}).content.decode()
    assert "操作流程图" in found
    page = save(clerk, draft, "materials", {"q": "布局"}, act="pick-0").content.decode()
    assert "操作流程图" in page
    assert 'name="row"' in page


def test_it_is_reviewed_by_a_second_person_and_found_in_the_hall(clerk: Client, publisher: Client, cast: Cast) -> None:
    draft = finish(cast, begin(clerk, cast))
    home = f"/desk/items/drafts/{draft.pk}/"
    assert "可以送审" in clerk.get(home).content.decode()
    assert clerk.get(f"{home}preview/").status_code == 200
    assert clerk.post(f"{home}submit/", {"number": draft.number, "reason": "新设事项"}).status_code == 302
    draft.refresh_from_db()
    assert draft.status == DraftStatus.IN_REVIEW
    # Who may only compile can't publish.
    assert clerk.post(f"{home}publish/", {"number": draft.number}).status_code == 403
    assert "审核通过并发布" in publisher.get(home).content.decode()
    publisher.post(f"{home}publish/", {"number": draft.number})
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PUBLISHED
    item = ServiceItem.objects.get(code=CODE)
    assert (item.organisation_id, item.level, item.life_events) == (draft.organisation_id, "county", ["open-shop"])
    assert item.offices.count() == 1
    anyone = Client()
    assert f"/hall/items/{CODE}/" in anyone.get("/hall/", {"q": "开宠物医院"}).content.decode()
    guide = anyone.get(f"/hall/items/{CODE}/").content.decode()
    assert "先看看您是哪种情况" in guide
    plan = anyone.get(f"/hall/items/{CODE}/plan/", {"has_rent": "不是"}).content.decode()
    assert "您不用交的（1 份）" in plan
    # The questions are asked with the form as well: an application can be filed under them.
    assert get_definition(get_live_version(item).pk).sections[0].key == "situation"


def test_a_returned_draft_says_what_to_mend(clerk: Client, publisher: Client, cast: Cast) -> None:
    draft = finish(cast, begin(clerk, cast))
    home = f"/desk/items/drafts/{draft.pk}/"
    clerk.post(f"{home}submit/", {"number": draft.number, "reason": "新设"})
    draft.refresh_from_db()
    publisher.post(f"{home}return/", {"number": draft.number, "opinion": "条件写得太笼统"})
    assert "条件写得太笼统" in clerk.get(home).content.decode()


def test_nobody_publishes_what_she_sent_herself(cast: Cast) -> None:
    draft = start_item_draft(
        actor=cast.publisher, organisation=cast.office.organisation, code=CODE, name="动物诊疗许可"
    )
    draft = save_item_draft(actor=cast.publisher, draft_id=draft.pk, number=0, changes=complete_text(cast))
    draft = submit_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number, reason="新设")
    with pytest.raises(Refused) as refused:
        publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)
    assert refused.value.code == "self"


def test_a_draft_doesnt_exist_for_another_office(clerk: Client, outsider: Client, cast: Cast) -> None:
    draft = begin(clerk, cast)
    assert outsider.get(f"/desk/items/drafts/{draft.pk}/").status_code == 403
    city = Client()
    city.force_login(cast.accounts["city_compiler"], "allauth.account.auth_backends.AuthenticationBackend")
    assert city.get(f"/desk/items/drafts/{draft.pk}/").status_code == 200  # the city watches over its counties


def test_a_county_cant_change_what_several_counties_handle(clerk: Client, cast: Cast) -> None:
    item = ServiceItem.objects.get(code=ITEM)
    item.organisation = cast.office.organisation.parent
    item.save(update_fields=["organisation"])
    assert clerk.post(f"/desk/items/published/{ITEM}/revise/").status_code == 404


def test_the_list_finds_drafts_and_items(clerk: Client, cast: Cast) -> None:
    begin(clerk, cast)
    assert "动物诊疗许可" in clerk.get("/desk/items/", {"q": "诊疗"}).content.decode()
    assert "动物诊疗许可" not in clerk.get("/desk/items/", {"q": "不存在"}).content.decode()
    for tab in ("open", "review", "published", "outdated", "done", "nothing"):
        assert clerk.get("/desk/items/", {"tab": tab, "kind": "licence"}).status_code == 200
    assert "食品经营许可" in clerk.get("/desk/items/", {"tab": "published"}).content.decode()
