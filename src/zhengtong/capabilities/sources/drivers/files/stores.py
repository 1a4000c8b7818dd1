"""Where files lie: one flat folder, here. What leads out of it isn't opened, whatever it is called."""

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from zhengtong.capabilities.sources.failures import failure


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it was when it was looked at. ``changed`` is its time of change as the place counts it."""

    name: str
    size: int
    changed: float


class Store(Protocol):
    """A folder of files. Everything raises SourceError."""

    place: str

    def check(self) -> str: ...

    def entries(self) -> list[Entry]: ...

    def find(self, name: str) -> Entry | None: ...

    def fetch(self, entry: Entry) -> AbstractContextManager[IO[bytes]]:
        """Open a file for reading, as a local one that can be read back and forth."""
        ...

    def put(self, name: str, content: Path) -> None:
        """Bring a local file into the folder under ``name``, complete on the disk when this returns."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Rename in one step; what was called ``new`` is replaced."""
        ...

    def remove(self, name: str) -> None: ...

    def close(self) -> None: ...


def check_name(name: str) -> str:
    """Return ``name`` when it is a plain file name. Raises SourceError ``outside``."""
    if not name or name in (".", "..") or any(sign in name for sign in "/\\\0") or len(name.encode()) > 250:
        raise failure("outside", name=name)
    return name


def say(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else type(error).__name__


class LocalStore:
    """A folder of this machine below ``root``: what lies elsewhere isn't the managers' to read."""

    def __init__(self, folder: str, root: Path) -> None:
        self.place = folder
        try:
            path = (root / folder).resolve(strict=True)
        except (OSError, ValueError):
            raise failure("unreachable", place=folder) from None
        if not folder.strip() or not path.is_relative_to(root.resolve()) or not path.is_dir():
            raise failure("outside", name=folder)
        # Held open, so that a folder that is replaced by a link meanwhile leads nowhere else.
        self._folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)

    def check(self) -> str:
        return self.place

    def entries(self) -> list[Entry]:
        try:
            with os.scandir(self._folder) as found:
                names = [each.name for each in found if each.is_file(follow_symlinks=False)]
        except OSError as error:
            raise self._failed(error) from None
        return [entry for name in sorted(names) if (entry := self.find(name)) is not None]

    def find(self, name: str) -> Entry | None:
        try:
            known = os.stat(check_name(name), dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from None
        return Entry(name, known.st_size, known.st_mtime_ns)

    @contextmanager
    def fetch(self, entry: Entry) -> Iterator[IO[bytes]]:
        try:
            descriptor = os.open(check_name(entry.name), os.O_RDONLY | os.O_NOFOLLOW, dir_fd=self._folder)
        except FileNotFoundError:
            raise failure("table-missing", name=entry.name) from None
        except OSError as error:
            raise self._failed(error) from None
        with os.fdopen(descriptor, "rb") as file:
            yield file
            known = os.fstat(file.fileno())
            if (known.st_size, known.st_mtime_ns) != (entry.size, entry.changed):
                raise failure("changed", name=entry.name)

    def put(self, name: str, content: Path) -> None:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            descriptor = os.open(check_name(name), flags, 0o640, dir_fd=self._folder)
            with os.fdopen(descriptor, "wb") as file, content.open("rb") as given:
                while block := given.read(1 << 20):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failed(error) from None

    def rename(self, old: str, new: str) -> None:
        try:
            os.rename(check_name(old), check_name(new), src_dir_fd=self._folder, dst_dir_fd=self._folder)
            os.fsync(self._folder)
        except OSError as error:
            raise self._failed(error) from None

    def remove(self, name: str) -> None:
        try:
            os.unlink(check_name(name), dir_fd=self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> None:
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    def _failed(self, error: OSError) -> Exception:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return failure("target-full", place=self.place)
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return failure("denied", place=self.place, said=say(error))
        if error.errno == errno.ELOOP:
            return failure("outside", name=self.place)
        return failure("unreachable", place=self.place)
