"""What goes wrong while compiling is named at once: never an item that nobody can apply for later."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import ITEM, Cast
from tests.together import at_once
from zhengtong.capabilities.bundles.public import check_arrangement, publish_bundle_draft
from zhengtong.capabilities.cases.public import (
    DraftStatus,
    ItemDraft,
    ServiceItem,
    check_draft,
    localise_item,
    publish_item_draft,
    revise_item,
    save_item_draft,
    start_item_draft,
    submit_item_draft,
    take_over_standard,
)
from zhengtong.capabilities.workflow.public import create_process, publish_process, save_process_draft
from zhengtong.capabilities.workflow.tests.drawings import drawing, exclusive, flows, task
from zhengtong.core.identity.public import Refused
from zhengtong.desks.items.tests.conftest import complete_text
from zhengtong.kernel.policy import SYSTEM, Denied

CODE = "pet-clinic"


def compiled(cast: Cast, code: str = CODE, **changes: Any) -> ItemDraft:
    bureau = cast.office.organisation
    draft = start_item_draft(actor=cast.compiler, organisation=bureau, code=code, name="动物诊疗许可")
    changes = complete_text(cast, **changes)
    return save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=0, changes=changes)


def sent(cast: Cast, draft: ItemDraft) -> ItemDraft:
    return submit_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, reason="新设")


def published(cast: Cast, draft: ItemDraft) -> ItemDraft:
    draft = sent(cast, draft)
    publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)
    draft.refresh_from_db()
    return draft


def blocking(draft: ItemDraft) -> list[tuple[str, str]]:
    return [(each.section, each.message) for each in check_draft(draft) if each.is_blocking]


MORE: dict[str, Any] = {"key": "more", "label": "补充", "type": "text"}


def form_with(change: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return a form with a field that is changed."""
    owner = {"key": "owner", "label": "申请人", "type": "text", "prefill": "applicant.name"}
    return [{"key": "clinic", "title": "诊所", "fields": [owner, {**MORE, **(change or {})}]}]


@pytest.mark.parametrize(
    ("changes", "section", "words"),
    [
        ({"limits": {"statutory": "food.decision", "promised_days": 300}}, "limits", "超过"),
        ({"limits": {"statutory": "no.such.rule", "promised_days": 3}}, "limits", "没有生效"),
        ({"power": ""}, "basic", "权力事项"),
        ({"power": "NO-SUCH-1"}, "basic", "不在清单里"),
        ({"process": "no-such-process"}, "process", "还没有发布"),
        ({"offices": []}, "channels", "没有实施机构"),
        ({"fee": {"amount": 20}}, "fee", "依据"),
        ({"materials": [{"key": "a", "name": "甲", "kinds": ["pdf"]}]}, "materials", "来源"),
        (
            {"materials": [{"key": "a", "name": "甲", "kinds": ["pdf"], "source": "自备",
                            "condition": {"field": "nobody_asks", "values": ["是"]}}]},
            "materials", "nobody_asks",
        ),
        ({"materials": [{"key": "a", "name": "甲", "kinds": ["pdf"], "source": "自备", "condition": {"any": []}}]},
         "materials", "不完整"),
        ({"form": []}, "form", "没有字段"),
        ({"form": [{"key": "a", "title": "甲", "fields": [{"key": "b", "label": "乙", "type": "hologram"}]}]},
         "form", "hologram"),
        ({"guide": {}}, "guide", "我能办吗"),
        ({"life_events": ["moon-landing"]}, "basic", "moon-landing"),
        ({"materials": "not a list"}, "materials", "残缺"),
        ({"form": form_with({"condition": {"field": "nobody_asks", "values": ["是"]}})}, "form", "没有这个字段"),
        ({"form": form_with({"type": "calculated", "formula": "clinic_area * 2"})}, "form", "表单里没有这个字段"),
        ({"form": form_with({"type": "calculated", "formula": "__import__('os')"})}, "form", "公式读不懂"),
        ({"form": form_with({"type": "calculated", "formula": "9 ** 9 ** 9"})}, "form", "公式读不懂"),
        ({"form": form_with({"type": "calculated", "formula": "more + 1"})}, "form", "互相依赖"),
        ({"form": form_with({"key": "has_rent"})}, "form", "情形导办"),
        ({"form": form_with()[1:]}, "form", "没有字段"),
        ({"form": [{"key": "a", "title": "甲", "fields": [{"key": "b", "label": "乙", "type": "text"}]}]},
         "form", "申请人姓名"),
        ({"audience": "enterprise", "form": [{"key": "a", "title": "甲", "fields": [MORE]}]}, "form", "企业名称"),
        ({"licence_kind": "pet-clinic"}, "licence", "没有写明证照"),
        ({"licence_kind": "food-business-licence"}, "licence", "表单里没有的"),
        ({"licence_kind": "pet-clinic", "licence_name": "诊疗证", "licence": {"number": "1", "fields": []}},
         "licence", "流水号"),
        ({"licence_kind": "pet-clinic", "licence_name": "诊疗证",
          "licence": {"number": "{sequence:5}", "fields": ["nobody_asks"]}}, "licence", "nobody_asks"),
    ],
)  # fmt: skip
def test_the_gate_names_what_is_wrong(cast: Cast, changes: dict[str, Any], section: str, words: str) -> None:
    found = blocking(compiled(cast, **changes))
    assert any(where == section and words in said for where, said in found), found


def use_process(bpmn: str) -> None:
    """Publish a process that the drafts of these tests name."""
    process = create_process(actor=SYSTEM, code="pets", name="诊疗审查", organisation=None)
    save_process_draft(actor=SYSTEM, process=process, bpmn=bpmn)
    publish_process(actor=SYSTEM, process=process)


@pytest.mark.parametrize(
    ("bpmn", "words"),
    [
        (drawing(task("a"), exclusive("x", default="f_x_end_2"),
                 flows("start>a", "a>x", "x>end", "x>a: form.clinic_area > 200")), "条件要看字段“clinic_area”"),
        (drawing(task("a", "公示", organisation="code:没有这个局"), flows("start>a", "a>end")),
         "“公示”要交给“没有这个局”办"),
        (drawing(task("a", "验收", role="cases.approve_extension", organisation="code:消防救援局"),
                 flows("start>a", "a>end")), "“验收”没有人能办：澄波区消防救援局没有人有“批准延期”权限"),
        (drawing(task("a", "会签", kind="joint", departments="消防救援局,司法局"), flows("start>a", "a>end")),
         "“会签”没有人能办：澄波区司法局"),
        (drawing(task("a", "签批", relation="head", organisation="code:城市管理局"), flows("start>a", "a>end")),
         "“签批”没有人能办：澄波区城市管理局"),
    ],
)  # fmt: skip
def test_a_process_in_which_a_case_would_stick_is_named_with_its_node(cast: Cast, bpmn: str, words: str) -> None:
    use_process(bpmn)
    found = blocking(compiled(cast, process="pets"))
    assert any(where == "process" and words in said for where, said in found), found


def test_a_process_that_fits_the_form_and_the_office_passes(cast: Cast) -> None:
    use_process(
        drawing(
            task("a", "审查"),
            exclusive("x", default="f_x_b_2"),
            task("b", "签批", relation="head"),
            task("c", "会签", kind="joint", departments="消防救援局,code:澄波区城市管理局"),
            flows("start>a", "a>x", "x>b", "x>c: form.clinic_name == '大'", "c>b", "b>end"),
        )
    )
    assert blocking(compiled(cast, process="pets")) == []


def test_a_complete_draft_passes(cast: Cast) -> None:
    assert blocking(compiled(cast)) == []


def test_what_is_unfinished_isnt_published(cast: Cast) -> None:
    draft = sent(cast, compiled(cast, guide={}))
    with pytest.raises(Refused, match="unfinished"):
        publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)


def test_of_two_who_publish_at_once_one_wins(cast: Cast) -> None:
    draft = sent(cast, compiled(cast))
    number = draft.number
    publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=number)
    for again in (number, number + 1):
        with pytest.raises(Refused):
            publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=again)
    assert ServiceItem.objects.get(code=CODE).versions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_the_same_moment_make_one_version(cast: Cast) -> None:
    draft = sent(cast, compiled(cast))

    def publish() -> object:
        return publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)

    first, second = sorted(at_once(publish, publish), key=lambda each: isinstance(each, Exception))
    assert not isinstance(first, Exception), first
    assert isinstance(second, Refused), second
    assert "没有在等审核" in str(second.message) or "别人改过" in str(second.message)
    assert ServiceItem.objects.get(code=CODE).versions.count() == 1


def test_a_draft_that_was_overtaken_isnt_published(cast: Cast) -> None:
    item = ServiceItem.objects.get(code=published(cast, compiled(cast)).code)
    draft = sent(cast, revise_item(actor=cast.compiler, item=item))
    # Somebody else published meanwhile, by another way.
    from zhengtong.capabilities.cases.public import publish_item
    from zhengtong.kernel.policy import SYSTEM

    publish_item(actor=SYSTEM, raw={**item.versions.latest("number").definition, "summary": "另一个版本"})
    with pytest.raises(Refused, match="overtaken"):
        publish_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)


def test_two_editors_dont_overwrite_each_other(cast: Cast) -> None:
    draft = compiled(cast)
    save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, changes={"summary": "甲"})
    with pytest.raises(Refused, match="stale"):
        save_item_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number, changes={"summary": "乙"})
    assert ItemDraft.objects.get(pk=draft.pk).definition["summary"] == "甲"


def test_the_page_of_the_second_editor_keeps_what_she_typed(cast: Cast, clerk: Client) -> None:
    draft = compiled(cast)
    address = f"/desk/items/drafts/{draft.pk}/parts/guide/"
    answer = clerk.post(address, {"number": draft.number - 1, "act": "save", "can_i": "我打的字"})
    assert answer.status_code == 409
    assert "我打的字" in answer.content.decode()
    assert "刚刚被别人改过" in answer.content.decode()


def test_a_huge_text_is_refused(cast: Cast) -> None:
    draft = compiled(cast)
    changes = {"guide": {"can_i": "字" * 2_000_000}}
    with pytest.raises(Refused, match="too-large"):
        save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, changes=changes)


def test_hostile_text_is_shown_as_text(cast: Cast, clerk: Client) -> None:
    draft = compiled(cast, summary="<script>alert(1)</script>", aliases=["' OR 1=1"])
    for page in ("", "parts/basic/", "preview/"):
        assert "<script>alert" not in clerk.get(f"/desk/items/drafts/{draft.pk}/{page}").content.decode()
    address = f"/desk/items/drafts/{draft.pk}/parts/guide/"
    for hostile, status in (("\x00", 400), ("a\u202eb", 422), ("字" * 5000, 422)):
        assert clerk.post(address, {"number": draft.number, "can_i": hostile}).status_code == status
    for odd in ({"number": "x"}, {"number": "99999999999999"}, {"number": draft.number, "row": ["../", "n" * 99]}):
        assert clerk.post(f"/desk/items/drafts/{draft.pk}/parts/basis/", odd).status_code < 500


def test_a_code_of_another_item_cant_be_taken(cast: Cast) -> None:
    with pytest.raises(Refused, match="taken"):
        compiled(cast, code=ITEM)


def test_who_may_not_compile_is_denied(cast: Cast) -> None:
    with pytest.raises(Denied):
        start_item_draft(actor=cast.reviewer, organisation=cast.office.organisation, code=CODE, name="动物诊疗许可")


# The same item at several levels


def standard_of(cast: Cast) -> ServiceItem:
    """Publish the city's standard of an item."""
    city = cast.office.organisation.parent
    assert city is not None
    bureau = type(city).objects.get(name="安澜市市场监督管理局")
    draft = start_item_draft(actor=cast.city_compiler, organisation=bureau, code="pet-standard", name="动物诊疗许可")
    text = complete_text(cast, level="city", is_standard=True, offices=[])
    draft = save_item_draft(actor=cast.city_compiler, draft_id=draft.pk, number=0, changes=text)
    draft = submit_item_draft(actor=cast.city_compiler, draft_id=draft.pk, number=draft.number, reason="统一标准")
    return publish_item_draft(actor=cast.city_publisher, draft_id=draft.pk, number=draft.number).item


def local_of(cast: Cast, standard: ServiceItem) -> ItemDraft:
    bureau = cast.office.organisation
    draft = localise_item(actor=cast.compiler, organisation=bureau, standard=standard, code="pet-local")
    changes = {"offices": complete_text(cast)["offices"], "limits": {"promised_days": 4}, "name": "改名"}
    return save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, changes=changes)


def test_standard_fields_are_inherited_and_locked(cast: Cast, clerk: Client) -> None:
    draft = local_of(cast, standard_of(cast))
    assert draft.definition["name"] == "动物诊疗许可"
    assert draft.definition["limits"] == {"statutory": "food.decision", "promised_days": 4}
    assert "由上级标准规定" in clerk.get(f"/desk/items/drafts/{draft.pk}/parts/materials/").content.decode()
    assert blocking(draft) == []
    assert "pet-standard" not in Client().get("/hall/", {"q": "动物诊疗"}).content.decode()


def test_a_new_standard_is_flagged_and_taken_over_with_one_click(cast: Cast, clerk: Client) -> None:
    standard = standard_of(cast)
    published(cast, local_of(cast, standard))
    draft = revise_item(actor=cast.city_compiler, item=standard)
    changes = {"conditions": ["有固定的诊疗场所。", "有三名以上执业兽医师。"]}
    draft = save_item_draft(actor=cast.city_compiler, draft_id=draft.pk, number=draft.number, changes=changes)
    draft = submit_item_draft(actor=cast.city_compiler, draft_id=draft.pk, number=draft.number, reason="新办法")
    publish_item_draft(actor=cast.city_publisher, draft_id=draft.pk, number=draft.number)
    assert "上级标准已更新" in clerk.get("/desk/items/", {"tab": "outdated"}).content.decode()
    page = clerk.get("/desk/items/published/pet-local/").content.decode()
    assert "三名以上执业兽医师" in page
    assert clerk.post("/desk/items/published/pet-local/follow/").status_code == 302
    local = ItemDraft.objects.get(code="pet-local", status=DraftStatus.COMPILING)
    assert local.definition["conditions"] == changes["conditions"]
    assert local.definition["limits"]["promised_days"] == 4
    assert published(cast, local).item is not None
    assert "pet-local" not in clerk.get("/desk/items/", {"tab": "outdated"}).content.decode()


def test_a_draft_whose_standard_was_withdrawn_says_so(cast: Cast) -> None:
    standard = standard_of(cast)
    draft = local_of(cast, standard)
    ServiceItem.objects.filter(pk=standard.pk).update(is_published=False)
    assert any("已经取消" in said for _section, said in blocking(ItemDraft.objects.get(pk=draft.pk)))
    with pytest.raises(Refused, match="withdrawn"):
        take_over_standard(actor=cast.compiler, draft_id=draft.pk, number=draft.number)


# Bundles


def arrangement(*rows: dict[str, Any], questions: Any = ()) -> str:
    return " ".join(each.message for each in check_arrangement({"items": list(rows), "questions": list(questions)}))


def test_an_arrangement_is_checked_while_it_is_made(cast: Cast) -> None:
    food, shop = {"code": ITEM}, {"code": "business-licence"}
    assert "互相等待" in arrangement({**food, "after": ["business-licence"]}, {**shop, "after": [ITEM]})
    assert "没有已发布的事项" in arrangement(food, {"code": "no-such-item"})
    assert "不在这件事里" in arrangement({**food, "after": ["shop-sign"]}, shop)
    assert "排在它前面" in arrangement({**food, "after": ["business-licence"]}, shop)
    assert "至少要有两个" in arrangement(food)
    assert "自己就是一件事" in arrangement(food, {"code": "open-restaurant"})
    assert "不存在的问题" in arrangement({**food, "when": {"field": "x", "values": ["是"]}}, shop)
    assert "没有字段" in arrangement({**food, "answers": {"nothing": "是"}}, shop)
    assert "不用它产出的" in arrangement(food, {"code": "shop-sign", "after": [ITEM]})
    good = arrangement(shop, {**food, "after": ["business-licence"]}, questions=[{"key": "q", "label": "问"}])
    assert "互相等待" not in good
    assert "不用它产出的" not in good


def test_a_bundle_is_composed_in_the_browser_and_published(cast: Cast, clerk: Client) -> None:
    bureau = cast.office.organisation
    draft = start_item_draft(
        actor=cast.compiler, organisation=bureau, code="open-shop", name="开店一件事", kind="bundle"
    )
    address = f"/desk/items/drafts/{draft.pk}/arrangement/"
    for code in ("business-licence", ITEM):
        draft.refresh_from_db()
        held = [each["code"] for each in draft.definition.get("items", [])]
        assert (
            clerk.post(address, {"number": draft.number, "act": "add", "code": code, "item": held}).status_code == 302
        )
    draft.refresh_from_db()
    typed = {"number": draft.number, "item": [ITEM, "business-licence"], f"after-{ITEM}": ["business-licence"]}
    assert "排在它前面" in clerk.post(f"{address}check/", typed).content.decode()
    clerk.post(address, {**typed, "act": f"down-{ITEM}"})
    draft.refresh_from_db()
    assert [each["code"] for each in draft.definition["items"]] == ["business-licence", ITEM]
    text = complete_text(cast)
    changes = {key: text[key] for key in ("summary", "audience", "fee", "channels", "offices", "guide", "steps")}
    changes |= {"statutory": "licensing.joint_decision", "promised_days": 9}
    draft = save_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, changes=changes)
    page = clerk.get(f"/desk/items/drafts/{draft.pk}/").content.decode()
    assert "可以送审" in page, page
    draft = submit_item_draft(actor=cast.compiler, draft_id=draft.pk, number=draft.number, reason="新设")
    version = publish_bundle_draft(actor=cast.publisher, draft_id=draft.pk, number=draft.number)
    assert [each["code"] for each in version.definition["bundle"]["items"]] == ["business-licence", ITEM]
    for part in ("basic", "questions", "limits", "process"):
        assert clerk.get(f"/desk/items/drafts/{draft.pk}/parts/{part}/").status_code == 200
