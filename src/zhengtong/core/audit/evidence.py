"""Evidence: chosen records with all that proves them, as one sealed file that is checked without the platform."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from zhengtong.core.audit.domain import canonical, sm3
from zhengtong.core.audit.models import (
    AuditRecord,
    JournalBlock,
    JournalCertificate,
    JournalLeaf,
    JournalRoot,
    SealedHeader,
)
from zhengtong.core.audit.sealing import Seal, get_sealer
from zhengtong_verify import evidence, journal
from zhengtong_verify.batch import write_batch
from zhengtong_verify.merkle import Tree
from zhengtong_verify.sealing import write_seal

_FIELDS = tuple(field.attname for field in AuditRecord._meta.concrete_fields if field.attname not in ("id", "digest"))


class AlteredRecord(Exception):
    """A record isn't any more what its block proves."""

    def __init__(self, record: int) -> None:
        super().__init__(record)
        self.record = record


@dataclass(frozen=True)
class Gathered:
    """What proves some records. ``waiting`` are those that no block holds yet: nothing proves them."""

    files: dict[str, bytes]
    proven: tuple[int, ...]
    waiting: tuple[int, ...]


def write_record(record: AuditRecord) -> bytes:
    """Return the canonical text of a record."""
    return canonical({name: getattr(record, name) for name in _FIELDS})


def gather_evidence(records: Sequence[AuditRecord]) -> Gathered:
    """Return the files that prove ``records``. Raises AlteredRecord."""
    leaves = JournalLeaf.objects.in_bulk([record.pk for record in records])
    files: dict[str, bytes] = {}
    for record in records:
        if (leaf := leaves.get(record.pk)) is None:
            continue
        text = write_record(record)
        if sm3(text) != bytes(leaf.digest).hex():
            raise AlteredRecord(record.pk)
        files[f"records/{record.pk}.json"] = text
    blocks = JournalBlock.objects.in_bulk({leaf.block for leaf in leaves.values()})
    roots = _list_roots(blocks)
    files |= _write_headers("blocks", blocks.values()) | _write_headers("roots", roots.values())
    proofs = {"records": _prove_records(leaves), "blocks": _prove_blocks(blocks, roots)}
    files[evidence.PROOFS] = canonical(proofs)
    waiting = tuple(record.pk for record in records if record.pk not in leaves)
    return Gathered(files, tuple(sorted(leaves)), waiting)


def seal_evidence(gathered: Gathered, *, made_by: str, about: str, more: Mapping[str, bytes]) -> bytes:
    """Return the evidence as a sealed batch, with ``more`` files for people. Raises what ``CANNOT_SEAL`` names."""
    return write_batch(
        kind=evidence.KIND,
        files={**gathered.files, **more},
        seal=get_sealer().seal,
        made_at=timezone.now().isoformat(),
        made_by=made_by,
        installation=f"{settings.SITE_NAME} {settings.PUBLIC_URL}",
        about=about,
    )


def _list_roots(blocks: Mapping[int, JournalBlock]) -> dict[int, JournalRoot]:
    """Return the roots over these blocks; those closed last are under none yet."""
    roots: dict[int, JournalRoot] = {}
    for number in sorted(blocks):
        if not any(root.first <= number <= root.last for root in roots.values()):
            root = JournalRoot.objects.filter(Q(first__lte=number), last__gte=number).order_by("last").first()
            if root is not None:
                roots[root.number] = root
    return roots


def _prove_records(leaves: Mapping[int, JournalLeaf]) -> list[dict[str, Any]]:
    by_block: dict[int, list[JournalLeaf]] = {}
    for leaf in leaves.values():
        by_block.setdefault(leaf.block, []).append(leaf)
    proofs = []
    for block, wanted in sorted(by_block.items()):
        tree = Tree([entry for _number, entry in list_entries(block)])
        for leaf in sorted(wanted, key=lambda each: each.pk):
            beside = [each.hex() for each in tree.prove(leaf.place)]
            proofs.append({"record": leaf.pk, "block": block, "place": leaf.place, "proof": beside})
    return proofs


def list_entries(block: int) -> list[tuple[int, bytes]]:
    """Return the numbers of the records of a block and their hashed leaves, in the order of its tree."""
    held = JournalLeaf.objects.filter(block=block).order_by("place").values_list("record", "digest")
    return [(number, journal.entry_of_record(number, bytes(digest).hex())) for number, digest in held]


def _prove_blocks(blocks: Mapping[int, JournalBlock], roots: Mapping[int, JournalRoot]) -> list[dict[str, Any]]:
    proofs = []
    for root in roots.values():
        hashes = JournalBlock.objects.filter(number__gte=root.first, number__lte=root.last).order_by("number")
        tree = Tree([journal.entry_of_block(each) for each in hashes.values_list("hash", flat=True)])
        for number in sorted(blocks):
            if root.first <= number <= root.last:
                beside = [each.hex() for each in tree.prove(number - root.first)]
                proofs.append({"block": number, "root": root.number, "place": number - root.first, "proof": beside})
    return proofs


def _write_headers(folder: str, rows: Iterable[SealedHeader]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for row in rows:
        name = f"{folder}/{row.number}.json"
        files[name] = row.header.encode()
        files |= write_seal(name, get_seal(row))
    return files


def get_seal(row: SealedHeader) -> Seal:
    """Return the seal of a block or root with its certificates."""
    signer = JournalCertificate.objects.get(pk=row.certificate)
    kept = JournalCertificate.objects.in_bulk(signer.chain)
    chain = (bytes(signer.der), *(bytes(kept[name].der) for name in signer.chain if name in kept))
    return Seal(row.algorithm, bytes(row.signature), chain, bytes(row.token))


def write_root_files(root: JournalRoot) -> dict[str, bytes]:
    """Return a root as files: header, signature, token, certificates."""
    return _write_headers("roots", [root])
