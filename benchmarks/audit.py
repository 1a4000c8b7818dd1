"""``audit``: acts per second, each a business row and its journal record, in a transaction of its own.

The reference writes the same two rows by the same statements, without digest, canonical form and the row that waits for
a block, into a table with the journal's columns and indexes. ``audit_parallel`` is four writers at once while a sealer
closes blocks: no act waits for another's, or for a block. ``audit_root`` is the Merkle root over a million records.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

from django.db import connection, connections, transaction

from benchmarks.figure import Figure, compare
from zhengtong.core.audit.models import AuditRecord
from zhengtong.core.audit.public import build, record
from zhengtong.core.audit.sealing import seal_journal
from zhengtong.core.identity.public import LegalEntity
from zhengtong.kernel.policy import Actor, ActorKind
from zhengtong_verify import journal, merkle

ACTS = 400
WRITERS = 4
MILLION = 1_000_000
BARE = "benchmark_journal"
_COLUMNS = [field.attname for field in AuditRecord._meta.concrete_fields if not field.primary_key]
_NAMES = ", ".join(_COLUMNS)
_BEFORE = {"status": "draft", "name": "澜水面馆", "address": "澄波区滨江路66号", "area": 86.5}
_AFTER = {**_BEFORE, "status": "accepted", "accepted_by": "周敏", "limit": "2026-12-05"}


def make_actor() -> Actor:
    return Actor(
        ActorKind.STAFF,
        name="周敏",
        account=uuid4(),
        appointment=7,
        organisation=3,
        address="10.20.30.40",
        request_id=uuid4().hex,
        purpose="受理申请",
    )


def act(actor: Actor, code: str) -> None:
    with transaction.atomic():
        entity = LegalEntity.objects.create(credit_code=code, name="澜水面馆")
        record(actor, "cases.accept", entity, before=_BEFORE, after=_AFTER)


def act_unhashed(actor: Actor, code: str) -> None:
    """The same two rows; the record's digest is whatever."""
    with transaction.atomic():
        entity = LegalEntity.objects.create(credit_code=code, name="澜水面馆")
        row = {
            "at": "2026-11-21T08:00:00+08:00",
            "actor_kind": str(actor.kind),
            "account": str(actor.account),
            "actor_name": actor.name,
            "appointment": actor.appointment,
            "organisation": actor.organisation,
            "principal": None,
            "agent": None,
            "subject": None,
            "action": "cases.accept",
            "object_kind": "identity.legalentity",
            "object_id": str(entity.pk),
            "before": _BEFORE,
            "after": _AFTER,
            "address": actor.address,
            "request_id": actor.request_id,
            "purpose": actor.purpose,
            "digest": "0" * 64,
        }
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {BARE} ({_NAMES}) SELECT {_NAMES} FROM json_populate_recordset(NULL::{BARE}, %s)",
                [json.dumps([row], ensure_ascii=False)],
            )


def write(how: Callable[[Actor, str], None], count: int) -> None:
    actor, run = make_actor(), uuid4().hex[:10].upper()
    for number in range(count):
        how(actor, f"{run}{number:08d}")


def time_one(how: Callable[[Actor, str], None]) -> float:
    began = perf_counter()
    write(how, ACTS)
    return ACTS / (perf_counter() - began)


def time_many(how: Callable[[Actor, str], None], *, is_sealing: bool) -> float:
    """Return the acts per second of several writers together; beside them a sealer, where there is one."""
    is_over = threading.Event()

    def write_some() -> None:
        write(how, ACTS // 2)
        connections.close_all()

    def seal() -> None:
        while not is_over.wait(0.5):
            seal_journal()
        connections.close_all()

    threads = [threading.Thread(target=write_some) for _ in range(WRITERS)]
    sealer = threading.Thread(target=seal)
    if is_sealing:
        sealer.start()
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = perf_counter() - began
    is_over.set()
    if is_sealing:
        sealer.join()
    return WRITERS * (ACTS // 2) / taken


def time_root() -> float:
    digest = "ab" * 32
    began = perf_counter()
    merkle.hash_root(journal.entry_of_record(number, digest) for number in range(MILLION))
    return perf_counter() - began


def time_hashes() -> float:
    """As many bare SM3 as the tree has leaves and nodes."""
    empty, content = hashlib.new("sm3"), bytes(64)
    began = perf_counter()
    for _number in range(2 * MILLION - 1):
        hashed = empty.copy()
        hashed.update(content)
        hashed.digest()
    return perf_counter() - began


def run() -> list[Figure]:
    """Return the figures."""
    assert build(make_actor(), "cases.accept", ("identity.legalentity", 1)).digest
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {BARE}")
        cursor.execute(f"CREATE TABLE {BARE} (LIKE audit_auditrecord INCLUDING ALL)")
    try:
        return [
            compare(
                "audit",
                lambda: time_one(act),
                lambda: time_one(act_unhashed),
                unit="acts/s",
                described="the same two rows, unhashed and awaiting no block",
            ),
            compare(
                "audit_parallel",
                lambda: time_many(act, is_sealing=True),
                lambda: time_many(act_unhashed, is_sealing=False),
                unit="acts/s",
                described="the same by as many writers, unhashed and without a sealer",
            ),
            compare(
                "audit_root",
                time_root,
                time_hashes,
                unit="s",
                described="as many bare SM3 of 64 bytes",
                lower_is_better=True,
                rounds=3,
            ),
        ]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {BARE}")
        LegalEntity.objects.filter(name="澜水面馆", mandates=None).delete()
