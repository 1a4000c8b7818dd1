"""The content-addressed directory: ``files/ab/cd/<sha256>``, written once and never changed."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that have arrived and aren't kept yet."""

    path: Path
    sha256: str
    size: int


class TooManyBytes(Exception):
    """More bytes came than the limit allows."""


def root() -> Path:
    """Return the folder of all files."""
    return Path(settings.DATA_DIR) / "files"


def path_of(sha256: str) -> Path:
    """Return where the bytes with this digest are, whether or not they exist."""
    return root() / sha256[:2] / sha256[2:4] / sha256


def receive(chunks: Iterable[bytes], limit: int | None = None) -> Incoming:
    """Write ``chunks`` to a file in ``files/incoming``. Raises TooManyBytes past ``limit`` and leaves nothing."""
    folder = root() / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if limit is not None and size > limit:
                    raise TooManyBytes
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Incoming(path, digest.hexdigest(), size)


def keep(incoming: Incoming) -> Path:
    """Move what arrived to its place. The same bytes twice are one file; a damaged copy is replaced."""
    target = path_of(incoming.sha256)
    if target.exists() and target.stat().st_size == incoming.size:
        incoming.path.unlink()
        return target
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(incoming.path, target)
    # The rename and the new folders must survive a power cut, or a row could be left without bytes.
    for folder in (target.parent, target.parent.parent, root()):
        _sync(folder)
    return target


def discard(incoming: Incoming) -> None:
    """Delete what arrived, if it is still there."""
    incoming.path.unlink(missing_ok=True)


def open_stored(sha256: str) -> BinaryIO:
    """Open kept bytes for reading. Raises FileNotFoundError."""
    return path_of(sha256).open("rb")


def drop(sha256: str) -> bool:
    """Delete kept bytes; return whether they were there."""
    path = path_of(sha256)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    _sync(path.parent)
    return True


def sweep(older_than_seconds: float = 86_400) -> int:
    """Delete what a killed process left in ``incoming``; return how many."""
    swept, now = 0, time.time()
    for path in (root() / "incoming").glob("*"):
        try:
            if now - path.stat().st_mtime > older_than_seconds:
                path.unlink()
                swept += 1
        except FileNotFoundError:  # another worker was faster
            continue
    return swept


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
