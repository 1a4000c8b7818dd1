"""The kind of declaration that powers read from other modules' manifests."""

from dataclasses import dataclass
from pathlib import Path

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class PowerFile(Declaration):
    """Powers (TOML) that a sector brings as starting data; its items name them."""

    path: Path

    @property
    def key(self) -> str:
        # Every sector calls its file the same, so its folders belong to the name.
        return "/".join(self.path.parts[-3:])
