"""A stranger asks how a case stands, what was granted, and whether a paper is genuine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import PERSON, PHONE, Cast
from zhengtong.capabilities.cases.public import Case
from zhengtong.core.papers.public import Paper, ensure_rendered, open_pdf, revoke_paper
from zhengtong.desks.hall.tests.pages import text_of
from zhengtong.kernel.policy import SYSTEM


@pytest.fixture
def granted(cast: Cast, run_jobs: Callable[[], None]) -> Case:
    case = cast.granted()
    run_jobs()
    case.refresh_from_db()
    return case


def ask(client: Client, number: str, tail: str) -> Any:
    return client.post("/hall/progress/", {"number": number, "phone_tail": tail})


def test_progress_by_number_and_the_phones_last_digits(cast: Cast, stranger: Client) -> None:
    case = cast.accepted()
    assert case.number
    words = text_of(ask(stranger, f" {case.number.lower()} ", PHONE[-4:]))
    assert "已受理" in words
    assert "王晓岚" not in words


def test_a_wrong_number_and_wrong_digits_get_the_same_answer(cast: Cast, stranger: Client) -> None:
    case = cast.accepted()
    assert case.number
    wrong_digits, wrong_number = ask(stranger, case.number, "0000"), ask(stranger, "AL-2026-999999", PHONE[-4:])
    assert "没有找到这个办件" in text_of(wrong_digits)
    said = [
        text_of(each).split("必填")[0].split("有1处")[1].split("查办理进度")[0] for each in (wrong_digits, wrong_number)
    ]
    assert said[0] == said[1]


def test_asking_again_and_again_is_stopped(cast: Cast, stranger: Client) -> None:
    case = cast.accepted()
    assert case.number
    for _ in range(5):
        assert ask(stranger, case.number, "0000").status_code == 200
    stopped = ask(stranger, case.number, PHONE[-4:])
    assert stopped.status_code == 429
    assert "频繁" in text_of(stopped)


@pytest.mark.parametrize("tail", ["", "12", "abcd", "12345", "１２３４"])
def test_digits_that_are_none_are_told_at_the_field(cast: Cast, stranger: Client, tail: str) -> None:
    body = ask(stranger, "AL-2026-000001", tail).content.decode()
    assert "id_phone_tail_error" in body


def test_a_grant_is_published_with_its_verification(granted: Case, stranger: Client) -> None:
    response = stranger.get("/hall/publicity/")
    assert granted.applicant_name in text_of(response)
    assert f"/verify/{granted.licence.paper.code}" in response.content.decode()
    assert granted.applicant_name not in text_of(stranger.get("/hall/publicity/", {"q": "没有的店"}))


def test_a_grant_is_found_by_a_part_of_a_name_or_number(granted: Case, stranger: Client) -> None:
    name, number = granted.applicant_name, granted.decision.number
    for words in (name[1:], granted.item_name[2:6], number[3:], f"{granted.item_name[2:6]} {name[1:4]}"):
        assert number in text_of(stranger.get("/hall/publicity/", {"q": words})), words
    assert number not in text_of(stranger.get("/hall/publicity/", {"q": f"{name} 没有的"}))


def test_what_many_enterprises_are_called_is_found_too(
    granted: Case, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhengtong.capabilities.cases.publicity.FEW", 0)
    for words in (granted.applicant_name[1:], granted.decision.number[3:]):
        assert granted.decision.number in text_of(stranger.get("/hall/publicity/", {"q": words})), words


def test_a_natural_person_is_masked_and_not_found_by_name(granted: Case, stranger: Client) -> None:
    Case.objects.filter(pk=granted.pk).update(legal_entity=None, applicant_name="李秋霞", applicant_number=PERSON)
    assert "李秋霞" not in text_of(stranger.get("/hall/publicity/"))
    assert "李**" in text_of(stranger.get("/hall/publicity/"))
    assert "李**" not in text_of(stranger.get("/hall/publicity/", {"q": "李秋霞"}))


def test_an_enterprise_is_named_whoever_filed_for_it(granted: Case, stranger: Client) -> None:
    Case.objects.filter(pk=granted.pk).update(legal_entity=None)
    assert granted.applicant_name in text_of(stranger.get("/hall/publicity/"))


def test_a_genuine_licence_is_in_force(granted: Case, stranger: Client) -> None:
    paper = granted.licence.paper
    for code in (paper.code, paper.shown_code, paper.code.lower()):
        response = stranger.get(f"/verify/{code}")
        assert response.status_code == 200
        assert "真实、有效" in text_of(response)
    assert "王**" in text_of(response)


def test_a_code_typed_into_the_form_leads_to_its_answer(granted: Case, stranger: Client) -> None:
    paper = granted.licence.paper
    response = stranger.get("/verify/", {"code": f" {paper.shown_code.lower()} "}, follow=True)
    assert "真实、有效" in text_of(response)


def test_a_revoked_licence_is_told_with_its_reason(granted: Case, stranger: Client) -> None:
    revoke_paper(actor=SYSTEM, paper=granted.licence.paper, reason="隐瞒真实情况")
    words = text_of(stranger.get(f"/verify/{granted.licence.paper.code}"))
    assert "已撤销，不再有效" in words
    assert "隐瞒真实情况" in words


def test_a_code_that_was_never_issued_is_not_genuine(db: None, stranger: Client) -> None:
    response = stranger.get(f"/verify/{Paper().code}")
    assert response.status_code == 404
    assert "不是本平台签发的" in text_of(response)


@pytest.mark.parametrize("code", ["ABC", "0000-0000-0000-0000", "<script>", "' OR 1=1", "证照", "-"])
def test_a_mistyped_code_says_nothing_about_the_paper(db: None, stranger: Client, code: str) -> None:
    response = stranger.get("/verify/", {"code": code}, follow=True)
    assert "核验码没有写对" in text_of(response)
    assert "<script>" not in response.content.decode().split("<main")[1]


def test_the_issued_file_is_recognised_and_a_changed_one_is_not(granted: Case, stranger: Client) -> None:
    paper = ensure_rendered(granted.licence.paper)
    data = open_pdf(paper)
    for path in ("/verify/", f"/verify/{paper.code}"):
        same = stranger.post(path, {"file": SimpleUploadedFile("a.pdf", data)})
        assert "一字不差" in text_of(same)
        other = stranger.post(path, {"file": SimpleUploadedFile("a.pdf", data + b" ")})
        assert "和签发的文件不一样" in text_of(other)
    assert "请选择要比对的 PDF 文件" in text_of(stranger.post("/verify/"))


def test_another_papers_file_is_not_this_one(granted: Case, stranger: Client) -> None:
    grant = next(each.paper for each in granted.documents.all() if each.paper.kind == "cases.grant")
    response = stranger.post(
        f"/verify/{granted.licence.paper.code}", {"file": SimpleUploadedFile("a.pdf", open_pdf(grant))}
    )
    assert "不是这份证照文书签发时的文件" in text_of(response)
