"""A paper is issued, printed once, verified by a stranger, and revoked."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import StoredFile
from zhengtong.core.identity.public import Organisation, OrganisationKind, Region, RegionLevel
from zhengtong.core.papers.domain import make_code
from zhengtong.core.papers.models import Paper
from zhengtong.core.papers.public import (
    AlreadyRevoked,
    MistypedCode,
    PaperKind,
    Standing,
    describe,
    ensure_rendered,
    get_paper_by_code,
    issue_paper,
    matches_file,
    open_pdf,
    revoke_paper,
)
from zhengtong.core.papers.rendering import set_paper
from zhengtong.core.papers.tasks import render_paper
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM, Denied

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.PUBLIC_URL = "https://zwfw.example.gov.cn"
    kind = PaperKind("test.letter", "信", Path(__file__).parent / "letter.typ")
    monkeypatch.setattr(registry, "modules", registry.modules | {"test": Module("test", "试", (kind,))})


@pytest.fixture
def issuer() -> Organisation:
    region = Region.objects.create(code="990102", name="望江区", level=RegionLevel.COUNTY, path="1")
    return Organisation.objects.create(
        name="望江区市场监督管理局", short_name="望江市监", kind=OrganisationKind.DEPARTMENT, region=region
    )


def issue(issuer: Organisation, **changes: Any) -> Paper:
    values: dict[str, Any] = {
        "kind": "test.letter",
        "title": "",
        "number": "望市监许〔2026〕1号",
        "content": {"applicant_name": "陈建国", "body": "予以受理。", "at": timezone.now()},
        "public_facts": [("申请人", "陈**"), ("事项", "食品\x00经营")],
    }
    return issue_paper(actor=SYSTEM, issuer=issuer, **values | changes)


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'papers.render'")
        return int(cursor.fetchone()[0])


def test_issuing_queues_the_printing_and_journals_it(issuer: Organisation) -> None:
    paper = issue(issuer)
    assert queued() == 1
    assert paper.title == "信"
    assert AuditRecord.objects.filter(action="papers.issue_paper", object_id=str(paper.pk)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_neither_paper_nor_job(issuer: Organisation) -> None:
    before = queued()
    with transaction.atomic():
        issue(issuer)
        transaction.set_rollback(True)
    assert Paper.objects.count() == 0
    assert queued() == before


def test_what_identifies_people_is_not_readable_in_the_table(issuer: Organisation) -> None:
    paper = issue(issuer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM papers_paper WHERE id = %s", [paper.pk])
        stored = bytes(cursor.fetchone()[0])
    assert "陈建国".encode() not in stored
    assert Paper.objects.get(pk=paper.pk).content["applicant_name"] == "陈建国"


def test_printing_twice_makes_one_file(issuer: Organisation) -> None:
    paper = issue(issuer)
    render_paper(paper_id=paper.pk)
    first = Paper.objects.get(pk=paper.pk)
    render_paper(paper_id=paper.pk)
    second = Paper.objects.get(pk=paper.pk)
    assert first.file_id is not None
    assert (second.file_id, second.sha256) == (first.file_id, first.sha256)
    assert StoredFile.objects.count() == 1


def test_an_early_download_prints_at_once_and_the_job_finds_it(issuer: Organisation) -> None:
    paper = issue(issuer)
    data = open_pdf(paper)
    assert data.startswith(b"%PDF-")
    file_id = Paper.objects.get(pk=paper.pk).file_id
    render_paper(paper_id=paper.pk)
    assert Paper.objects.get(pk=paper.pk).file_id == file_id
    assert set_paper(Paper.objects.get(pk=paper.pk)) == data


def test_a_stranger_finds_the_paper_however_she_types_the_code(issuer: Organisation) -> None:
    paper = issue(issuer)
    for typed in (paper.code, paper.shown_code.lower(), f" {paper.shown_code.replace('-', ' ')} "):
        assert get_paper_by_code(typed) == paper
    told = describe(paper)
    assert told.status.standing == Standing.IN_FORCE
    assert (told.issuer_name, told.number) == ("望江区市场监督管理局", "望市监许〔2026〕1号")
    assert told.public_facts == (("申请人", "陈**"), ("事项", "食品〔U+0000〕经营"))


def test_a_forged_code_isn_t_known_and_a_mistyped_one_is_told_apart(issuer: Organisation) -> None:
    issue(issuer)
    assert get_paper_by_code(make_code()) is None
    with pytest.raises(MistypedCode):
        get_paper_by_code("1234")
    with pytest.raises(MistypedCode):
        get_paper_by_code("\x00' OR 1=1 --")


def test_a_changed_file_doesn_t_match(issuer: Organisation) -> None:
    paper = issue(issuer)
    assert not matches_file(paper, b"")
    data = open_pdf(paper)
    assert matches_file(paper, data)
    assert not matches_file(paper, data + b" ")


def test_a_revoked_paper_says_so_once(issuer: Organisation) -> None:
    paper = ensure_rendered(issue(issuer))
    with pytest.raises(Denied):
        revoke_paper(actor=ANONYMOUS, paper=paper, reason="错发")
    revoked = revoke_paper(actor=SYSTEM, paper=paper, reason="错发")
    status = describe(revoked).status
    assert (status.standing, status.is_valid) == (Standing.REVOKED, False)
    assert "错发" in status.sentence
    with pytest.raises(AlreadyRevoked):
        revoke_paper(actor=SYSTEM, paper=paper, reason="错发")


def test_the_day_of_issue_can_be_past_and_names_stay_as_they_were(issuer: Organisation) -> None:
    moment: datetime = timezone.now() - timedelta(days=400)
    paper = issue(issuer, issued_at=moment)
    Organisation.objects.update(name="望江区市场监管委员会")
    told = describe(Paper.objects.get(pk=paper.pk))
    assert told.issued_at == moment
    assert told.issuer_name == "望江区市场监督管理局"


def test_an_undeclared_kind_is_refused(issuer: Organisation) -> None:
    with pytest.raises(LookupError):
        issue(issuer, kind="test.none")
    assert Paper.objects.count() == 0
