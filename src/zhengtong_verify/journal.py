"""What the journal commits to: an entry of a block is a record's number and digest, an entry of a root a block's hash.

Both have a header, canonical JSON, which names the one before it; its SM3 is its name in the next. A header is signed
and carries an RFC 3161 token over its SHA-256.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from zhengtong_verify import merkle
from zhengtong_verify.canonical import canonical, sm3

BLOCK, ROOT = "zhengtong-journal-block", "zhengtong-journal-root"
# What the first block and the first root name as the one before them.
BEGINNING: Final = "0" * 64
LARGEST_ID: Final = 2**63 - 1


def entry_of_record(number: int, digest: str) -> bytes:
    """Return the hashed leaf of a record: eight bytes of its number, big-endian, and the 32 of its digest."""
    return merkle.hash_leaf(number.to_bytes(8, "big") + bytes.fromhex(digest))


def entry_of_block(block_hash: str) -> bytes:
    """Return the hashed leaf of a block in a root."""
    return merkle.hash_leaf(bytes.fromhex(block_hash))


def write_block(*, number: int, previous: str, root: str, count: int, closed_at: str) -> bytes:
    """Return a block's header: ``count`` records under ``root``, after the block whose hash is ``previous``."""
    return canonical(
        {
            "format": BLOCK,
            "version": 1,
            "number": number,
            "previous": previous,
            "root": root,
            "count": count,
            "closed_at": closed_at,
        }
    )


def write_root(*, number: int, previous: str, root: str, first: int, last: int, closed_at: str) -> bytes:
    """Return a root's header: the blocks ``first`` to ``last``, both included, are under ``root``."""
    return canonical(
        {
            "format": ROOT,
            "version": 1,
            "number": number,
            "previous": previous,
            "root": root,
            "first": first,
            "last": last,
            "closed_at": closed_at,
        }
    )


def hash_header(header: bytes) -> str:
    """Return the name of a header in the next one."""
    return sm3(header)


def stamped_digest(header: bytes) -> bytes:
    """Return what the time-stamp token of a header is over: SHA-256, which every authority takes."""
    return hashlib.sha256(header).digest()


def is_hash(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def is_header(fields: Mapping[str, Any], kind: str) -> bool:
    """Return whether a read header has all that one of its ``kind`` has, each of its type."""
    numbers = ("number", "count") if kind == BLOCK else ("number", "first", "last")
    return (
        fields.get("format") == kind
        and fields.get("version") == 1
        and all(type(fields.get(name)) is int and 0 <= fields[name] <= LARGEST_ID for name in numbers)
        and is_hash(fields.get("previous"))
        and is_hash(fields.get("root"))
        and isinstance(fields.get("closed_at"), str)
    )
