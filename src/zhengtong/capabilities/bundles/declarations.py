"""How a sector brings a bundle."""

from dataclasses import dataclass
from pathlib import Path

from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True)
class BundleFile(Declaration):
    """A bundle (TOML) that a sector brings as starting data. Its items may be other sectors'."""

    path: Path

    @property
    def key(self) -> str:
        return self.path.stem
