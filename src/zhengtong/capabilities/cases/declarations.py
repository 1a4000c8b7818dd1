"""The kinds of declaration that cases read from other modules' manifests."""

from dataclasses import dataclass
from pathlib import Path

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class ItemFile(Declaration):
    """An item (TOML) that a sector brings as starting data."""

    path: Path

    @property
    def key(self) -> str:
        return self.path.stem


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
