"""Merkle trees as RFC 9162 section 2.1 has them, over SM3: a root, and the proof that one leaf is under it.

A leaf is ``SM3(0x00 ‖ entry)``, a node ``SM3(0x01 ‖ left ‖ right)``: no entry can pass for a node.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

SIZE: Final = 32
# Making a hash anew looks its algorithm up each time; copying one doesn't.
_new: Callable[[], Any] = hashlib.new("sm3").copy
_leaf: Callable[[], Any] = hashlib.new("sm3", b"\x00").copy
_node: Callable[[], Any] = hashlib.new("sm3", b"\x01").copy


def hash_leaf(entry: bytes) -> bytes:
    made = _leaf()
    made.update(entry)
    return bytes(made.digest())


def hash_node(left: bytes, right: bytes) -> bytes:
    made = _node()
    made.update(left + right)
    return bytes(made.digest())


def hash_root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over hashed leaves; of none, the hash of nothing."""
    return _levels(list(leaves))[-1][0]


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    """Return the tree from its leaves to its root; the last node of an odd level stands for itself in the next."""
    levels = [leaves or [bytes(_new().digest())]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [hash_node(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(below) & ~1 :])
    return levels


class Tree:
    """A tree that many proofs are taken from."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = _levels(list(leaves))
        self.size = len(leaves)

    @property
    def root(self) -> bytes:
        return self._levels[-1][0]

    def prove(self, place: int) -> list[bytes]:
        """Return the hashes beside the way from the leaf at ``place`` (from 0) to the root. Raises IndexError."""
        if not 0 <= place < self.size:
            raise IndexError(place)
        proof = []
        for level in self._levels[:-1]:
            beside = place ^ 1
            if beside < len(level):
                proof.append(level[beside])
            place >>= 1
        return proof


def compute_root(leaf: bytes, place: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that ``proof`` leads to from a leaf (RFC 9162 section 2.1.3.2); None when the proof can't be one
    of ``place`` in a tree of ``size``."""
    if not 0 <= place < size:
        return None
    at, last, found = place, size - 1, leaf
    for beside in proof:
        if last == 0 or len(beside) != SIZE:
            return None
        if at & 1 or at == last:
            found = hash_node(beside, found)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            found = hash_node(found, beside)
        at >>= 1
        last >>= 1
    return found if last == 0 else None
