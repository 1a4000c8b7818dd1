"""The kinds of declaration that cases read from other modules' manifests."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengtong.capabilities.cases.domain import Act
from zhengtong.kernel.modules import Declaration

if TYPE_CHECKING:
    from zhengtong.capabilities.cases.models import Case


@dataclass(frozen=True)
class ItemFile(Declaration):
    """An item (TOML) that a sector brings as starting data."""

    path: Path

    @property
    def key(self) -> str:
        return self.path.stem


@dataclass(frozen=True)
class DraftCheck(Declaration):
    """What a capability above asks of an item before it is published: ``find`` returns a sentence for each fault of
    its text, which ``section`` of the editor mends."""

    code: str
    section: str
    find: Callable[[Mapping[str, Any]], Iterable[str]]

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class EndingRequest(Declaration):
    """Applications that end a right and grant none, as the cancellation of a licence (注销): these need no live power.
    ``asks`` says whether a case is one."""

    code: str
    asks: Callable[[Any], bool]

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True)
class RuleFile(Declaration):
    """Limits, terms and thresholds (TOML like ``seed/limits.toml``) that a sector brings as starting data."""

    path: Path

    @property
    def key(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class TaskPage(Declaration):
    """The page on which a desk handles tasks of ``node``; ``url_name`` takes the case's number."""

    node: str
    url_name: str

    @property
    def key(self) -> str:
        return self.node


@dataclass(frozen=True)
class StepGuard(Declaration):
    """What a module above a case holds it back for: ``refuse`` gets the locked case before one of ``acts`` and raises
    HeldBack. It asks the database only for cases that it may concern: the acts are in everybody's way."""

    code: str
    acts: frozenset[Act]
    refuse: "Callable[[Case, Act], None]"

    @property
    def key(self) -> str:
        return self.code
