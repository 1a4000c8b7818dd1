"""An applicant starts, fills in, gives files, reviews and submits."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import ITEM, Cast, answers, photo
from zhengtong.capabilities.cases.public import Case, LegalState, get_definition, publish_item
from zhengtong.core.identity.public import Citizen
from zhengtong.desks.hall.tests.pages import Visitor, text_of
from zhengtong.kernel.policy import SYSTEM

APPLY = f"/hall/items/{ITEM}/apply/"
JSON = {"HTTP_ACCEPT": "application/json"}


def section_answers(case: Case, key: str, **changes: Any) -> dict[str, Any]:
    section = get_definition(case.item_version_id).section(key)
    assert section is not None
    given = answers() | changes
    return {spec.key: given[spec.key] for spec in section.fields if spec.key in given}


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(cast: Cast, stranger: Client) -> None:
    response = stranger.get(APPLY)
    assert response.status_code == 302
    assert response["Location"].endswith(f"next={APPLY}")


def test_staff_are_told_that_their_account_is_for_work(cast: Cast, clerk: Visitor) -> None:
    response = clerk.get(APPLY)
    assert response.status_code == 403
    assert "工作人员账号" in text_of(response)


def test_without_name_and_number_she_is_led_to_her_details(cast: Cast, citizen: Visitor) -> None:
    Citizen.objects.filter(account=cast.accounts["citizen"]).update(id_number="", id_digest=None)
    response = citizen.get(APPLY)
    assert f"/account/profile/?next={APPLY.replace('/', '%2F')}" in response.content.decode()


def test_an_item_for_enterprises_asks_for_which_one(cast: Cast, citizen: Visitor) -> None:
    response = citizen.get(APPLY)
    assert "/account/enterprises/?next=" in response.content.decode()
    assert citizen.post(APPLY, {"office": cast.office.pk}).status_code == 200
    assert not Case.objects.exists()


def test_the_form_begins_with_what_the_platform_knows(cast: Cast, owner: Visitor) -> None:
    response = owner.post(APPLY, {"office": cast.office.pk}, follow=True)
    case = Case.objects.get()
    assert case.form["operator_name"] == "澜水面馆"
    assert case.form["contact_name"] == "王晓岚"
    assert "已从账号里登记的企业带出" in text_of(response)


def test_starting_twice_goes_on_with_the_same_draft(cast: Cast, owner: Visitor) -> None:
    owner.post(APPLY, {"office": cast.office.pk})
    owner.post(APPLY, {"office": cast.office.pk})
    assert Case.objects.count() == 1


def test_an_office_that_does_not_handle_the_item_is_refused_in_words(cast: Cast, owner: Visitor) -> None:
    response = owner.post(APPLY, {"office": "999999"})
    assert "请从列出的地区里选择" in text_of(response)
    assert not Case.objects.exists()


def test_a_right_section_leads_to_the_next(cast: Cast, owner: Visitor, draft: Case) -> None:
    base = f"/hall/drafts/{draft.public_id}/"
    response = owner.post(f"{base}form/operator/", section_answers(draft, "operator"))
    assert response["Location"] == f"{base}form/premises/"


def test_a_wrong_section_says_so_at_the_field_and_in_the_summary_and_keeps_it(
    cast: Cast, owner: Visitor, draft: Case
) -> None:
    path = f"/hall/drafts/{draft.public_id}/form/operator/"
    response = owner.post(path, section_answers(draft, "operator", legal_representative_id="99010219900230"))
    body = response.content.decode()
    assert 'href="#id_legal_representative_id"' in body
    assert 'id="id_legal_representative_id_error"' in body
    draft.refresh_from_db()
    assert draft.form["legal_representative_id"] == "99010219900230"
    assert draft.state == LegalState.DRAFT


def test_a_birthday_that_does_not_exist_is_named(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/form/operator/"
    response = owner.post(path, section_answers(draft, "operator", legal_representative_id="990102199002301234"))
    assert "field-error" in response.content.decode()


def test_a_script_in_a_name_is_text(cast: Cast, owner: Visitor, draft: Case) -> None:
    name = "<script>alert('x')</script>"
    path = f"/hall/drafts/{draft.public_id}/"
    owner.post(f"{path}form/contact/", section_answers(draft, "contact", contact_name=name))
    body = owner.get(f"{path}review/").content.decode()
    assert "<script>alert(" not in body
    assert "&lt;script&gt;alert(" in body


def test_typing_is_saved_by_itself(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/autosave/"
    response = owner.post(path, {"section": "premises", "premises_area": "半张桌子"}, **JSON)
    assert "saved_at" in response.json()
    draft.refresh_from_db()
    assert draft.form["premises_area"] == "半张桌子"
    assert draft.form["operator_name"] == "澜水面馆"


def test_typing_after_the_session_ended_is_told_to_the_script(cast: Cast, draft: Case, stranger: Client) -> None:
    response = stranger.post(
        f"/hall/drafts/{draft.public_id}/autosave/", {"section": "premises"}, headers={"accept": "application/json"}
    )
    assert response.status_code == 401
    assert "重新登录" in response.json()["detail"]


def test_a_null_byte_is_not_kept(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/autosave/"
    assert owner.post(path, {"section": "premises", "premises": "滨江路\x0066号"}, **JSON).status_code in {200, 400}
    draft.refresh_from_db()
    assert "\x00" not in draft.form["premises"]


def test_another_persons_draft_does_not_exist(cast: Cast, citizen: Visitor, draft: Case) -> None:
    base = f"/hall/drafts/{draft.public_id}/"
    for path in ("", "form/operator/", "materials/", "review/", "correction/"):
        assert citizen.get(base + path).status_code == 404
    for path in ("autosave/", "files/", "submit/", "delete/"):
        assert citizen.post(base + path).status_code == 404
    material = draft.materials.first()
    assert material is not None
    assert citizen.get(f"{base}files/{material.pk}/").status_code == 404


def test_in_her_own_name_the_shops_draft_asks_her_to_switch(cast: Cast, owner: Visitor, draft: Case) -> None:
    owner.post("/account/capacity/", {"mandate": ""})
    response = owner.get(f"/hall/drafts/{draft.public_id}/")
    assert "切换并查看" in text_of(response)
    assert "澜水面馆" in text_of(response)
    # What she typed before her session ended waits in the browser until a page shows that it was taken: not this one.
    assert 'data-status="other-capacity"' in response.content.decode()


def test_the_receipt_tells_the_browser_that_nothing_is_left_to_keep(cast: Cast, owner: Visitor, draft: Case) -> None:
    owner.post(f"/hall/drafts/{draft.public_id}/submit/")
    for page in ("", "receipt/"):
        assert "data-status" not in owner.get(f"/hall/cases/{draft.public_id}/{page}").content.decode()


def test_a_file_is_taken_shown_and_removed(cast: Cast, owner: Visitor, draft: Case) -> None:
    base = f"/hall/drafts/{draft.public_id}/"
    taken = owner.post(f"{base}files/", {"slot": "premises_plan", "file": photo("布局图.jpg")}, **JSON)
    assert taken.status_code == 201
    shown = owner.get(taken.json()["url"])
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert owner.post(taken.json()["delete_url"], **JSON).status_code == 204
    assert owner.get(taken.json()["url"]).status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_name(cast: Cast, owner: Visitor, draft: Case) -> None:
    fake = SimpleUploadedFile("营业执照.pdf", b"MZ\x90\x00" + b"\x00" * 100, "application/pdf")
    before = draft.materials.count()
    response = owner.post(f"/hall/drafts/{draft.public_id}/files/", {"slot": "premises_plan", "file": fake}, **JSON)
    assert response.status_code == 422
    assert "可执行程序" in response.json()["detail"]
    assert draft.materials.count() == before


def test_a_file_that_is_too_large_is_refused_in_words(cast: Cast, owner: Visitor, draft: Case, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    big = SimpleUploadedFile("图.jpg", b"\xff\xd8\xff" + b"\x00" * 5000, "image/jpeg")
    response = owner.post(f"/hall/drafts/{draft.public_id}/files/", {"slot": "premises_plan", "file": big}, **JSON)
    assert response.status_code == 422
    assert "上限" in response.json()["detail"]


def test_files_come_with_the_page_where_no_script_runs(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/materials/"
    response = owner.post(
        path, {"premises_plan": [photo("一.jpg")], "safety_rules": [b""], "safety_rules_remove": ["x"]}
    )
    assert response.status_code in {200, 302}
    assert draft.materials.filter(key="premises_plan").count() == 2
    kept = draft.materials.filter(key="safety_rules").get()
    owner.post(path, {"safety_rules_remove": [str(kept.pk)], "stay": "1"})
    assert not draft.materials.filter(key="safety_rules").exists()


def test_a_refused_file_is_told_beside_its_material(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/materials/"
    fake = SimpleUploadedFile("图.jpg", b"<html><script>", "image/jpeg")
    body = owner.post(path, {"premises_plan": [fake]}).content.decode()
    assert 'id="id_premises_plan_error"' in body
    assert 'href="#id_premises_plan"' in body


def test_what_is_missing_is_linked_to_its_place(cast: Cast, owner: Visitor) -> None:
    owner.post(APPLY, {"office": cast.office.pk})
    case = Case.objects.get()
    base = f"/hall/drafts/{case.public_id}/"
    body = owner.get(f"{base}review/").content.decode()
    assert f"{base}form/premises/?back&amp;check#id_premises" in body
    assert f"{base}materials/#id_premises_plan" in body
    assert owner.post(f"{base}submit/").status_code == 422
    case.refresh_from_db()
    assert case.state == LegalState.DRAFT
    assert "请填写" in text_of(owner.get(f"{base}form/premises/?back&check"))


def test_submitting_twice_is_once(cast: Cast, owner: Visitor, draft: Case) -> None:
    path = f"/hall/drafts/{draft.public_id}/submit/"
    first, second = owner.post(path), owner.post(path)
    assert first["Location"] == second["Location"] == f"/hall/cases/{draft.public_id}/receipt/"
    draft.refresh_from_db()
    assert draft.state == LegalState.SUBMITTED
    assert draft.documents.count() == 1
    words = text_of(owner.get(first["Location"]))
    assert str(draft.number) in words
    assert "预计办结" in words


def test_after_submission_the_form_leads_to_the_case(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    assert owner.get(f"/hall/drafts/{case.public_id}/form/operator/")["Location"] == f"/hall/cases/{case.public_id}/"
    late = owner.post(f"/hall/drafts/{case.public_id}/autosave/", {"section": "operator"}, **JSON)
    assert late.status_code == 409


def test_what_a_newer_form_changes_is_shown_before_the_draft_moves(cast: Cast, owner: Visitor, draft: Case) -> None:
    raw = dict(draft.item_version.definition)
    raw["form"] = [
        section | {"fields": [field for field in section["fields"] if field["key"] != "staff_count"]}
        for section in raw["form"]
    ]
    live = publish_item(actor=SYSTEM, raw=raw)
    changes = f"/hall/drafts/{draft.public_id}/version/"
    assert owner.get(f"/hall/drafts/{draft.public_id}/form/premises/")["Location"] == changes
    saving = owner.post(f"/hall/drafts/{draft.public_id}/autosave/", {"section": "premises"}, **JSON)
    assert saving.status_code == 409
    said = text_of(owner.get(changes))
    assert "更新过" in said
    assert "不再问" in said
    draft.refresh_from_db()
    assert draft.item_version_id != live.pk
    assert owner.post(changes)["Location"] == f"/hall/drafts/{draft.public_id}/"
    draft.refresh_from_db()
    assert draft.item_version_id == live.pk
    assert "id_staff_count" not in owner.get(f"/hall/drafts/{draft.public_id}/form/premises/").content.decode()


def test_a_draft_can_be_thrown_away(cast: Cast, owner: Visitor, draft: Case) -> None:
    assert owner.get(f"/hall/drafts/{draft.public_id}/delete/").status_code == 405
    assert owner.post(f"/hall/drafts/{draft.public_id}/delete/")["Location"] == "/hall/cases/"
    assert not Case.objects.exists()


@pytest.mark.parametrize("path", ["form/no-such-section/", "form/materials/"])
def test_a_section_that_is_no_longer_there_leads_back(cast: Cast, owner: Visitor, draft: Case, path: str) -> None:
    assert owner.get(f"/hall/drafts/{draft.public_id}/{path}").status_code == 302
