"""The content-addressed directory: ``files/ab/cd/<sha256>``. What a file says never changes.

The address is the digest of what was given; what lies there is encrypted (``sealing``), or plain from the time before
the installation had data keys.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from zhengtong.core.crypto.public import DataKeyUse, HeldKey, Unreadable, keyring
from zhengtong.core.files import sealing

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
    """Move what arrived to its place, encrypted. The same bytes twice are one file; a damaged copy is replaced.

    Raises SignerUnavailable when the key for files can't be had.
    """
    target = path_of(incoming.sha256)
    if _is_kept(target, incoming):
        incoming.path.unlink()
        return target
    held = keyring.active(DataKeyUse.FILES)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if held is None:
        os.replace(incoming.path, target)
    else:
        with incoming.path.open("rb") as plain:
            _write_sealed(plain, incoming.sha256, held, target)
        incoming.path.unlink()
    # The rename and the new folders must survive a power cut, or a row could be left without bytes.
    for folder in (target.parent, target.parent.parent, root()):
        _sync(folder)
    return target


def _is_kept(target: Path, incoming: Incoming) -> bool:
    """Say whether the bytes are there already and open; what lies there damaged or under a lost key is replaced."""
    try:
        if sealing.plain_size(target) != incoming.size:
            return False
        with open_stored(incoming.sha256) as stored:
            stored.read(1)
    except (FileNotFoundError, Unreadable):
        return False
    return True


def discard(incoming: Incoming) -> None:
    """Delete what arrived, if it is still there."""
    incoming.path.unlink(missing_ok=True)


def open_stored(sha256: str) -> BinaryIO:
    """Open kept bytes, decrypted where one reads. Raises FileNotFoundError, Unreadable, SignerUnavailable."""
    return sealing.open_sealed(path_of(sha256), sha256, keyring.get)


def reseal(sha256: str, number: int) -> bool:
    """Bring kept bytes under the data key ``number``; return whether there was anything to do. Raises Unreadable.

    The file is whole at every moment: the new one takes the old one's place in one step.
    """
    path = path_of(sha256)
    try:
        if sealing.number_of(path) == number:
            return False
        with open_stored(sha256) as plain:
            _write_sealed(plain, sha256, keyring.get(number), path)
    except FileNotFoundError:  # deleted meanwhile
        return False
    _sync(path.parent)
    return True


def list_stored(after: str, count: int) -> list[str]:
    """Return the next ``count`` digests of kept bytes after ``after``, in their order."""
    found: list[str] = []
    for first in _folders(root(), after[:2]):
        for second in _folders(first, after[2:4] if first.name == after[:2] else ""):
            found += sorted(path.name for path in second.iterdir() if path.name > after)
            if len(found) >= count:
                return found[:count]
    return found


def _folders(folder: Path, least: str) -> list[Path]:
    if not folder.exists():
        return []
    return sorted(path for path in folder.iterdir() if len(path.name) == 2 and path.name >= least)


def _write_sealed(plain: BinaryIO, sha256: str, held: HeldKey, target: Path) -> None:
    folder = root() / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = folder / secrets.token_hex(16)
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealing.write_sealed(plain, file, sha256, held)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


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
