"""Closing blocks over the log: a Merkle root every few seconds, chained, stamped; sums by the hour with it.

No call waits for another one's digest. A call is summed when its block closes, in the same transaction: each once.
"""

import json
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from zhengtong.capabilities.interfaces.domain import BUCKETS_MS, PROBLEMS, find_bucket
from zhengtong.capabilities.interfaces.gateway.logging import describe
from zhengtong.capabilities.interfaces.models import Call, CallBlock, HourTally
from zhengtong.capabilities.timestamps.public import TimeNotAvailable, make_token
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong_verify.merkle import hash_leaf, hash_root

MOST_IN_BLOCK: Final = 20_000
STAMP_KIND: Final = "interfaces.block"
_LOCK: Final = 0x696E74_62
_NOTHING: Final = "0" * 64
logger = logging.getLogger(__name__)

_READ = f"""
SELECT id, on_day, leaf, received_at, service_id, contract_id, status, code, rows, bytes_out, microseconds
FROM {Call._meta.db_table} WHERE block_id IS NULL ORDER BY id LIMIT {MOST_IN_BLOCK}
"""
_PLACE = f"""
UPDATE {Call._meta.db_table} AS c SET block_id = %s, place = g.place
FROM unnest(%s::bigint[], %s::date[]) WITH ORDINALITY AS g(id, on_day, place)
WHERE c.id = g.id AND c.on_day = g.on_day
"""
_ADD = f"""
INSERT INTO {HourTally._meta.db_table} AS t
    (hour, service_id, contract_id, calls, refused, failed, rows, bytes_out, microseconds, buckets)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (hour, service_id, contract_id) DO UPDATE SET
    calls = t.calls + excluded.calls, refused = t.refused + excluded.refused, failed = t.failed + excluded.failed,
    rows = t.rows + excluded.rows, bytes_out = t.bytes_out + excluded.bytes_out,
    microseconds = t.microseconds + excluded.microseconds,
    buckets = (SELECT array_agg(a + b ORDER BY n) FROM unnest(t.buckets, excluded.buckets) WITH ORDINALITY u(a, b, n))
"""


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    refused: int = 0
    failed: int = 0
    rows: int = 0
    bytes_out: int = 0
    microseconds: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_MS) + 1))

    def add(self, code: str, rows: int, bytes_out: int, microseconds: int) -> None:
        if not code:
            self.calls += 1
            self.buckets[find_bucket(microseconds)] += 1
            self.microseconds += microseconds
        elif code in PROBLEMS and not PROBLEMS[code].is_failure:
            self.refused += 1
        else:
            self.failed += 1
        self.rows += rows
        self.bytes_out += bytes_out


def seal_calls() -> int:
    """Close blocks until no call waits, then stamp what has no stamp; return how many calls were sealed."""
    sealed = 0
    while (count := _close_block()) == MOST_IN_BLOCK:
        sealed += count
    stamp_blocks()
    return sealed + count


@transaction.atomic
def _close_block() -> int:
    with connection.cursor() as cursor:
        # One sealer at a time; another one's turn is no loss.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_READ)
        rows = cursor.fetchall()
        if not rows:
            return 0
        last = CallBlock.objects.order_by("-number").first()
        block = CallBlock(
            number=last.number + 1 if last else 1,
            previous=last.digest if last else _NOTHING,
            root=hash_root([bytes(row[2]) for row in rows]).hex(),
            size=len(rows),
            closed_at=timezone.now(),
        )
        block.digest = hash_leaf(describe_block(block)).hex()
        block.save(force_insert=True)
        cursor.execute(_PLACE, [block.pk, [row[0] for row in rows], [row[1] for row in rows]])
        _add_sums(cursor, rows)
    return len(rows)


def describe_block(block: CallBlock) -> bytes:
    """Return what a block's digest, and so its stamp, is made of: canonical JSON."""
    fields = {
        "number": block.number,
        "previous": block.previous,
        "root": block.root,
        "size": block.size,
        "closed_at": block.closed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _add_sums(cursor: Any, rows: list[Any]) -> None:
    sums: dict[tuple[datetime, int | None, int | None], _Sum] = defaultdict(_Sum)
    for _id, _day, _leaf, at, service, contract, _status, code, count, size, microseconds in rows:
        hour = at.replace(minute=0, second=0, microsecond=0)
        sums[hour, service, contract].add(code, count, size, microseconds)
    for (hour, service, contract), each in sorted(sums.items(), key=str):
        counts = [each.calls, each.refused, each.failed, each.rows, each.bytes_out, each.microseconds, each.buckets]
        cursor.execute(_ADD, [hour, service, contract, *counts])


def stamp_blocks() -> int:
    """Stamp the last block: those before it are under its digest by the chain. Return how many have a stamp now.

    While the service is away they go on without one (待补戳); the next turn makes up for it.
    """
    with transaction.atomic():
        waiting = CallBlock.objects.select_for_update(skip_locked=True).filter(stamped_at=None).order_by("number")
        numbers = [block.number for block in waiting]
        if not numbers:
            return 0
        last = CallBlock.objects.get(number=numbers[-1])
        try:
            token = make_token(bytes.fromhex(last.digest), "sm3")
        except (TimeNotAvailable, SignerUnavailable, SignerRefused) as error:
            logger.error("calls are without a time stamp", extra={"blocks": len(numbers), "why": str(error)})
            return 0
        now = timezone.now()
        CallBlock.objects.filter(pk=last.pk).update(token=token)
        CallBlock.objects.filter(number__in=numbers).update(stamped_at=now)
    return len(numbers)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a call's place in the log found. ``is_sealed`` False: its block closes within seconds."""

    is_sealed: bool
    is_unaltered: bool
    is_stamped: bool
    block: int | None = None
    stamped_at: datetime | None = None


def check_call(call: Call) -> Verdict:
    """Compute a call's digest anew, its block's root and the block's digest, and compare."""
    is_same = hash_leaf(describe(call)) == bytes(call.leaf)
    if call.block_id is None:
        return Verdict(is_sealed=False, is_unaltered=is_same, is_stamped=False)
    block = CallBlock.objects.get(pk=call.block_id)
    leaves = Call.objects.filter(block=block).order_by("place").values_list("leaf", flat=True)
    root = hash_root([bytes(leaf) for leaf in leaves]).hex()
    is_same = is_same and root == block.root and hash_leaf(describe_block(block)).hex() == block.digest
    return Verdict(True, is_same, block.stamped_at is not None, block.number, block.stamped_at)
