"""The kinds of declaration that workflow reads from other modules' manifests."""

from dataclasses import dataclass
from pathlib import Path

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class ProcessFile(Declaration):
    """A process (BPMN 2.0) that a module brings as starting data; ``code`` is the file's stem unless it is given."""

    path: Path
    code: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        return self.code or self.path.stem


@dataclass(frozen=True)
class TableFile(Declaration):
    """A decision table (TOML) that a module brings as starting data."""

    path: Path

    @property
    def key(self) -> str:
        return self.path.stem
