"""A clerk types an application for someone who stands at the counter."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast, answers, photo
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, Channel, LegalState

Browse = Callable[[str], Client]


def begin(client: Client, cast: Cast) -> tuple[Case, str]:
    answer = client.post("/desk/window/new/", {"office": cast.office.pk})
    case = Case.objects.get(channel=Channel.COUNTER)
    assert answer["Location"] == f"/desk/window/new/{case.public_id}/"
    return case, answer["Location"]


@pytest.mark.django_db
def test_from_choosing_the_item_to_accepting_at_once(cast: Cast, browse: Browse) -> None:
    client = browse("counter")
    case, address = begin(client, cast)
    for key in ("business_licence", "premises_plan", "safety_rules"):
        sent = client.post(f"{address}files/", {"slot": key, "file": photo(f"{key}.jpg")})
        assert sent.status_code == 201
        assert sent.json()["name"] == f"{key}.jpg"
    # The last one comes with the form, as from a browser without script.
    given = {**answers(), "health_certificates": photo("health.jpg"), "submit": "1"}
    unchecked = client.post(address, given)
    assert unchecked.status_code == 422
    assert "身份证件原件" in unchecked.content.decode()
    filed = client.post(address, {**answers(), "identity_checked": "on", "submit": "1"}, follow=True)
    case.refresh_from_db()
    assert (case.state, case.identity_checked) == (LegalState.SUBMITTED, True)
    assert "打印接收凭证" in filed.content.decode()
    accepted = client.post(f"/desk/window/cases/{case.number}/accept/", {"version": case.version})
    assert accepted.status_code == 302
    again = client.post(address, {**answers(), "identity_checked": "on", "submit": "1"})
    assert again["Location"] == f"/desk/window/cases/{case.number}/"


@pytest.mark.django_db
def test_what_is_missing_is_said_and_nothing_typed_is_lost(cast: Cast, browse: Browse) -> None:
    client = browse("counter")
    case, address = begin(client, cast)
    typed = answers(credit_code="123", premises="")
    answer = client.post(address, {**typed, "identity_checked": "on", "submit": "1"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写经营场所地址" in shown
    assert "请上传“经营场所布局、主要设备设施和操作流程图”" in shown
    case.refresh_from_db()
    assert (case.number, case.form["credit_code"]) == (None, "123")
    assert "123" in client.get(address).content.decode()
    assert case.item_name in client.get("/desk/window/new/").content.decode()


@pytest.mark.django_db
def test_a_draft_is_saved_while_typing(cast: Cast, browse: Browse) -> None:
    client = browse("counter")
    case, address = begin(client, cast)
    assert "saved_at" in client.post(f"{address}save/", {"operator_name": "新店"}, headers={"X-Autosave": "1"}).json()
    case.refresh_from_db()
    assert case.form["operator_name"] == "新店"


@pytest.mark.django_db
def test_a_file_that_is_not_what_it_says_is_refused_in_words(cast: Cast, browse: Browse) -> None:
    client = browse("counter")
    case, address = begin(client, cast)
    bad = SimpleUploadedFile("plan.pdf", b"<html><script>1</script></html>", "application/pdf")
    refused = client.post(f"{address}files/", {"slot": "premises_plan", "file": bad})
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert "plan" in refused.json()["detail"] or "内容" in refused.json()["detail"]
    assert client.post(f"{address}files/", {"slot": "no_such", "file": photo()}).status_code == 422
    assert client.post(f"{address}files/", {"slot": "premises_plan"}).status_code == 400
    assert cases.list_materials(case) == []


@pytest.mark.django_db
def test_a_file_is_shown_and_taken_out_again(cast: Cast, browse: Browse) -> None:
    client = browse("counter")
    case, address = begin(client, cast)
    sent = client.post(f"{address}files/", {"slot": "premises_plan", "file": photo()}).json()
    assert client.get(sent["url"])["Content-Type"] == "image/jpeg"
    assert client.post(sent["delete_url"]).status_code == 204
    assert cases.list_materials(case) == []
    assert browse("outsider").get(sent["url"]).status_code == 404


@pytest.mark.django_db
def test_an_applicants_own_draft_is_not_the_counters(cast: Cast, browse: Browse) -> None:
    draft = cast.draft()
    assert browse("counter").get(f"/desk/window/new/{draft.public_id}/").status_code == 404
    assert browse("counter").post("/desk/window/new/", {"office": "999999"}).status_code == 422
    assert browse("outsider").post("/desk/window/new/", {"office": cast.office.pk}).status_code == 422
