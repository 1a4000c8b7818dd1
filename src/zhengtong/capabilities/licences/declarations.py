"""How a sector tells what its licences are numbered by and say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhengtong.capabilities.cases.public import Case
from zhengtong.kernel.modules import Declaration, Text


@dataclass(frozen=True)
class LicenceKind(Declaration):
    """A kind of licence that granted cases lead to.

    ``number(case, sequence)`` makes its number from the sequence of its county and kind; ``content(case,
    valid_until)`` is what the template of the paper kind ``paper_kind`` prints; ``facts(content, number)`` is what
    a stranger who verifies sees. ``term`` names the dated rule that holds its years; "" is without
    limit.
    """

    code: str
    title: Text
    paper_kind: str
    term: str
    number: Callable[[Case, int], str]
    content: Callable[[Case, date | None], Mapping[str, Any]]
    facts: Callable[[Any, str], Sequence[tuple[str, str]]]

    @property
    def key(self) -> str:
        return self.code
