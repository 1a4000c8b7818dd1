"""Blocks hold every record once, whatever order transactions commit in; without the signer they wait, and nothing is
lost."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from croniter import croniter
from django.db import InternalError, ProgrammingError, connection, connections, transaction
from procrastinate.contrib.django import app
from psycopg import connect

from zhengtong.core.audit import sealing as journal_sealing
from zhengtong.core.audit.models import (
    AuditRecord,
    JournalBlock,
    JournalLeaf,
    JournalRoot,
    PendingRecord,
    RecordWords,
    SealingTrouble,
)
from zhengtong.core.audit.public import record
from zhengtong.core.audit.sealing import BlockSealer, Seal, close_root, enlist_unsealed, seal_journal
from zhengtong.core.audit.tests.conftest import Sealing
from zhengtong.kernel.policy import SYSTEM
from zhengtong_verify import journal, merkle


def act(number: int) -> None:
    record(SYSTEM, "test.act", ("test.thing", number), after={"number": number})


def seal_all() -> None:
    while PendingRecord.objects.exists():
        assert seal_journal()


@contextmanager
def another_connection() -> Iterator[Any]:
    """A second person's transaction, open for as long as the block lasts."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with connect(**{name: given[name] for name in names if given.get(name)}) as other:
        yield other


@pytest.mark.django_db
def test_a_block_holds_what_was_recorded_and_names_the_one_before(sealing: Sealing) -> None:
    seal_all()
    for number in range(5):
        act(number)
    seal_all()
    act(5)
    seal_all()
    *_before, first, second = JournalBlock.objects.order_by("number")
    assert (first.count, second.count) == (5, 1)
    assert json.loads(second.header)["previous"] == first.hash == journal.hash_header(first.header.encode())
    leaves = JournalLeaf.objects.filter(block=first.number).order_by("place")
    entries = [journal.entry_of_record(leaf.record, bytes(leaf.digest).hex()) for leaf in leaves]
    assert merkle.hash_root(entries).hex() == first.root == json.loads(first.header)["root"]
    digests = dict(AuditRecord.objects.filter(action="test.act").values_list("pk", "digest"))
    assert {leaf.record: bytes(leaf.digest).hex() for leaf in leaves}.items() <= digests.items()


@pytest.mark.django_db(transaction=True)
def test_a_record_that_commits_late_comes_into_the_next_block(sealing: Sealing) -> None:
    seal_all()
    with another_connection() as other:
        other.execute(
            "INSERT INTO audit_auditrecord (at, actor_kind, actor_name, action, object_kind, object_id, address, "
            "request_id, purpose, digest) VALUES (now(), 'system', '', 'test.late', 'test.thing', '1', '', '', '', "
            "repeat('ab', 32)) "
        )
        act(1)
        assert seal_journal() == 1
        in_time = AuditRecord.objects.get(action="test.act")
        assert JournalLeaf.objects.filter(pk=in_time.pk).exists()
        other.commit()
    late = AuditRecord.objects.get(action="test.late")
    assert late.pk < in_time.pk
    assert not JournalLeaf.objects.filter(pk=late.pk).exists()
    assert seal_journal() == 1
    assert JournalLeaf.objects.get(pk=late.pk).block == JournalLeaf.objects.get(pk=in_time.pk).block + 1


@pytest.mark.django_db(transaction=True)
def test_writers_and_sealers_at_once_lose_nothing_and_count_nothing_twice(sealing: Sealing) -> None:
    seal_all()
    writers, each_writes = 6, 30
    is_over = threading.Event()
    failed: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for number in range(each_writes):
                with transaction.atomic():
                    act(writer * 1000 + number)
                    if number % 3 == 0:  # several records in one transaction, and some that are taken back
                        act(writer * 1000 + 500 + number)
                if number % 5 == 0:
                    with transaction.atomic():
                        act(-1)
                        transaction.set_rollback(True)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    def seal() -> None:
        try:
            while not is_over.is_set():
                seal_journal()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    sealers = [threading.Thread(target=seal) for _ in range(2)]
    threads = [threading.Thread(target=write, args=[writer]) for writer in range(writers)]
    for thread in [*sealers, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    is_over.set()
    for thread in sealers:
        thread.join()
    seal_all()
    assert failed == []
    written = set(AuditRecord.objects.filter(action="test.act").values_list("pk", flat=True))
    assert len(written) == writers * (each_writes + each_writes // 3)
    assert written <= set(JournalLeaf.objects.values_list("pk", flat=True))
    numbers = list(JournalBlock.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    before = journal.BEGINNING
    for block in JournalBlock.objects.order_by("number"):
        held = JournalLeaf.objects.filter(block=block.number).order_by("place")
        assert [leaf.place for leaf in held] == list(range(block.count))
        assert json.loads(block.header)["previous"] == before
        before = block.hash


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_a_sealer(sealing: Sealing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sealer that hangs in the middle of a block (a signer that doesn't answer) holds up another sealer only."""
    seal_all()
    act(1)
    is_in_the_middle, may_go_on = threading.Event(), threading.Event()
    plain = sealing.seal

    def hang(header: bytes) -> Seal:
        is_in_the_middle.set()
        assert may_go_on.wait(20)
        return plain(header)

    def seal() -> None:
        seal_journal()
        connections.close_all()

    monkeypatch.setattr(journal_sealing, "get_sealer", lambda: BlockSealer("hanging", hang))
    thread = threading.Thread(target=seal)
    thread.start()
    try:
        assert is_in_the_middle.wait(20)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            act(2)
        assert seal_journal() == 0  # another is at it
    finally:
        may_go_on.set()
        thread.join()
    seal_all()
    assert JournalLeaf.objects.count() == AuditRecord.objects.count()


@pytest.mark.django_db
def test_without_the_signer_records_wait_and_the_trouble_is_noted_once(sealing: Sealing) -> None:
    seal_all()
    act(1)
    sealing.is_away = True
    assert (seal_journal(), seal_journal()) == (0, 0)
    trouble = SealingTrouble.objects.get()
    assert "签名服务没有应答" in trouble.reason
    assert trouble.ended_at is None
    assert trouble.last_at >= trouble.began_at
    assert PendingRecord.objects.get().is_worded  # found by words all the same
    sealing.is_away = False
    assert seal_journal() == 1
    assert SealingTrouble.objects.exclude(ended_at=None).get() == trouble
    assert not PendingRecord.objects.exists()
    sealing.is_away = True
    act(2)
    seal_journal()
    assert SealingTrouble.objects.count() == 2


@pytest.mark.django_db
def test_what_was_there_before_waits_first(sealing: Sealing) -> None:
    """Rows that came in while triggers were off, as in a bulk load, or before there were blocks."""
    seal_all()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrecord DISABLE TRIGGER audit_awaits_block")
    for number in range(3):
        act(number)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrecord ENABLE TRIGGER audit_awaits_block")
    assert not PendingRecord.objects.exists()
    assert enlist_unsealed() == 3
    seal_all()
    assert enlist_unsealed() == 0


@pytest.mark.django_db
def test_a_record_that_came_twice_stops_nobody(sealing: Sealing) -> None:
    seal_all()
    act(1)
    waiting = PendingRecord.objects.get()
    seal_all()
    PendingRecord.objects.create(record=waiting.record, digest="00" * 32, is_worded=True, since=waiting.since)
    act(2)
    seal_all()
    assert bytes(JournalLeaf.objects.get(pk=waiting.record).digest).hex() == waiting.digest


@pytest.mark.django_db
def test_large_backlogs_are_cut_into_blocks(sealing: Sealing, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_all()
    monkeypatch.setattr(journal_sealing, "MOST_IN_BLOCK", 4)
    for number in range(10):
        act(number)
    seal_all()
    assert list(JournalBlock.objects.order_by("-number").values_list("count", flat=True)[:3]) == [2, 4, 4]


@pytest.mark.django_db
def test_roots_are_over_blocks_and_hang_together(sealing: Sealing) -> None:
    for number in range(3):
        act(number)
        seal_all()
    first = close_root()
    assert first is not None
    assert close_root() is None
    act(9)
    seal_all()
    second = close_root()
    assert second is not None
    assert (second.first, second.number) == (first.last + 1, first.number + 1)
    assert json.loads(second.header)["previous"] == first.hash
    hashes = JournalBlock.objects.filter(number__lte=first.last).order_by("number").values_list("hash", flat=True)
    assert merkle.hash_root(map(journal.entry_of_block, hashes)).hex() == first.root
    assert JournalRoot.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("model", [JournalBlock, JournalLeaf, JournalRoot], ids=lambda each: each.__name__)
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_proves_is_only_added_to(sealing: Sealing, model: type[JournalBlock], sql: str) -> None:
    act(1)
    seal_all()
    close_root()
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    with (
        pytest.raises((InternalError, ProgrammingError), match="journal records are never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table, key, key))


@pytest.mark.django_db
def test_openssl_accepts_signature_and_time_stamp(sealing: Sealing) -> None:
    act(1)
    seal_all()
    block = JournalBlock.objects.latest("number")
    folder, run = sealing.authority.folder, sealing.authority.run
    (folder / "header").write_text(block.header)
    (folder / "signature").write_bytes(bytes(block.signature))
    (folder / "token").write_bytes(bytes(block.token))
    run("x509", "-in", "signer.pem", "-pubkey", "-noout", "-out", "signer.pub")
    verified = run("dgst", "-sha256", "-verify", "signer.pub", "-signature", "signature", "header")
    assert b"Verified OK" in verified
    run("ts", "-verify", "-data", "header", "-token_in", "-in", "token", "-CAfile", "root.pem")


@pytest.mark.django_db
def test_words_of_a_record_are_indexed(sealing: Sealing) -> None:
    record(SYSTEM.stating("核对户口登记"), "audit.reveal", ("test.thing", 7), after={"field": "春风街12号"})
    seal_all()
    terms = set(RecordWords.objects.get(pk=AuditRecord.objects.get(action="audit.reveal").pk).terms)
    assert {"户口", "口登", "春风", "12", "act:audit.reveal", "kind:test.thing", "查看"} <= terms


def test_the_sealer_comes_every_five_seconds() -> None:
    """The clock's own reading of the schedule: a field in the wrong place is every five minutes."""
    turns = next(each for each in app.periodic_registry.periodic_tasks.values() if each.task.name == "audit.seal")
    clock = croniter(turns.cron, 1_000_000.0)
    turn = partial(clock.get_next, float)
    assert [turn() - 1_000_000 for _ in range(3)] == [5.0, 10.0, 15.0]
