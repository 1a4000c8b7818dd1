"""Keys kept as files of mode 0600 in the data folder, made at first use."""

import os
from functools import cache
from pathlib import Path

KEY_BYTES = 32


class UnusableKey(Exception):
    """A key file doesn't hold a key."""


@cache
def load_key(path: Path) -> bytes:
    """Return the key kept in ``path`` (mode 0600), making it at first use.

    Two processes may start at once: the key is written aside and linked into place, so the first one wins
    and nobody ever reads half a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UnusableKey(f"{path} does not hold a {KEY_BYTES}-byte key")
    return key
