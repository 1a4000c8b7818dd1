"""An opened file as the import sees it: numbered rows of texts, whatever format it came in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# The first and the last cell of a merged region: row and column, counted from 0.
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it stands in the file: its number there, counted from 1, and its texts.

    ``flaws`` are columns, counted from 0, whose text isn't what was typed: a formula's result, an error value.
    """

    number: int
    texts: Sequence[str]
    flaws: Mapping[int, str] = field(default_factory=dict)


class Table(Protocol):
    """A file that was opened: about how many rows it has, its merged cells, the worksheets that aren't read."""

    @property
    def count(self) -> int: ...

    @property
    def merges(self) -> Sequence[Range]: ...

    @property
    def unread(self) -> Sequence[str]: ...

    def lines(self) -> Iterator[Line]: ...
