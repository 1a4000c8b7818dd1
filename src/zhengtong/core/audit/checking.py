"""The journal checked against itself: records, leaves, roots, chain, signatures, and what no block holds.

A run goes block by block, each in a transaction of its own with the mark how far it came: it shows its progress, can be
stopped, and goes on where a killed worker left it.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from zhengtong.core.audit.domain import sm3
from zhengtong.core.audit.evidence import get_seal, list_entries, write_record
from zhengtong.core.audit.models import (
    AuditRecord,
    CheckRun,
    CheckState,
    JournalBlock,
    JournalCertificate,
    JournalLeaf,
    JournalRoot,
    PendingRecord,
    SealedHeader,
)
from zhengtong.core.audit.services import record
from zhengtong.kernel.jobs import enqueue, job
from zhengtong.kernel.policy import Actor, require
from zhengtong_verify import journal, merkle
from zhengtong_verify.sealing import Held, judge

CHECK: Final = "audit.check_journal"
MOST_FINDINGS: Final = 500
# What waits longer than this should have had its block.
LATE: Final = timedelta(minutes=10)
_TOGETHER: Final = 2_000


@job("audit.check", retry=5)
def check(run_id: int) -> None:
    """Go on with a check until its end or until somebody stops it."""
    while check_next(run_id):
        continue


@transaction.atomic
def start_check(*, actor: Actor) -> CheckRun:
    """Begin a check of the whole journal, or return the one that is under way. Raises Denied."""
    require(actor, CHECK)
    running = CheckRun.objects.filter(state__in=(CheckState.WAITING, CheckState.RUNNING)).order_by("-pk").first()
    if running is not None:
        return running
    last = JournalBlock.objects.aggregate(last=Max("number"), total=Sum("count"))
    run = CheckRun.objects.create(
        account=actor.account, actor_name=actor.name, last_block=last["last"] or 0, total=last["total"] or 0
    )
    record(actor, "audit.start_check", run, after={"blocks": run.last_block, "records": run.total})
    enqueue(check, run_id=run.pk)
    return run


@transaction.atomic
def cancel_check(*, actor: Actor, run_id: int) -> CheckRun:
    """Stop a check; what it found so far stays. Raises Denied, DoesNotExist."""
    require(actor, CHECK)
    run = CheckRun.objects.select_for_update().get(pk=run_id)
    if run.state in (CheckState.WAITING, CheckState.RUNNING):
        run.state, run.finished_at = CheckState.CANCELLED, timezone.now()
        run.save(update_fields=["state", "finished_at"])
        record(actor, "audit.cancel_check", run)
    return run


@transaction.atomic
def check_next(run_id: int) -> bool:
    """Check the next block of a run, or what stands outside blocks; return whether there is more to do."""
    run = CheckRun.objects.select_for_update().get(pk=run_id)
    if run.state not in (CheckState.WAITING, CheckState.RUNNING):
        return False
    run.state = CheckState.RUNNING
    if run.next_block <= run.last_block:
        found, count = check_block(run.next_block)
        run.next_block += 1
        run.checked += count
    else:
        found = [*check_roots(), *check_outside()]
        run.finished_at = timezone.now()
    run.findings = [*run.findings, *found][:MOST_FINDINGS]
    if run.finished_at is not None:
        run.state = CheckState.FAILED if run.findings else CheckState.PASSED
    run.save()
    return run.finished_at is None


def _finding(code: str, **about: Any) -> dict[str, Any]:
    return {"code": code, **about}


def check_block(number: int) -> tuple[list[dict[str, Any]], int]:
    """Return what doesn't hold in a block, and how many records it has."""
    block = JournalBlock.objects.filter(pk=number).first()
    if block is None:
        return [_finding("block-missing", block=number)], 0
    found = list(_check_header(block, JournalBlock, journal.BLOCK))
    entries = list_entries(number)
    fields = _read(block.header)
    if len(entries) != fields.get("count") or merkle.hash_root(e for _n, e in entries).hex() != fields.get("root"):
        found.append(_finding("leaves-altered", block=number))
    found += _check_records(number)
    return found, len(entries)


def _check_records(block: int) -> Iterable[dict[str, Any]]:
    leaves = list(JournalLeaf.objects.filter(block=block).order_by("place"))
    for start in range(0, len(leaves), _TOGETHER):
        part = leaves[start : start + _TOGETHER]
        records = AuditRecord.objects.in_bulk([leaf.pk for leaf in part])
        for leaf in part:
            row = records.get(leaf.pk)
            if row is None:
                yield _finding("record-removed", block=block, record=leaf.pk)
                continue
            proven = bytes(leaf.digest).hex()
            if sm3(write_record(row)) != proven or row.digest != proven:
                said = {"at": row.at.isoformat(), "who": row.actor_name, "action": row.action}
                yield _finding("record-altered", block=block, record=leaf.pk, **said)


def _read(header: str) -> dict[str, Any]:
    try:
        fields = json.loads(header)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _check_header(row: SealedHeader, model: type[SealedHeader], kind: str) -> Iterable[dict[str, Any]]:
    """Yield what doesn't hold of a header: its text, its columns, its place in the chain, its seal."""
    about = {"block" if kind == journal.BLOCK else "root": row.number}
    text, fields = row.header.encode(), _read(row.header)
    is_whole = journal.is_header(fields, kind) and fields["number"] == row.number and fields["root"] == row.root
    if not is_whole or row.hash != journal.hash_header(text):
        yield _finding("header-altered", **about)
    before = model._default_manager.filter(pk=row.number - 1).values_list("hash", flat=True).first()
    if fields.get("previous") != (before or journal.BEGINNING):
        yield _finding("chain-broken", **about)
    try:
        seal = get_seal(row)
    except JournalCertificate.DoesNotExist:
        yield _finding("seal", **about, say="")
        return
    held = Held(seal.algorithm, seal.signature, seal.token, (), seal.certificates)
    known = list(seal.certificates)
    judged = judge(
        str(row.number),
        text,
        held,
        anchors=known[-1:],
        known=known,
        is_pinned=False,
        stated=str(fields.get("closed_at", "")),
    )
    for finding in judged:
        if not finding.passed:
            yield _finding("seal", **about, say=finding.say("zh"))


def check_roots() -> Iterable[dict[str, Any]]:
    """Yield what doesn't hold of the published roots."""
    expected = 1
    for root in JournalRoot.objects.order_by("number").iterator():
        if root.number != expected:
            yield _finding("root-missing", root=expected)
        expected = root.number + 1
        yield from _check_header(root, JournalRoot, journal.ROOT)
        hashes = JournalBlock.objects.filter(number__gte=root.first, number__lte=root.last).order_by("number")
        entries = map(journal.entry_of_block, hashes.values_list("hash", flat=True))
        if merkle.hash_root(entries).hex() != root.root:
            yield _finding("root-altered", root=root.number)


def check_outside() -> Iterable[dict[str, Any]]:
    """Yield records that no block holds though they should have come into one."""
    pending, leaf = PendingRecord._meta.db_table, JournalLeaf._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id FROM audit_auditrecord r WHERE NOT EXISTS (SELECT FROM {leaf} l WHERE l.record = r.id) "
            f"AND NOT EXISTS (SELECT FROM {pending} p WHERE p.record = r.id) ORDER BY r.id LIMIT %s",
            [MOST_FINDINGS],
        )
        for (number,) in cursor.fetchall():
            yield _finding("record-outside", record=number)
    waiting = PendingRecord.objects.order_by("record").iterator()
    for part in _in_parts(waiting):
        records = AuditRecord.objects.in_bulk([each.pk for each in part])
        for each in part:
            row = records.get(each.pk)
            if row is None:
                yield _finding("record-removed", record=each.pk)
            elif sm3(write_record(row)) != each.digest or row.digest != each.digest:
                said = {"at": row.at.isoformat(), "who": row.actor_name, "action": row.action}
                yield _finding("record-altered", record=each.pk, **said)
    late = PendingRecord.objects.filter(since__lt=timezone.now() - LATE).count()
    if late:
        yield _finding("records-late", count=late)


def _in_parts(waiting: Iterable[PendingRecord]) -> Iterable[list[PendingRecord]]:
    part: list[PendingRecord] = []
    for each in waiting:
        part.append(each)
        if len(part) == _TOGETHER:
            yield part
            part = []
    if part:
        yield part
