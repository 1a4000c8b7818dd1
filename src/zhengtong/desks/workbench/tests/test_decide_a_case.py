"""Reviewer, approver and head work on a case through its page."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, fresh
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import LegalState, TaskNode
from zhengtong.core.audit.public import AuditRecord

Browse = Callable[[str], Client]


def page(case: cases.Case, act: str = "") -> str:
    return f"/desk/cases/{case.number}/" + (f"{act}/" if act else "")


def do(client: Client, case: cases.Case, act: str, **given: Any) -> Any:
    """Post an act from a page that shows the case as it is now, through its confirmation."""
    return client.post(page(case, act), {"version": fresh(case).version, "confirmed": "1", **given})


def acts_on(response: Any) -> set[str]:
    return set(re.findall(r"/desk/cases/[^/]+/([a-z-]+)/\"", response.content.decode())) - {"reveal", "watch"}


@pytest.mark.django_db
def test_reviewer_claims_and_recommends(cast: Cast, browse: Browse) -> None:
    case, client = cast.accepted(), browse("reviewer")
    assert acts_on(client.get(page(case))) == {"claim"}
    answer = do(client, case, "claim")
    assert (answer.status_code, answer["Location"]) == (302, page(case))
    assert fresh(case).state == LegalState.REVIEWING
    assert {"recommend", "arrange-visit", "request-extension", "delegate", "release"} <= acts_on(client.get(page(case)))
    assert do(client, case, "recommend", outcome="grant", opinion="").status_code == 422
    assert do(client, case, "recommend", outcome="grant", opinion="材料齐全").status_code == 302
    assert cases.get_open_task(fresh(case), TaskNode.DECISION) is not None


@pytest.mark.django_db
def test_granting_asks_for_confirmation_first(cast: Cast, browse: Browse) -> None:
    case, client = cast.recommended(), browse("approver")
    asked = client.post(page(case, "grant"), {"version": case.version, "reasons": "符合法定条件"})
    assert asked.status_code == 200
    assert "确认准予许可" in asked.content.decode()
    assert fresh(case).state == LegalState.REVIEWING
    assert do(client, case, "grant", reasons="符合法定条件").status_code == 302
    assert fresh(case).state == LegalState.GRANTED


@pytest.mark.django_db
def test_refusal_shows_the_remedies_that_will_be_told(cast: Cast, browse: Browse) -> None:
    case, client = cast.recommended("refuse"), browse("approver")
    given = {"version": case.version, "reasons": "布局不合理", "legal_basis": "《食品安全法》第三十三条"}
    asked = client.post(page(case, "refuse"), given).content.decode()
    assert "行政复议" in asked
    assert "行政诉讼" in asked
    assert do(client, case, "refuse", reasons="布局不合理", legal_basis="").status_code == 422
    assert do(client, case, "refuse", **given).status_code == 302
    assert fresh(case).decision.legal_basis == "《食品安全法》第三十三条"


@pytest.mark.django_db
def test_site_visit_pauses_and_its_result_resumes(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    at = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    given = {"planned_at": at, "place": "滨江路66号", "allowed_days": "5"}
    officers = [cast.appointment(cast.reviewer).pk, cast.appointment(cast.inspector).pk]
    one = do(client, case, "arrange-visit", officers=officers[:1], **given)
    assert one.status_code == 422
    assert "2 名以上" in one.content.decode()
    assert do(client, case, "arrange-visit", officers=officers, **given).status_code == 302
    assert fresh(case).state == LegalState.EXCLUDED_TIME
    assert "暂停计时" in client.get(page(case)).content.decode()
    assert do(client, case, "record-visit", is_passed="yes", findings="一致").status_code == 302
    assert fresh(case).state == LegalState.REVIEWING


@pytest.mark.django_db
def test_extension_is_asked_for_and_approved_by_the_head(cast: Cast, browse: Browse) -> None:
    case = cast.reviewing()
    assert do(browse("reviewer"), case, "request-extension", days="3", reason="需要核实").status_code == 302
    head = browse("head")
    assert "需要核实" in head.get(page(case, "decide-extension")).content.decode()
    assert do(head, case, "decide-extension", is_approved="yes", opinion="同意").status_code == 302
    assert fresh(case).clocks.get(purpose="decision", basis="statutory").extension == 3


@pytest.mark.django_db
def test_approver_returns_a_case_to_its_reviewer(cast: Cast, browse: Browse) -> None:
    case = cast.recommended()
    assert do(browse("approver"), case, "return", reason="请补充核查情况").status_code == 302
    task = cases.get_open_task(fresh(case), TaskNode.REVIEW)
    assert task is not None
    assert task.assignee_id == cast.reviewer.appointment


@pytest.mark.django_db
def test_delegating_to_a_colleague_and_giving_back(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    inspector = cast.appointment(cast.inspector).pk
    assert do(client, case, "delegate", to=inspector, reason="出差").status_code == 302
    task = cases.get_open_task(fresh(case), TaskNode.REVIEW)
    assert task is not None
    assert task.assignee_id == inspector
    assert do(client, case, "recommend", outcome="grant", opinion="可以").status_code == 409
    assert do(browse("inspector"), case, "release").status_code == 302
    task.refresh_from_db()
    assert task.assignee_id is None


@pytest.mark.django_db
def test_stale_tab_is_told_and_changes_nothing(cast: Cast, browse: Browse) -> None:
    case, client = cast.recommended(), browse("approver")
    cases.grant_case(actor=cast.second_approver, case_id=case.pk, reasons="符合")
    for act, given in (("grant", {"reasons": "符合"}), ("refuse", {"reasons": "不符", "legal_basis": "第三十三条"})):
        answer = client.post(page(case, act), {"version": case.version, "confirmed": "1", **given})
        assert answer.status_code == 409
        assert "刚刚被处理过" in answer.content.decode()
        assert "准予许可" in answer.content.decode()  # the page as it is now
    assert fresh(case).decision.decided_by_id == cast.second_approver.appointment


@pytest.mark.django_db
def test_the_reviewer_does_not_decide_her_own_review(cast: Cast, browse: Browse) -> None:
    case = cast.recommended()
    assert do(browse("reviewer"), case, "grant", reasons="符合").status_code == 403
    assert fresh(case).state == LegalState.REVIEWING


@pytest.mark.django_db
def test_supervisor_reads_everything_and_changes_nothing(cast: Cast, browse: Browse) -> None:
    case, client = cast.recommended(), browse("supervisor")
    shown = client.get(page(case))
    assert shown.status_code == 200
    assert acts_on(shown) == set()
    for act in ("grant", "refuse", "return", "recommend", "arrange-visit", "decide-extension", "archive"):
        assert do(client, case, act, reasons="x", legal_basis="x", reason="x").status_code == 403
    assert do(client, case, "claim").status_code in (403, 409)
    assert fresh(case).version == case.version


@pytest.mark.django_db
def test_an_outsider_does_not_learn_that_the_case_exists(cast: Cast, browse: Browse) -> None:
    case, client = cast.recommended(), browse("outsider")
    material = cases.list_materials(case)[0]
    assert client.get(page(case)).status_code == 404
    assert client.get(f"{page(case)}files/{material.pk}/").status_code == 404
    assert do(client, case, "grant", reasons="符合").status_code == 404
    assert client.get("/desk/cases/", {"q": str(case.number)}).context["page"].rows == []
    assert client.get("/desk/cases/").context["page"].rows == []


@pytest.mark.django_db
def test_strangers_sign_in_and_citizens_are_refused(cast: Cast, browse: Browse) -> None:
    case = cast.submitted()
    for address in ("/desk/", "/desk/done/", "/desk/cases/", "/desk/late/", page(case)):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"].startswith("/account/login/")) == (302, True)
        assert browse("owner").get(address).status_code == 403


@pytest.mark.django_db
def test_personal_answers_are_masked_until_a_purpose_is_given(cast: Cast, browse: Browse) -> None:
    case, client = cast.reviewing(), browse("reviewer")
    number = case.form["legal_representative_id"]
    assert number not in client.get(page(case)).content.decode()
    assert client.post(page(case, "reveal"), {"purpose": " "}).status_code == 422
    assert not AuditRecord.objects.filter(action="cases.unmask").exists()
    assert number in client.post(page(case, "reveal"), {"purpose": "核对证件号码"}).content.decode()
    entry = AuditRecord.objects.get(action="cases.unmask")
    assert (entry.purpose, entry.object_id, entry.appointment) == (
        "核对证件号码",
        str(case.pk),
        cast.reviewer.appointment,
    )
    assert number not in client.get(page(case)).content.decode()


@pytest.mark.django_db
def test_papers_and_files_open_from_the_page(cast: Cast, browse: Browse) -> None:
    case, client = cast.accepted(), browse("reviewer")
    document = case.documents.select_related("paper").first()
    assert document is not None
    pdf = client.get(f"{page(case)}papers/{document.paper.code}/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # it streams
    photo = client.get(f"{page(case)}files/{cases.list_materials(case)[0].pk}/")
    assert photo["Content-Type"] == "image/jpeg"
    assert client.get(f"{page(case)}papers/unknown/").status_code == 404


@pytest.mark.django_db
def test_the_page_of_a_case_asks_a_fixed_number_of_questions(
    cast: Cast, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    case, client = cast.recommended(), browse("approver")
    client.get(page(case))
    with django_assert_max_num_queries(45):
        client.get(page(case))
