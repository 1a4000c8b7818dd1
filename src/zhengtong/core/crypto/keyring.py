"""Data keys, unwrapped by the signer and held in memory for a time: no value waits for a socket.

A held key is renewed from the signer when it has grown old (``DATA_KEY_FRESH_SECONDS``). When the signer doesn't
answer, it goes on until ``DATA_KEY_SECONDS`` are over; after that nothing of it is read or written, and the person gets
the signer's sentence. Which key is in use is read from the database at the same pace, so that a change reaches every
process without a restart.
"""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import inf
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection

from zhengtong.core.crypto import signer
from zhengtong.core.crypto.domain import Aead, CipherName, Unreadable, make_aead
from zhengtong.core.crypto.models import DataKey, DataKeyUse
from zhengtong.core.crypto.signer import SignerUnavailable
from zhengtong.kernel.keyfile import load_key

# After the signer did not answer, nobody asks again for so long.
PATIENCE_SECONDS = 5.0


@dataclass(slots=True)
class HeldKey:
    """A data key in memory. ``secret`` is there for files, whose own keys are derived from it."""

    number: int
    cipher: CipherName
    aead: Aead
    secret: bytes = field(repr=False)
    fresh_until: float
    until: float


@dataclass(frozen=True, slots=True)
class HandedKeys:
    """Keys on their way to a process beside this one."""

    active: dict[str, int]
    secrets: dict[int, tuple[CipherName, bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    use: str
    cipher: CipherName
    wrapped: str
    is_active: bool


class Keyring:
    """A process's held keys."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._held: dict[int, HeldKey] = {}
        self._rows: dict[int, _Row] = {}
        self._active: dict[str, int] = {}
        self._rows_until = 0.0

    def forget(self) -> None:
        """Let go of every key and of what is known of them: what changed is read anew."""
        with self._lock:
            self._held, self._rows, self._active, self._rows_until = {}, {}, {}, 0.0

    def active(self, use: DataKeyUse) -> HeldKey | None:
        """Return the key that seals what is written now, or None in an installation without data keys.

        Raises SignerUnavailable.
        """
        if self._clock() >= self._rows_until:
            self._read_rows()
        number = self._active.get(use)
        return None if number is None else self.get(number)

    def get(self, number: int) -> HeldKey:
        """Return the key with this number. Raises Unreadable when there is none, SignerUnavailable."""
        held = self._held.get(number)
        if held is not None and self._clock() < held.fresh_until:
            return held
        # While one thread asks the signer, the others go on with what is held.
        is_good = held is not None and self._clock() < held.until
        if not self._lock.acquire(blocking=not is_good):
            assert held is not None
            return held
        try:
            return self._renew(number)
        finally:
            self._lock.release()

    def hand_over(self) -> "HandedKeys":
        """Return the keys in use, for a process beside this one that works without a database. Never to a disk."""
        keys = [self.active(use) for use in DataKeyUse]
        return HandedKeys(
            {use: key.number for use, key in zip(DataKeyUse, keys, strict=True) if key is not None},
            {key.number: (key.cipher, key.secret) for key in keys if key is not None},
        )

    def take_over(self, handed: "HandedKeys") -> None:
        """Hold what another process handed over, for as long as this one lives."""
        with self._lock:
            self._active = dict(handed.active)
            self._held = {
                number: HeldKey(number, cipher, make_aead(cipher, secret), secret, inf, inf)
                for number, (cipher, secret) in handed.secrets.items()
            }
            self._rows_until = inf

    def _renew(self, number: int) -> HeldKey:
        held, now = self._held.get(number), self._clock()
        if held is not None and now < held.fresh_until:
            return held  # another thread was faster
        row = self._rows.get(number)
        if row is None:
            self._read_rows()
            row = self._rows.get(number)
        if row is None:
            raise Unreadable(f"sealed by data key {number}, which this installation does not know")
        try:
            secret = self._unwrap(row)
        except SignerUnavailable:
            if held is None or now >= held.until:
                self._held.pop(number, None)
                raise
            held.fresh_until = min(now + PATIENCE_SECONDS, held.until)
            return held
        renewed = HeldKey(
            number,
            row.cipher,
            make_aead(row.cipher, secret),
            secret,
            now + settings.DATA_KEY_FRESH_SECONDS,
            now + settings.DATA_KEY_SECONDS,
        )
        self._held[number] = renewed
        return renewed

    def _unwrap(self, row: _Row) -> bytes:
        try:
            return base64.b64decode(signer.call("unwrap", wrapped=row.wrapped)["key"])
        except signer.SignerRefused:
            # It may have been wrapped anew meanwhile, and its former key-encryption key destroyed.
            self._read_rows()
            return base64.b64decode(signer.call("unwrap", wrapped=self._rows[row.number].wrapped)["key"])

    def _read_rows(self) -> None:
        with self._lock:
            now = self._clock()
            try:
                rows = _list_rows()
            except DatabaseError:
                if not self._rows:
                    raise
                self._rows_until = now + PATIENCE_SECONDS  # what was known still holds
                return
            self._rows = {row.number: row for row in rows}
            self._active = {row.use: row.number for row in rows if row.is_active}
            self._rows_until = now + settings.DATA_KEY_FRESH_SECONDS


def _list_rows() -> list[_Row]:
    with connection.cursor() as cursor:
        # Older migrations write sealed values before there is such a table.
        cursor.execute("SELECT to_regclass(%s)", [DataKey._meta.db_table])
        if cursor.fetchone()[0] is None:
            return []
    found = DataKey.objects.values_list("number", "use", "cipher", "wrapped", "state")
    return [
        _Row(number, use, CipherName(cipher), wrapped, state == DataKey.State.ACTIVE)
        for number, use, cipher, wrapped, state in found
    ]


@cache
def _key_file(folder: Path) -> Path:
    # The same object each time: a path remembers its hash, and every digest asks for its key by it.
    return folder / "keys" / "data.key"


def file_key() -> bytes:
    """Return the installation's key file: it opens what was sealed before there were data keys, and makes digests."""
    return load_key(_key_file(settings.DATA_DIR))


keyring = Keyring()
