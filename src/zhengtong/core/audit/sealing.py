"""Closing blocks over what was committed since, without a lock that any writer could meet.

A record and the row that says that it waits are one transaction (a trigger's), so whatever order transactions commit
in, a record waits from the moment at which anybody can see it, and until a block holds it. Only sealers exclude each
other. Nothing is removed from what waits but in the transaction that adds its block.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from time import monotonic
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.models import (
    JournalBlock,
    JournalCertificate,
    JournalLeaf,
    JournalRoot,
    PendingRecord,
    SealedHeader,
    SealingTrouble,
)
from zhengtong.core.audit.wording import index_words
from zhengtong.core.crypto.public import SignerRefused, SignerUnavailable
from zhengtong.kernel.modules import Declaration, registry
from zhengtong_verify import journal, merkle
from zhengtong_verify.sealing import Seal, fingerprint

# A block's proofs are of seventeen hashes then, and its root takes a seventh of a second.
MOST_IN_BLOCK: Final = 1 << 16
MOST_IN_ROOT: Final = 1 << 16
# A turn of the job ends after so many seconds: what is left waits for the next one.
TURN_SECONDS: Final = 20.0
_LOCK: Final = 0x6A6F75726E616C
__all__ = [
    "CANNOT_SEAL",
    "BlockSealer",
    "CannotSeal",
    "Seal",
    "close_block",
    "close_root",
    "enlist_unsealed",
    "seal_journal",
]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BlockSealer(Declaration):
    """Signs and stamps headers of the journal. At most one module declares it; while none does, blocks wait.

    ``seal`` may raise SignerUnavailable, SignerRefused or CannotSeal: then the blocks wait, too.
    """

    code: str
    seal: Callable[[bytes], Seal]

    @property
    def key(self) -> str:
        return self.code


class CannotSeal(Exception):
    """Blocks have to wait; the text says why."""


class NobodySeals(CannotSeal):
    """No module of this installation seals blocks."""

    def __str__(self) -> str:
        return _("没有装配封存日志的签名和时间戳服务")


CANNOT_SEAL: Final = (SignerUnavailable, SignerRefused, CannotSeal)


def get_sealer() -> BlockSealer:
    for sealer in registry.of(BlockSealer):
        return sealer
    raise NobodySeals


def seal_journal() -> int:
    """Close blocks until nothing waits or the turn is over; return how many.

    What can't be sealed goes on waiting, and the trouble is noted for the auditor.
    """
    began, closed = monotonic(), 0
    while monotonic() - began < TURN_SECONDS:
        indexed = index_words()
        try:
            size = close_block()
        except CANNOT_SEAL as error:
            note_trouble(str(error))
            break
        closed += bool(size)
        if not size and not indexed:
            break
    return closed


def close_block() -> int:
    """Close one block over what waits; return how many records it holds, 0 when there were none or another sealer is
    at it. Raises what ``CANNOT_SEAL`` names, having changed nothing."""
    with transaction.atomic():
        if not _is_mine():
            return 0
        waiting = _list_waiting()
        if not waiting:
            return 0
        leaves = [journal.entry_of_record(number, digest) for number, digest in waiting]
        before = JournalBlock.objects.order_by("-number").only("number", "hash").first()
        now, number = timezone.now(), before.number + 1 if before else 1
        top = merkle.hash_root(leaves).hex()
        header = journal.write_block(
            number=number,
            previous=before.hash if before else journal.BEGINNING,
            root=top,
            count=len(leaves),
            closed_at=now.astimezone(UTC).isoformat(),
        )
        block = JournalBlock(number=number, root=top, count=len(leaves), closed_at=now)
        bind(block, header)
        _keep_leaves(block.number, waiting)
        _end_trouble()
    return len(leaves)


def close_root() -> JournalRoot | None:
    """Close a root over the blocks since the last one; None when there are none. Raises as :func:`close_block`."""
    with transaction.atomic():
        if not _is_mine():
            return None
        before = JournalRoot.objects.order_by("-number").only("number", "hash", "last").first()
        first = before.last + 1 if before else 1
        blocks = JournalBlock.objects.filter(number__gte=first).order_by("number")
        hashes = list(blocks.values_list("hash", flat=True)[:MOST_IN_ROOT])
        if not hashes:
            return None
        now, last = timezone.now(), first + len(hashes) - 1
        number = before.number + 1 if before else 1
        top = merkle.hash_root(map(journal.entry_of_block, hashes)).hex()
        header = journal.write_root(
            number=number,
            previous=before.hash if before else journal.BEGINNING,
            root=top,
            first=first,
            last=last,
            closed_at=now.astimezone(UTC).isoformat(),
        )
        root = JournalRoot(number=number, root=top, first=first, last=last, closed_at=now)
        bind(root, header)
    return root


def bind(row: SealedHeader, header: bytes) -> None:
    """Have ``header`` signed and stamped and write the row with it."""
    seal = get_sealer().seal(header)
    row.header, row.hash = header.decode(), journal.hash_header(header)
    row.algorithm, row.signature, row.token = seal.algorithm, seal.signature, seal.token
    row.certificate = keep_certificates(seal.certificates)
    row.save(force_insert=True)


def keep_certificates(chain: Sequence[bytes]) -> str:
    """Keep those certificates that aren't kept yet; return the fingerprint of the first."""
    prints = [fingerprint(der) for der in chain]
    known = set(JournalCertificate.objects.filter(pk__in=prints).values_list("pk", flat=True))
    JournalCertificate.objects.bulk_create(
        (
            JournalCertificate(fingerprint=name, der=der, chain=prints[at + 1 :])
            for at, (name, der) in enumerate(zip(prints, chain, strict=True))
            if name not in known
        ),
        ignore_conflicts=True,
    )
    return prints[0]


def _is_mine() -> bool:
    """Whether this transaction is the only one that adds to the chain. Nobody who writes records asks for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _list_waiting() -> list[tuple[int, str]]:
    """Return number and digest of what a block can take, in their order; what a block holds already only leaves."""
    waiting = PendingRecord.objects.filter(is_worded=True).order_by("record")
    found = list(waiting.values_list("record", "digest")[:MOST_IN_BLOCK])
    held = set(JournalLeaf.objects.filter(pk__in=[number for number, _digest in found]).values_list("pk", flat=True))
    if held:
        PendingRecord.objects.filter(pk__in=held).delete()
        logger.warning("records waited that a block holds", extra={"count": len(held)})
    return [each for each in found if each[0] not in held]


def _keep_leaves(block: int, waiting: Sequence[tuple[int, str]]) -> None:
    numbers = [number for number, _digest in waiting]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {JournalLeaf._meta.db_table} (record, block, place, digest) "
            "SELECT record, %s, place - 1, decode(digest, 'hex') "
            "FROM unnest(%s::bigint[], %s::text[]) WITH ORDINALITY AS given (record, digest, place)",
            [block, numbers, [digest for _number, digest in waiting]],
        )
        cursor.execute(f"DELETE FROM {PendingRecord._meta.db_table} WHERE record = ANY(%s)", [numbers])


def note_trouble(reason: str) -> None:
    """Note that blocks can't be closed: one row from the first time to the last."""
    now, reason = timezone.now(), reason[:300].rstrip("。")
    logger.warning("blocks of the journal wait", extra={"reason": reason})
    open_one = SealingTrouble.objects.filter(ended_at=None)
    if not open_one.update(last_at=now, reason=reason):
        SealingTrouble.objects.bulk_create(
            [SealingTrouble(began_at=now, last_at=now, reason=reason)], ignore_conflicts=True
        )


def _end_trouble() -> None:
    SealingTrouble.objects.filter(ended_at=None).update(ended_at=timezone.now())


def enlist_unsealed() -> int:
    """Let every record wait that neither waits nor has a block: after rows were put in while triggers were off."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PendingRecord._meta.db_table} (record, digest, is_worded, since) "
            "SELECT r.id, r.digest, false, now() FROM audit_auditrecord r "
            f"WHERE NOT EXISTS (SELECT FROM {JournalLeaf._meta.db_table} l WHERE l.record = r.id) "
            "ON CONFLICT (record) DO NOTHING"
        )
        return int(cursor.rowcount)
