"""The declaration by which a module brings a kind of paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengtong.core.papers.domain import PaperStatus
from zhengtong.kernel.modules import Declaration, Text

if TYPE_CHECKING:
    from zhengtong.core.papers.models import Paper


@dataclass(frozen=True)
class PaperKind(Declaration):
    """A kind of paper that is printed for the public.

    ``template`` is the typst file, an absolute path inside the package, usually in the declaring module's
    folder ``papers``. ``status`` answers for the standing of one paper that isn't revoked; without it such a
    paper is in force. ``sample`` is a content with which the template can be looked at; ``must_show`` are those keys of
    the content, with the words for them, whose texts the law wants on the paper, whoever edits its template.
    """

    code: str
    title: Text
    template: Path
    status: Callable[["Paper"], PaperStatus] | None = None
    sample: Mapping[str, Any] | None = field(default=None, hash=False, compare=False)
    must_show: tuple[tuple[str, Text], ...] = ()

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class PaperFinisher(Declaration):
    """What is done to the PDF of a paper before it is kept for good: sealed, where somebody seals such papers.

    ``finish`` returns the bytes to keep, the same ones where it has nothing to do. What it raises keeps the paper from
    being made: it is tried again later.
    """

    code: str
    finish: Callable[["Paper", bytes], bytes]

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class VerificationPage(Declaration):
    """Another public page on which something can be verified; the page of verification codes leads to it."""

    url_name: str
    title: Text
    about: Text

    @property
    def key(self) -> str:
        return self.url_name
