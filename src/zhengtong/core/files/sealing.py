"""How a file lies on the disk: in encrypted pieces, each of which opens alone, so that any part can be read by itself.

A head (mark, the data key's number, a salt), then pieces of 64 KiB, each with its tag. Every file has a key of its own,
derived (HKDF-SHA-256) from the data key, the salt and the digest that is its address; a piece's nonce is its place and
whether it is the last one. So pieces can't be moved, left out or cut off, and a file doesn't open under another's name.
"""

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhengtong.core.crypto.public import Aead, HeldKey, Unreadable, key_bytes, make_aead

# No kind of file that anybody may hand in begins like this.
MARK = b"\x93ZTFILE\x02"
HEAD = struct.Struct(">8sH16s")
SALT_BYTES = 16
PIECE = 1 << 16
TAG = 16


def number_of(path: Path) -> int:
    """Return the number of the data key that the file is encrypted under, 0 for a plain one."""
    with path.open("rb") as file:
        head = file.read(HEAD.size)
    return int(HEAD.unpack(head)[1]) if len(head) == HEAD.size and head.startswith(MARK) else 0


def plain_size(path: Path) -> int:
    """Return how many bytes the file has when it is read."""
    size = path.stat().st_size
    return _plain_size(size) if number_of(path) else size


def write_sealed(plain: BinaryIO, sealed: BinaryIO, sha256: str, held: HeldKey) -> None:
    """Write what ``plain`` has, encrypted under ``held``."""
    salt = os.urandom(SALT_BYTES)
    head = HEAD.pack(MARK, held.number, salt)
    aead = _file_key(held, salt, sha256)
    sealed.write(head)
    place, piece = 0, plain.read(PIECE)
    while True:
        following = plain.read(PIECE) if len(piece) == PIECE else b""
        sealed.write(aead.encrypt(_nonce(place, not following), piece, head))
        if not following:
            return
        place, piece = place + 1, following


def open_sealed(path: Path, sha256: str, key: Callable[[int], HeldKey]) -> BinaryIO:
    """Open a file for reading, encrypted or plain. Raises FileNotFoundError, Unreadable, and what ``key`` raises."""
    file = path.open("rb")
    try:
        head = file.read(HEAD.size)
        if len(head) < HEAD.size or not head.startswith(MARK):
            file.seek(0)
            return file
        _mark, number, salt = HEAD.unpack(head)
        size = _plain_size(os.fstat(file.fileno()).st_size)
        reader = _Reader(file, head, _file_key(key(number), salt, sha256), size)
    except BaseException:
        file.close()
        raise
    return cast(BinaryIO, io.BufferedReader(reader, PIECE))


class _Reader(io.RawIOBase):
    """The plain bytes of an encrypted file, from wherever one reads."""

    def __init__(self, file: BinaryIO, head: bytes, aead: Aead, size: int) -> None:
        self._file, self._head, self._aead, self._size = file, head, aead, size
        self._last = max(0, (size - 1) // PIECE)
        self._at = 0
        self._place, self._piece = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the file's beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "memoryview[int] | bytearray", /) -> int:  # type: ignore[override]  # any buffer
        if self._at >= self._size and self._size:
            return 0
        piece = self._open_piece(self._at // PIECE)
        start = self._at % PIECE
        taken = piece[start : start + len(buffer)]
        buffer[: len(taken)] = taken
        self._at += len(taken)
        return len(taken)

    def _open_piece(self, place: int) -> bytes:
        if place != self._place:
            self._file.seek(HEAD.size + place * (PIECE + TAG))
            sealed = self._file.read(PIECE + TAG)
            try:
                self._piece = self._aead.decrypt(_nonce(place, place == self._last), sealed, self._head)
            except InvalidTag as error:
                raise Unreadable("a stored file was altered, cut off, or lies under another file's name") from error
            self._place = place
        return self._piece

    def close(self) -> None:
        self._file.close()
        super().close()


def _file_key(held: HeldKey, salt: bytes, sha256: str) -> Aead:
    derived = HKDF(hashes.SHA256(), key_bytes(held.cipher), salt, b"zhengtong file" + bytes.fromhex(sha256))
    return make_aead(held.cipher, derived.derive(held.secret))


def _nonce(place: int, is_last: bool) -> bytes:
    return place.to_bytes(11) + bytes([is_last])


def _plain_size(size: int) -> int:
    body = size - HEAD.size
    pieces = max(1, -(-body // (PIECE + TAG)))
    if body < pieces * TAG:
        raise Unreadable("a stored file was cut off")
    return body - pieces * TAG
