"""An applicant follows her case: status, corrections, papers, licence, withdrawal, appraisal."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast, photo
from zhengtong.capabilities.cases.public import (
    Appraisal,
    Case,
    LegalState,
    complete_process_task,
    get_live_version,
    publish_item,
    request_corrections,
)
from zhengtong.capabilities.workflow import public as workflow
from zhengtong.capabilities.workflow.tests.drawings import drawing, exclusive, flows, task
from zhengtong.desks.hall.tests.pages import Visitor, text_of
from zhengtong.kernel.policy import SYSTEM


@pytest.fixture
def returned(cast: Cast) -> Case:
    """A case in which one field and one material are to be corrected."""
    case = cast.submitted()
    marks = [("field:premises_area", "与布局图不一致"), ("material:premises_plan", "没有标注冷藏设备")]
    request_corrections(actor=cast.counter, case_id=case.pk, marks=marks)
    case.refresh_from_db()
    return case


def test_the_list_shows_drafts_before_cases(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    cast.draft()
    words = text_of(owner.get("/hall/cases/"))
    assert words.index("没有提交的草稿") < words.index(str(case.number))
    assert "等待受理" in words


def test_an_empty_list_says_how_to_begin(cast: Cast, citizen: Visitor) -> None:
    assert "还没有办件" in text_of(citizen.get("/hall/cases/"))


@pytest.mark.parametrize("cursor", ["", "x", "eyJ", "W10", "🍜", "WyIyMDI2LTAxLTAxIiwgLTFd"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(cast: Cast, owner: Visitor, cursor: str) -> None:
    case = cast.submitted()
    assert str(case.number) in text_of(owner.get("/hall/cases/", data={"after": cursor}))


def test_the_case_says_what_happens_next_and_by_when(cast: Cast, owner: Visitor) -> None:
    words = text_of(owner.get(f"/hall/cases/{cast.accepted().public_id}/"))
    assert "已受理，等待审查" in words
    assert "最迟在这一天作出决定" in words
    assert cast.office.phone in words


def test_the_case_says_where_it_is_in_its_process(cast: Cast, owner: Visitor) -> None:
    process = workflow.create_process(actor=SYSTEM, code="small", name="小流程", organisation=None)
    steps = drawing(
        task("review", "材料审查", outcomes="通过,不通过"),
        exclusive("x", default="f_x_end_3"),
        task("fire", "消防核验", organisation="code:消防救援局"),
        flows("start>review", "review>x", "x>fire: outcome.review == '通过'", "x>end", "fire>end"),
    )
    workflow.save_process_draft(actor=SYSTEM, process=process, bpmn=steps)
    workflow.publish_process(actor=SYSTEM, process=process)
    raw = get_live_version(cast.office.item).definition
    publish_item(actor=SYSTEM, raw={**raw, "process": "small"})
    case = cast.accepted()
    words = text_of(owner.get(f"/hall/cases/{case.public_id}/"))
    assert words.index("材料审查") < words.index("正在办理")
    assert words.index("正在办理") < words.index("消防核验") < words.index("未到")
    task_row = case.tasks.get(status="open")
    complete_process_task(
        actor=cast.reviewer, case_id=case.pk, task_id=task_row.pk, outcome="不通过", opinion="内部的意见"
    )
    words = text_of(owner.get(f"/hall/cases/{case.public_id}/"))
    assert "已办" in words
    assert "消防核验" not in words
    # What the officials write to each other isn't hers to read before the decision.
    assert "内部的意见" not in words


def test_numbers_that_identify_a_person_are_masked(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    words = text_of(owner.get(f"/hall/cases/{case.public_id}/"))
    assert case.form["legal_representative_id"] not in words
    assert "****" in words


def test_another_persons_case_does_not_exist(cast: Cast, citizen: Visitor, stranger: Client) -> None:
    case = cast.submitted()
    paper = case.documents.get().paper
    base = f"/hall/cases/{case.public_id}/"
    for path in ("", "receipt/", f"papers/{paper.code}.pdf"):
        assert citizen.get(base + path).status_code == 404
        assert stranger.get(base + path).status_code == 302
    for path in ("withdraw/", "appraise/"):
        assert citizen.post(base + path, {"score": "5"}).status_code == 404
    case.refresh_from_db()
    assert case.state == LegalState.SUBMITTED


def test_a_paper_is_downloaded_even_before_its_job_ran(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    paper = case.documents.get().paper
    response = owner.get(f"/hall/cases/{case.public_id}/papers/{paper.code}.pdf")
    assert b"".join(response).startswith(b"%PDF-")
    assert owner.get(f"/hall/cases/{case.public_id}/papers/NOSUCHCODE.pdf").status_code == 404


def test_a_correction_shows_only_what_is_marked(cast: Cast, owner: Visitor, returned: Case) -> None:
    body = owner.get(f"/hall/drafts/{returned.public_id}/correction/").content.decode()
    assert "与布局图不一致" in body
    assert 'id="id_premises_area"' in body
    assert 'id="id_premises_plan"' in body
    assert 'id="id_operator_name"' not in body
    assert 'id="id_safety_rules"' not in body


def test_a_correction_changes_what_is_marked_and_nothing_else(cast: Cast, owner: Visitor, returned: Case) -> None:
    sent = {"premises_area": "90", "operator_name": "别的店", "premises_plan": [photo("新图.jpg")]}
    response = owner.post(f"/hall/drafts/{returned.public_id}/correction/", sent)
    assert response["Location"] == f"/hall/cases/{returned.public_id}/receipt/"
    returned.refresh_from_db()
    assert returned.state == LegalState.RESUBMITTED
    assert returned.form["premises_area"] == "90"
    assert returned.form["operator_name"] == "澜水面馆"


def test_a_wrong_correction_stays_on_the_page(cast: Cast, owner: Visitor, returned: Case) -> None:
    response = owner.post(f"/hall/drafts/{returned.public_id}/correction/", {"premises_area": "很大"})
    assert "请填写数字" in text_of(response)
    returned.refresh_from_db()
    assert returned.state == LegalState.NEED_MATERIALS


def test_files_outside_the_correction_cannot_be_changed(cast: Cast, owner: Visitor, returned: Case) -> None:
    path = f"/hall/drafts/{returned.public_id}/files/"
    sent = {"slot": "safety_rules", "file": photo("制度.jpg")}
    assert owner.post(path, sent, HTTP_ACCEPT="application/json").status_code == 422


def test_withdrawing_ends_the_case_once(cast: Cast, owner: Visitor) -> None:
    case = cast.submitted()
    path = f"/hall/cases/{case.public_id}/withdraw/"
    assert "撤回申请" in text_of(owner.get(f"/hall/cases/{case.public_id}/"))
    owner.post(path, {"reason": "换了店面"})
    case.refresh_from_db()
    assert case.state == LegalState.WITHDRAWN
    again = owner.post(path, follow=True)
    assert "不能撤回" in text_of(again)


def test_the_licence_is_shown_and_downloaded_by_its_holder_only(
    cast: Cast, owner: Visitor, citizen: Visitor, run_jobs: Callable[[], None]
) -> None:
    number = cast.granted().licence.number
    run_jobs()
    assert number in text_of(owner.get("/hall/licences/"))
    assert number not in text_of(citizen.get("/hall/licences/"))
    assert b"".join(owner.get(f"/hall/licences/{number}.pdf")).startswith(b"%PDF-")
    assert citizen.get(f"/hall/licences/{number}.pdf").status_code == 404


def test_an_ended_case_is_appraised_once(cast: Cast, owner: Visitor, run_jobs: Callable[[], None]) -> None:
    case = cast.granted()
    run_jobs()
    path = f"/hall/cases/{case.public_id}/appraise/"
    assert owner.post(path, {"comment": "没有选星"}).status_code == 422
    assert owner.post(path, {"score": "9"}).status_code == 422
    owner.post(path, {"score": "5", "comment": "很快"})
    words = text_of(owner.post(path, {"score": "1"}, follow=True))
    assert "已经评价过" in words
    assert Appraisal.objects.get().score == 5
