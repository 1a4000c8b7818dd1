"""A file's mark follows from the rows that hold it: each module that keeps files says which rows of its own do."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from zhengtong.core.files.models import StoredFile
from zhengtong.core.marks.public import Markable, MarkedRow, get_markable, may_mark
from zhengtong.kernel.modules import Declaration, registry
from zhengtong.kernel.policy import Actor


def _none(_file: StoredFile) -> Iterable[MarkedRow]:
    return ()


@dataclass(frozen=True)
class FileHolder(Declaration):
    """``list_holders`` are the rows that a file was put into, whose mark is never below the file's; ``list_sources``
    those that a file was made from, above whose mark it never is lower."""

    code: str
    list_holders: Callable[[StoredFile], Iterable[MarkedRow]] = _none
    list_sources: Callable[[StoredFile], Iterable[MarkedRow]] = _none

    @property
    def key(self) -> str:
        return self.code


def list_holders(file: StoredFile) -> Iterator[MarkedRow]:
    for each in registry.of(FileHolder):
        yield from each.list_holders(file)


def list_sources(file: StoredFile) -> Iterator[MarkedRow]:
    for each in registry.of(FileHolder):
        yield from each.list_sources(file)


def _around(file: StoredFile) -> Iterator[MarkedRow]:
    yield from list_holders(file)
    yield from list_sources(file)


def _may(actor: Actor, file: StoredFile) -> bool:
    return any(may_mark(actor, row) for row in _around(file))


def _organisation(file: StoredFile) -> int | None:
    return next((found for row in _around(file) if (found := get_markable(row).organisation(row))), None)


def _url(file: StoredFile) -> str:
    return next((get_markable(row).url(row) for row in _around(file)), "")


MARKABLE_FILE = Markable(
    StoredFile,
    may=_may,
    name=lambda file: file.name,
    url=_url,
    # The digest of its bytes names them as well as they do themselves.
    content=lambda file: file.sha256.encode(),
    organisation=_organisation,
    parents=list_sources,
    children=list_holders,
)
