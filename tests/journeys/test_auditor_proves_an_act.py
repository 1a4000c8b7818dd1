"""A clerk accepts an application; the auditor finds it, proves it outside, and finds out who changed the journal."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction
from playwright.sync_api import Locator, Page, expect

from tests.cast import _staff
from tests.journeys.acting import act, open_case, sign_in
from tests.journeys.conftest import Platform
from zhengtong.capabilities.pki.public import get_trust_anchors
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.identity import public as identity

SHOP = "澜水面馆"
CLERK = "周敏"


@pytest.mark.django_db(transaction=True)
def test_an_auditor_proves_who_accepted(platform: Platform, tmp_path: Path) -> None:
    city = identity.Organisation.objects.get(name="安澜市人民政府")
    _staff("auditor", "曹宏远", city, {"audit_administrator": identity.Reach.SUBTREE})
    case = platform.cast.submitted()
    assert case.number
    accept(platform, case.number)
    page = sign_in(platform, "auditor")
    find(page, platform, case.number)
    see_the_timeline(page, case.number)
    evidence = export(page, tmp_path)
    judge_outside(evidence, tmp_path)
    record = AuditRecord.objects.get(action="cases.accept")
    check(page, platform, "全部相符")
    change_behind_the_back(record.pk)
    check(page, platform, f"第 {record.pk} 号日志被改动过")
    refuse_to_export(page, platform, record.pk)
    the_auditor_was_looked_at()


def accept(platform: Platform, number: str) -> None:
    page = sign_in(platform, "counter")
    open_case(page, platform, number, "/desk/window/", SHOP)
    act(page, "受理")
    page.locator("dialog[open]").get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_text("已受理").first).to_be_visible()
    page.context.close()


def find(page: Page, platform: Platform, number: str) -> None:
    """Search by the case's number; it is in the index as soon as the sealer saw it."""
    found = page.locator("tbody tr", has_text="受理")

    def search() -> None:
        page.goto(f"{platform.url}/desk/oversight/?q={number}&person={CLERK}")

    until(page, found.filter(has=page.locator("td:last-child a")), search)
    expect(found.first).to_contain_text(CLERK)
    expect(page.get_by_text("还没有日志")).to_have_count(0)


def see_the_timeline(page: Page, number: str) -> None:
    page.locator("tbody tr", has_text="受理").first.locator("td[data-label='对象'] a").click()
    page.get_by_role("link", name="整个办件的经过").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    timeline = page.locator(".timeline-event")
    expect(timeline.filter(has_text=CLERK).first).to_be_visible()
    expect(timeline.filter(has_text="提交").first).to_be_visible()


def export(page: Page, folder: Path) -> Path:
    event = page.locator(".timeline-event", has_text=CLERK).filter(has_text="受理").first
    event.locator("input[name=record]").check()
    page.fill("[name=about]", "受理时间争议")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出勾选的日志为证据").click()
    path = folder / "evidence.zip"
    download.value.save_as(path)
    return path


def verify(*arguments: str) -> tuple[int, str]:
    """Run the stand-alone program as somebody elsewhere would."""
    command = [sys.executable, "-m", "zhengtong_verify", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def judge_outside(evidence: Path, folder: Path) -> None:
    roots = []
    for number, der in enumerate(get_trust_anchors()):
        (folder / f"root{number}.cer").write_bytes(der)
        roots += ["--root", str(folder / f"root{number}.cer")]
    status, said = verify(str(evidence), *roots)
    assert (status, "可以相信" in said, "一字未改" in said) == (0, True, True), said
    assert CLERK in said
    with zipfile.ZipFile(evidence) as whole:
        # The manifest's own seal and token bring a second copy of the issuer's certificate, which decides nothing.
        members = [name for name in whole.namelist() if not name.startswith("manifest.json.")]
    for member in members:
        status, said = verify(str(_flipped(evidence, member, folder)), *roots, "--json")
        (answer,) = json.loads(said)
        assert (status, answer["status"]) == (1, "false"), (member, said)


def _flipped(evidence: Path, member: str, folder: Path) -> Path:
    """The same evidence with one bit of one member the other way round."""
    path = folder / "flipped.zip"
    with zipfile.ZipFile(evidence) as whole, zipfile.ZipFile(path, "w") as copy:
        for name in whole.namelist():
            content = bytearray(whole.read(name))
            content[len(content) // 3] ^= name == member
            copy.writestr(name, bytes(content))
    return path


def check(page: Page, platform: Platform, says: str) -> None:
    page.goto(f"{platform.url}/desk/oversight/checks/")
    page.get_by_role("button", name="开始核对").click()
    expect(page.get_by_text(says).first).to_be_visible(timeout=60_000)


def change_behind_the_back(number: int) -> None:
    """As somebody who owns the database could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrecord DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_auditrecord SET actor_name = '别人' WHERE id = %s", [number])
        cursor.execute("ALTER TABLE audit_auditrecord ENABLE TRIGGER USER")


def refuse_to_export(page: Page, platform: Platform, number: int) -> None:
    page.get_by_role("link", name="看这条日志").click()
    expect(page.get_by_text("这条日志被改动过")).to_be_visible()
    page.get_by_role("button", name="导出证据").click()
    expect(page.get_by_text("和封存时的内容不符")).to_be_visible()


def the_auditor_was_looked_at() -> None:
    acts = set(AuditRecord.objects.filter(actor_name="曹宏远").values_list("action", flat=True))
    assert {
        "oversight_desk.search",
        "oversight_desk.view_object",
        "oversight_desk.view_case",
        "oversight_desk.view_record",
        "oversight_desk.export_evidence",
        "audit.start_check",
    } <= acts


def until(page: Page, wanted: Locator, again: Callable[[], None]) -> None:
    """Look again until it is there, as a person who waits does."""
    for _ in range(60):
        again()
        if wanted.count():
            return
        page.wait_for_timeout(500)
    expect(wanted.first).to_be_visible()
