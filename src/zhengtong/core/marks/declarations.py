"""What a module says of rows of its own that can be marked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from zhengtong.core.marks.rows import MarkedRow
from zhengtong.kernel.modules import Declaration
from zhengtong.kernel.policy import Actor


def _nothing(_row: Any) -> Iterable[MarkedRow]:
    return ()


def _done(_row: Any) -> None:
    return None


@dataclass(frozen=True)
class Markable(Declaration):
    """Rows of ``model`` can be marked by whomever ``may`` lets.

    ``name`` is what people know a row by, ``url`` where it is shown to staff, ``content`` the bytes that its mark is
    signed with (or a digest of them), ``organisation`` whose row it is. ``parents`` are the rows that it holds or was
    made from: its mark is never below theirs. ``children`` are those made from it, or that hold it. ``on_marked`` is
    called in the same transaction, after the row has its mark.
    """

    model: type[MarkedRow]
    may: Callable[[Actor, Any], bool]
    name: Callable[[Any], str]
    url: Callable[[Any], str]
    content: Callable[[Any], bytes]
    organisation: Callable[[Any], int | None]
    parents: Callable[[Any], Iterable[MarkedRow]] = _nothing
    children: Callable[[Any], Iterable[MarkedRow]] = _nothing
    on_marked: Callable[[Any], None] = _done

    @property
    def key(self) -> str:
        return self.model._meta.label_lower


@dataclass(frozen=True)
class ContentSigner(Declaration):
    """Signs what a mark says together with its content; one module above, that has a certificate, declares it.

    ``sign`` returns the signature over a text and the DER certificate that it verifies with; it raises
    SignerUnavailable. ``verify`` says whether signature and certificate of old belong to a text.
    """

    code: str
    sign: Callable[[bytes], tuple[bytes, bytes]]
    verify: Callable[[bytes, bytes, bytes], bool]

    @property
    def key(self) -> str:
        return self.code
