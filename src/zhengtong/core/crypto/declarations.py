"""What holds sealed things besides the encrypted columns, and says how to seal them anew."""

from collections.abc import Callable
from dataclasses import dataclass

from zhengtong.core.crypto.models import DataKeyUse
from zhengtong.kernel.modules import Declaration


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch did. ``position`` is where the next one begins, None at the end."""

    position: str | None
    looked: int
    changed: int
    unreadable: int = 0


@dataclass(frozen=True)
class SealedStore(Declaration):
    """A store whose things are sealed under data keys of ``use``.

    ``reseal(position, number)`` brings some things after ``position`` ("" at first) under the key ``number``; it may be
    stopped at any point and called again with the same arguments.
    """

    code: str
    use: DataKeyUse
    reseal: Callable[[str, int], Batch]

    @property
    def key(self) -> str:
        return self.code
