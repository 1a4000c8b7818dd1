"""What a module that owns signing keys declares, so that they can be rotated from one place."""

from collections.abc import Callable
from dataclasses import dataclass

from zhengtong.core.crypto.public import Purpose
from zhengtong.kernel.modules import Declaration
from zhengtong.kernel.policy import Actor


@dataclass(frozen=True)
class KeyRotation(Declaration):
    """``rotate`` lets a new key, with its certificate, take over from the one named, and returns the new key's name.

    It raises LookupError when the key named isn't one that it uses.
    """

    purpose: Purpose
    rotate: Callable[[Actor, str, str], str]  # actor, key, reason

    @property
    def key(self) -> str:
        return self.purpose
