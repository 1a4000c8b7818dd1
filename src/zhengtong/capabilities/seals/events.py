"""What seals tell those above: a seal came into use or ended, a document was sealed."""

from dataclasses import dataclass
from typing import ClassVar

from zhengtong.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SealEnabled(Event):
    code: ClassVar[str] = "seal.enabled"
    seal_id: int


@dataclass(frozen=True, slots=True)
class SealSuspended(Event):
    code: ClassVar[str] = "seal.suspended"
    seal_id: int


@dataclass(frozen=True, slots=True)
class SealDestroyed(Event):
    code: ClassVar[str] = "seal.destroyed"
    seal_id: int


@dataclass(frozen=True, slots=True)
class DocumentSealed(Event):
    """One copy was sealed; ``sha256_before`` is the document's, ``sha256_after`` what came of it."""

    code: ClassVar[str] = "seal.document_sealed"
    use_id: int
    ledger_id: int
    sha256_before: str
    sha256_after: str
