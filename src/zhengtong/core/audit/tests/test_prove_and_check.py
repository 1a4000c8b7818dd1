"""Evidence that leaves the platform is believed outside; whatever was changed behind its back is found and named."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from zhengtong.core.audit import publishing
from zhengtong.core.audit.checking import CHECK, cancel_check, check_next, start_check
from zhengtong.core.audit.domain import sm3
from zhengtong.core.audit.evidence import AlteredRecord, gather_evidence, seal_evidence, write_record
from zhengtong.core.audit.models import (
    AuditRecord,
    CheckRun,
    CheckState,
    JournalBlock,
    JournalRoot,
    PendingRecord,
    RootReceipt,
)
from zhengtong.core.audit.public import record
from zhengtong.core.audit.publishing import RootChannel, publish_roots
from zhengtong.core.audit.sealing import close_root
from zhengtong.core.audit.tests.conftest import Sealing
from zhengtong.core.audit.tests.test_close_blocks import act, seal_all
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import ANONYMOUS, SYSTEM, Denied
from zhengtong_verify.command import check_content
from zhengtong_verify.sealing import Trust

pytestmark = pytest.mark.django_db


def behind_the_back(sql: str, *values: str | int) -> None:
    """Do what only the database's owner can: the triggers are hers to switch off."""
    table = sql.split("FROM " if sql.startswith("DELETE") else "UPDATE ")[1].split()[0]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def check_all() -> CheckRun:
    run = start_check(actor=SYSTEM)
    while check_next(run.pk):
        continue
    run.refresh_from_db()
    return run


def found_by_a_check() -> list[tuple[str, int | None]]:
    return [
        (each["code"], each.get("record") or each.get("block") or each.get("root")) for each in check_all().findings
    ]


def export(records: list[AuditRecord]) -> bytes:
    return seal_evidence(gather_evidence(records), made_by="审计员", about="测试", more={"report.html": b"<p>"})


def test_exported_evidence_is_believed_outside(sealing: Sealing) -> None:
    for number in range(9):
        act(number)
    seal_all()
    root = close_root()
    act(10)
    chosen = [*AuditRecord.objects.filter(action="test.act", object_id__in=["2", "5", "10"])]
    gathered = gather_evidence(chosen)
    assert len(gathered.waiting) == 1
    seal_all()
    content = export(chosen)
    trust = Trust((sealing.authority.read("root.cer"),))
    assert root is not None
    report = check_content(content, "x", trust)
    assert report.codes == []
    assert report.is_proven
    said = [finding.say("zh") for finding in report.findings]
    assert sum("一字未改" in each for each in said) == 3
    # The two from before the root are under it, the third's block isn't yet.
    assert sum("日志根之下" in each for each in said) == 1
    altered = content.replace(b"manifest.json", b"manifest.jsan", 1)
    assert altered != content


def test_an_altered_record_is_not_exported(sealing: Sealing) -> None:
    act(1)
    seal_all()
    behind_the_back("UPDATE audit_auditrecord SET actor_name = '别人' WHERE action = 'test.act'")
    with pytest.raises(AlteredRecord):
        export(list(AuditRecord.objects.filter(action="test.act")))


def test_a_check_passes_and_says_how_far_it_is(sealing: Sealing) -> None:
    for number in range(3):
        act(number)
        seal_all()
    close_root()
    run = start_check(actor=SYSTEM)
    assert start_check(actor=SYSTEM) == run  # one at a time
    assert check_next(run.pk)
    run.refresh_from_db()
    assert (run.state, run.next_block) == (CheckState.RUNNING, 2)
    assert 0 < run.checked < run.total
    while check_next(run.pk):
        continue
    run.refresh_from_db()
    assert (run.state, run.findings, run.checked) == (CheckState.PASSED, [], run.total)
    with pytest.raises(Denied):
        start_check(actor=ANONYMOUS)
    assert CHECK in {"audit.check_journal"}


def test_a_check_is_stopped(sealing: Sealing) -> None:
    act(1)
    seal_all()
    run = start_check(actor=SYSTEM)
    cancel_check(actor=SYSTEM, run_id=run.pk)
    assert not check_next(run.pk)
    run.refresh_from_db()
    assert run.state == CheckState.CANCELLED


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE audit_auditrecord SET after = '{\"number\": 7}' WHERE id = %s", "record-altered"),
        ("UPDATE audit_auditrecord SET at = at - interval '1 day' WHERE id = %s", "record-altered"),
        ("UPDATE audit_auditrecord SET digest = repeat('0', 64) WHERE id = %s", "record-altered"),
        ("DELETE FROM audit_auditrecord WHERE id = %s", "record-removed"),
    ],
)
def test_a_check_says_which_record_was_changed(sealing: Sealing, sql: str, code: str) -> None:
    for number in range(4):
        act(number)
    seal_all()
    target = AuditRecord.objects.get(action="test.act", object_id="2").pk
    behind_the_back(sql, target)
    assert found_by_a_check() == [(code, target)]


def test_a_check_finds_what_was_done_to_a_record_that_waits(sealing: Sealing) -> None:
    seal_all()
    act(1)
    act(2)
    first, second = AuditRecord.objects.filter(action="test.act").order_by("pk")
    behind_the_back("UPDATE audit_auditrecord SET purpose = '补写' WHERE id = %s", first.pk)
    PendingRecord.objects.filter(pk=second.pk).delete()
    assert found_by_a_check() == [("record-outside", second.pk), ("record-altered", first.pk)]


def change_leaf(block: JournalBlock) -> None:
    behind_the_back("UPDATE audit_journalleaf SET digest = sha256('x') WHERE block = %s AND place = 0", block.pk)


def forge_record_and_leaf(block: JournalBlock) -> None:
    """Both changed so that they agree: then the block's own root says it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM audit_journalleaf WHERE block = %s AND place = 0", [block.pk])
        (number,) = cursor.fetchone()
    row = AuditRecord.objects.get(pk=number)
    row.actor_name = "别人"
    digest = sm3(write_record(row))
    behind_the_back("UPDATE audit_auditrecord SET actor_name = '别人', digest = %s WHERE id = %s", digest, number)
    behind_the_back("UPDATE audit_journalleaf SET digest = decode(%s, 'hex') WHERE record = %s", digest, number)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (change_leaf, {"leaves-altered", "record-altered"}),
        (forge_record_and_leaf, {"leaves-altered"}),
        (lambda b: behind_the_back("DELETE FROM audit_journalblock WHERE number = %s", b.pk), {"block-missing"}),
        (
            lambda b: behind_the_back(
                "UPDATE audit_journalblock SET header = replace(header, 'count\":3', 'count\":4') WHERE number = %s",
                b.pk,
            ),
            {"header-altered", "leaves-altered", "seal"},
        ),
        (
            lambda b: behind_the_back("UPDATE audit_journalblock SET signature = token WHERE number = %s", b.pk),
            {"seal"},
        ),
    ],
    ids=["leaf", "both", "block", "header", "signature"],
)
def test_a_check_finds_a_forged_block(
    sealing: Sealing, change: Callable[[JournalBlock], None], codes: set[str]
) -> None:
    seal_all()
    for number in range(3):
        act(number)
    seal_all()
    block = JournalBlock.objects.latest("number")
    act(4)
    seal_all()
    close_root()
    change(block)
    found = {code for code, _number in found_by_a_check()}
    assert codes <= found
    assert found <= codes | {"chain-broken", "root-altered"}


# Off the machine -------------------------------------------------------------------------------------


class Outside(BaseHTTPRequestHandler):
    taken: list[tuple[dict[str, str], bytes]] = []
    status = 201

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((dict(self.headers), content))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write("已收存 17".encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def outside() -> Iterator[HTTPServer]:
    Outside.taken, Outside.status = [], 201
    server = HTTPServer(("127.0.0.1", 0), Outside)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channels(sealing: Sealing, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = (
        RootChannel("folder", "文件夹", publishing.say_folder, publishing.carry_to_folder),
        RootChannel("http", "推送", publishing.say_address, publishing.carry_by_http),
    )
    kept = {
        code: Module(each.code, each.title, tuple(d for d in each.declares if not isinstance(d, RootChannel)))
        for code, each in registry.modules.items()
    }
    monkeypatch.setattr(registry, "modules", kept | {"channels": Module("channels", "外部", declared)})


@pytest.mark.usefixtures("channels")
def test_roots_are_brought_out_and_receipts_kept(
    sealing: Sealing, settings: Settings, tmp_path: Path, outside: HTTPServer
) -> None:
    settings.JOURNAL_ROOTS_DIR = str(tmp_path)
    settings.JOURNAL_ROOTS_URL = f"http://127.0.0.1:{outside.server_port}/roots?token=secret"
    settings.JOURNAL_ROOTS_KEY = "k-1"
    act(1)
    seal_all()
    root = publish_roots()
    assert root is not None
    assert publish_roots() is None
    ((headers, content),) = Outside.taken
    assert headers["Authorization"] == "Bearer k-1"
    assert json.loads(content)["header"] == root.header
    receipts = {each.channel: each for each in RootReceipt.objects.all()}
    assert all(each.is_done for each in receipts.values())
    assert receipts["http"].answer == "201 已收存 17"
    assert "secret" not in receipts["http"].target
    (kept,) = tmp_path.iterdir()
    assert kept.name == receipts["folder"].answer == f"journal-root-{root.number:08d}.zip"
    assert kept.read_bytes() == publishing.write_root(root)


@pytest.mark.usefixtures("channels")
def test_what_did_not_get_out_is_tried_again(
    sealing: Sealing, settings: Settings, tmp_path: Path, outside: HTTPServer
) -> None:
    settings.JOURNAL_ROOTS_DIR = str(tmp_path / "not mounted")
    settings.JOURNAL_ROOTS_URL = f"http://127.0.0.1:{outside.server_port}/roots"
    Outside.status = 503
    act(1)
    seal_all()
    publish_roots()
    failed = {each.channel: each for each in RootReceipt.objects.all()}
    assert not any(each.is_done for each in failed.values())
    assert "503" in failed["http"].answer
    assert "写不进" in failed["folder"].answer
    Outside.status = 200
    (tmp_path / "not mounted").mkdir()
    assert publish_roots() is None
    assert RootReceipt.objects.filter(is_done=True).count() == 2
    # Whoever put another file in its place is found out.
    (root,) = JournalRoot.objects.all()
    next((tmp_path / "not mounted").iterdir()).write_bytes(b"another")
    with pytest.raises(publishing.NotPublished, match="已经存在"):
        publishing.carry_to_folder(root)


def test_the_platforms_own_signer_seals(sealing_by_the_platform: None) -> None:
    record(SYSTEM, "test.act", ("test.thing", 1))
    seal_all()
    close_root()
    content = export(list(AuditRecord.objects.filter(action="test.act")))
    report = check_content(content, "x", Trust())
    assert report.codes == []
    assert len(report.facts["roots"]) == 1
    assert found_by_a_check() == []
