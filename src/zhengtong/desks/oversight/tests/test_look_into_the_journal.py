"""The auditor finds acts by whatever is known of them, sees what belongs together, and is recorded herself."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, _staff
from zhengtong.core.audit.public import (
    AuditRecord,
    CheckRun,
    JournalRoot,
    PendingRecord,
    RootReceipt,
    SealingTrouble,
    record,
    seal_journal,
)
from zhengtong.core.identity import public as identity
from zhengtong.core.messages.public import Message
from zhengtong.desks.oversight.permissions import list_reachable
from zhengtong.desks.oversight.warnings import WAITING, carry_by_mail, warn_auditors
from zhengtong.kernel.policy import SYSTEM
from zhengtong_verify.command import check_content
from zhengtong_verify.sealing import Trust

pytestmark = pytest.mark.django_db
SIGNS_IN = "allauth.account.auth_backends.AuthenticationBackend"
JOURNAL = "/desk/oversight/"


def seal_all() -> None:
    while PendingRecord.objects.exists():
        seal_journal()


def make_auditor(name: str, organisation: str, reach: str = identity.Reach.SUBTREE) -> Client:
    where = identity.Organisation.objects.get(name=organisation)
    client = Client()
    client.force_login(_staff(f"auditor-{name}", name, where, {"audit_administrator": reach}), SIGNS_IN)
    return client


@pytest.fixture
def auditor(cast: Cast) -> Client:
    return make_auditor("曹宏远", "安澜市人民政府")


def read(client: Client, page: str, /, **query: str) -> str:
    answer = client.get(page, query)
    assert answer.status_code == 200, (page, answer.status_code)
    return str(answer.content.decode())


def count(client: Client, /, **query: str) -> int:
    """Return how many lines a search shows."""
    return read(client, JOURNAL, **query).count('class="row-link"')


def test_an_act_is_found_by_each_thing_that_is_known_of_it(cast: Cast, auditor: Client) -> None:
    case = cast.granted()
    assert case.number
    seal_all()
    accepted = AuditRecord.objects.get(action="cases.accept")
    everything = AuditRecord.objects.count()
    assert everything > 20
    for given in (
        {"q": case.number, "action": "cases.accept"},
        {"person": "周敏", "action": "cases.accept"},
        {"office": str(accepted.organisation), "action": "cases.accept"},
        {"kind": "cases.case", "object": str(case.pk), "action": "cases.accept"},
        {"object": str(case.pk), "action": "cases.accept", "whose": "staff"},
        {"q": "受理", "person": "周敏", "from": f"{timezone.localdate()}", "until": f"{timezone.localdate()}"},
    ):
        assert count(auditor, **given) >= 1, given
    for given in (
        {"q": "没有这样的话"},
        {"q": "澜"},
        {"person": "周"},
        {"office": "x", "until": "2001-01-01"},
        {"action": "cases.accept", "whose": "public"},
        {"address": "203.0.113.9"},
        {"request": "none"},
    ):
        assert count(auditor, **given) == 0, given
    assert count(auditor, **{"from": "yesterday", "office": "many"}) > 20  # what can't be read doesn't narrow


def test_records_of_others_are_not_hers(cast: Cast, auditor: Client) -> None:
    case = cast.granted()
    elsewhere = make_auditor("外区审计", "禾溪县人民政府")
    seal_all()
    accepted = AuditRecord.objects.get(action="cases.accept")
    assert count(elsewhere, action="cases.accept") == 0
    assert elsewhere.get(f"{JOURNAL}records/{accepted.pk}/").status_code == 404
    page = read(elsewhere, f"{JOURNAL}cases/{case.number}/")  # what the public did is the public journal's
    assert "周敏" not in page
    exported = elsewhere.post(f"{JOURNAL}evidence/", {"record": [accepted.pk]})
    assert exported.status_code == 302
    assert auditor.get(f"{JOURNAL}records/{accepted.pk}/").status_code == 200


@pytest.mark.parametrize("who", ["counter", "approver", "head", "supervisor"])
def test_nobody_else_comes_in(cast: Cast, who: str) -> None:
    client = Client()
    client.force_login(cast.accounts[who], SIGNS_IN)
    for page in ("", "export.csv", "blocks/", "checks/", "roots/", "records/1/"):
        assert client.get(JOURNAL + page).status_code == 403, page
    for act in ("evidence/", "checks/start/", "roots/publish/"):
        assert client.post(JOURNAL + act).status_code == 403, act


def test_timelines_hold_what_belongs_together(cast: Cast, auditor: Client) -> None:
    case = cast.granted()
    seal_all()
    timeline = read(auditor, f"{JOURNAL}cases/{case.number}/")
    for name in ("周敏", "林国栋", "沈立新"):
        assert name in timeline
    person = cast.accounts["counter"].public_id
    hers = read(auditor, f"{JOURNAL}people/{person}/")
    assert "周敏做过什么" in hers
    assert "沈立新" not in hers
    assert f"{case.number}" in read(auditor, f"{JOURNAL}objects/cases.case/{case.pk}/")
    for unknown in ("objects/cases.case/0/", f"people/{case.public_id}/", "cases/AL-1999-000001/", "blocks/999999/"):
        assert auditor.get(JOURNAL + unknown).status_code == 404, unknown


def test_the_auditor_is_recorded_and_changes_nothing(cast: Cast, auditor: Client) -> None:
    case = cast.accepted()
    seal_all()
    accepted = AuditRecord.objects.get(action="cases.accept")
    before = AuditRecord.objects.count()
    read(auditor, JOURNAL, q="受理", person="周敏")
    read(auditor, f"{JOURNAL}records/{accepted.pk}/")
    read(auditor, f"{JOURNAL}people/{accepted.account}/")
    read(auditor, f"{JOURNAL}objects/cases.case/{case.pk}/")
    read(auditor, f"{JOURNAL}cases/{case.number}/")
    b"".join(auditor.get(f"{JOURNAL}export.csv"))
    auditor.post(f"{JOURNAL}evidence/", {"record": [accepted.pk], "about": "核查"})
    gained = AuditRecord.objects.order_by("pk")[before:]
    assert [each.action.partition(".")[2] for each in gained] == [
        "search",
        "view_record",
        "view_person",
        "view_object",
        "view_case",
        "export_list",
        "export_evidence",
    ]
    assert {each.actor_name for each in gained} == {"曹宏远"}
    assert gained[0].after == {"filters": {"q": "受理", "person": "周敏"}}
    assert gained[6].after == {"records": [accepted.pk], "about": "核查"}


def test_evidence_leaves_with_a_page_for_people(cast: Cast, auditor: Client) -> None:
    cast.accepted()
    chosen = list(AuditRecord.objects.filter(action__startswith="cases.").values_list("pk", flat=True))
    # What no block holds yet is closed into one first.
    answer: Any = auditor.post(f"{JOURNAL}evidence/", {"record": chosen, "about": "争议"})
    assert answer["Content-Type"] == "application/zip"
    report = check_content(answer.content, "evidence.zip", Trust())
    assert report.codes == []
    assert sum(finding.code == "record-in-block" for finding in report.findings) == len(chosen)
    page = zipfile.ZipFile(io.BytesIO(answer.content)).read("report.html").decode()
    assert "周敏" in page
    assert "争议" in page
    assert report.facts["roots"][0] in page
    assert auditor.post(f"{JOURNAL}evidence/", {"back": "https://elsewhere.example/"})["Location"] == JOURNAL


def test_a_list_leaves_as_a_file(cast: Cast, auditor: Client) -> None:
    cast.accepted()
    seal_all()
    content = b"".join(auditor.get(f"{JOURNAL}export.csv", {"action": "cases.accept"}))
    _titles, line = content.decode("utf-8-sig").splitlines()
    assert "周敏" in line
    assert "受理" in line


def test_blocks_wait_and_the_auditor_hears_of_it(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_all()
    assert warn_auditors() == 0
    record(SYSTEM, "test.act", ("test.thing", 1))
    began = timezone.now() - timedelta(minutes=9)
    SealingTrouble.objects.create(began_at=began, last_at=timezone.now(), reason="签名服务没有应答")
    page = read(auditor, f"{JOURNAL}blocks/")
    assert "日志在等待封存" in page
    assert "签名服务没有应答" in page
    assert (warn_auditors(), warn_auditors()) == (1, 0)
    assert "签名服务没有应答" in Message.objects.get(template=WAITING).body
    seal_all()
    assert "封存正常" in read(auditor, f"{JOURNAL}blocks/")


def test_a_check_is_started_shown_and_stopped(cast: Cast, auditor: Client) -> None:
    seal_all()
    started = auditor.post(f"{JOURNAL}checks/start/")
    run = CheckRun.objects.get()
    assert started["Location"] == f"{JOURNAL}checks/{run.pk}/"
    assert "停止核对" in read(auditor, f"{JOURNAL}checks/{run.pk}/")
    part = auditor.get(f"{JOURNAL}checks/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="check"')
    auditor.post(f"{JOURNAL}checks/{run.pk}/stop/")
    assert "已停止" in read(auditor, f"{JOURNAL}checks/")
    assert auditor.post(f"{JOURNAL}checks/999999/stop/").status_code == 404


def test_roots_are_public_and_go_out_by_mail_once_a_day(auditor: Client, settings: Any) -> None:
    settings.JOURNAL_ROOTS_MAIL = "archive@example.org"
    seal_all()
    assert auditor.post(f"{JOURNAL}roots/publish/").status_code == 302
    first = JournalRoot.objects.get()
    receipt = RootReceipt.objects.get(root=first.number, channel="mail")
    assert receipt.is_done
    assert "archive@example.org" in receipt.answer
    assert first.hash in Message.objects.get(template="oversight_desk.root").body
    seal_all()
    auditor.post(f"{JOURNAL}roots/publish/")
    second = JournalRoot.objects.latest("number")
    assert second.number == first.number + 1
    assert "已送达" in read(auditor, f"{JOURNAL}roots/")
    assert Message.objects.filter(template="oversight_desk.root").count() == 1
    assert f"第 {first.number} 号" in carry_by_mail(second)
    stranger = Client()
    assert second.hash in read(stranger, "/open/journal-roots/")
    page = read(stranger, f"/open/journal-roots/{second.number}/")
    assert second.hash[:8] in page
    assert "data:image/svg+xml" in page
    files = zipfile.ZipFile(io.BytesIO(stranger.get(f"/open/journal-roots/{second.number}.zip").content)).namelist()
    assert f"roots/{second.number}.json.sig" in files
    assert stranger.get("/open/journal-roots/99999/").status_code == 404


def test_without_a_way_out_the_auditor_is_told(auditor: Client) -> None:
    assert "日志根还没有送出本机" in read(auditor, f"{JOURNAL}roots/")
    assert reverse("oversight_desk:public_roots") == "/open/journal-roots/"


def test_whoever_sees_the_publics_journal_only_sees_no_staff(cast: Cast) -> None:
    cast.accepted()
    actor = identity.get_account_actor(cast.accounts["counter"])
    assert not list_reachable(actor).exists()
