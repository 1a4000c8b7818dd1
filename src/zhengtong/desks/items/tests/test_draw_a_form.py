"""A clerk draws a form: it is checked, tried out and saved; two who draw at once don't overwrite each other."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.conformance.samples import sign_in
from zhengtong.capabilities.cases.models import ItemDraft
from zhengtong.capabilities.cases.tests.rich_form import FORM, right
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity.public import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> ItemDraft:
    organisation = Organisation.objects.get(name="澄波区人民政府")
    return ItemDraft.objects.create(
        item=cast.office.item,
        organisation=organisation,
        code="drawn-item",
        name="样例事项",
        definition={"code": "drawn-item", "name": "样例事项", "form": FORM, "materials": []},
        started_by=cast.appointment(cast.counter),
    )


@pytest.fixture
def clerk(draft: ItemDraft) -> Client:
    return sign_in("form-drawer", draft.organisation, "items.compile")


def ask(client: Client, draft: ItemDraft, **question: Any) -> Any:
    return client.post(reverse("items_desk:form", args=[draft.pk]), question, content_type="application/json")


def test_the_designer_opens_for_its_office_alone(clerk: Client, draft: ItemDraft) -> None:
    address = reverse("items_desk:form", args=[draft.pk])
    page = clerk.get(address)
    assert page.status_code == 200
    assert "“样例事项”的表单" in page.content.decode()
    elsewhere = sign_in("elsewhere", Organisation.objects.get(name="禾溪县人民政府"), "items.compile")
    assert elsewhere.get(address).status_code == 404
    assert sign_in("reader", draft.organisation, "cases.view_case").get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_a_form_is_saved_once_and_a_stale_page_is_told(clerk: Client, draft: ItemDraft) -> None:
    shorter = FORM[:1]
    saved = ask(clerk, draft, act="save", number=0, form=shorter)
    assert (saved.status_code, saved.json()["number"]) == (200, 1)
    draft.refresh_from_db()
    assert draft.definition["form"] == shorter
    assert draft.definition["code"] == "drawn-item"
    assert AuditRecord.objects.filter(action="cases.draw_form").count() == 1
    stale = ask(clerk, draft, act="save", number=0, form=FORM)
    assert stale.status_code == 409
    assert "别人刚刚保存过" in stale.json()["detail"]
    draft.refresh_from_db()
    assert draft.definition["form"] == shorter


def test_what_is_wrong_is_saved_and_told(clerk: Client, draft: ItemDraft) -> None:
    form = [{"key": "a", "title": "甲", "fields": [{"key": "x", "label": "乙", "type": "calculated", "formula": "y"}]}]
    saved = ask(clerk, draft, act="save", number=0, form=form).json()
    assert saved["findings"][0]["place"] == "x"
    assert ask(clerk, draft, act="preview", form=form).status_code == 422
    assert ask(clerk, draft, act="compare", form=form).status_code == 422
    assert clerk.get(reverse("items_desk:form", args=[draft.pk]), {"export": "schema"}).status_code == 409


def test_a_form_is_tried_out_as_it_will_be(clerk: Client, draft: ItemDraft) -> None:
    shown = ask(clerk, draft, act="preview", form=FORM).json()
    assert 'name="area"' in shown["html"]
    assert shown["rules"]["schema"]["properties"]["fee"]["x-zt-formula"][0] == "call"
    assert ask(clerk, draft, act="try", form=FORM, answers=right()).json()["errors"] == []
    wrong = ask(clerk, draft, act="try", form=FORM, answers={**right(), "area": "x"}).json()["errors"]
    assert wrong == [{"key": "area", "message": "请填写数字"}]


def test_a_formula_is_read_while_it_is_typed(clerk: Client, draft: ItemDraft) -> None:
    assert ask(clerk, draft, act="formula", form=FORM, formula="area * 2", place="fee").json()["names"] == ["area"]
    assert ask(clerk, draft, act="formula", form=FORM, formula="area *", place="fee").json()["error"]


def test_a_schema_goes_out_and_comes_back(clerk: Client, draft: ItemDraft) -> None:
    out = clerk.get(reverse("items_desk:form", args=[draft.pk]), {"export": "schema"})
    assert out["Content-Disposition"].endswith('drawn-item.schema.json"')
    back = ask(clerk, draft, act="import", schema=json.loads(out.content)).json()["form"]
    assert [each["key"] for each in back] == ["basics", "money", "people"]
    assert ask(clerk, draft, act="import", schema={"type": "string"}).status_code == 422


def test_the_form_is_compared_with_the_one_in_force(clerk: Client, draft: ItemDraft) -> None:
    html = ask(clerk, draft, act="compare", form=FORM).json()["html"]
    assert "新增必填项“面积”" in html


@pytest.mark.parametrize("body", ["", "[]", "{", '{"act": "fly"}', '{"act": "save", "number": "1", "form": 3}'])
def test_what_is_no_question_is_refused_in_words(clerk: Client, draft: ItemDraft, body: str) -> None:
    answer = clerk.post(reverse("items_desk:form", args=[draft.pk]), body, content_type="application/json")
    assert answer.status_code == 400
    assert "请刷新" in answer.json()["detail"]


@pytest.mark.parametrize(
    "form", [None, 3, [3], [{"fields": 3}], [{"fields": [{"type": []}]}], [{"key": [], "fields": [{}]}]]
)
def test_odd_forms_are_findings_and_no_errors(clerk: Client, draft: ItemDraft, form: object) -> None:
    assert ask(clerk, draft, act="check", form=form).json()["findings"]
    assert ask(clerk, draft, act="preview", form=form).status_code == 422
