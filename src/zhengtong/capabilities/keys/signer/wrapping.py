"""Key-encryption keys: what wraps SM2 keys and data keys. The wrapped text names the key that wrapped it."""

import os
import sqlite3
import uuid

from zhengtong.capabilities.keys.signer.answers import Refused
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.device import Device
from zhengtong.capabilities.keys.signer.store import Store

MARK = b"ZK1"
HEAD = 7
NONCE = 12


class Wrapping:
    """Wraps under the newest key-encryption key, unwraps under the one that the text names. They stay in the device."""

    def __init__(self, store: Store, clock: Clock, device: Device) -> None:
        self._store, self._clock, self._device = store, clock, device
        if not self.newest():
            identity = self.prepare()
            with store.writing():
                self.add(identity)

    def newest(self) -> int:
        row = self._store.row("SELECT max(number) AS number FROM key_encryption_keys")
        return int(row["number"] or 0) if row else 0

    def prepare(self) -> str:
        """Make a key-encryption key in the device, not yet used; return its identity there."""
        identity = f"kek-{uuid.uuid4().hex}"
        self._device.make_wrapping_key(identity)
        return identity

    def add(self, identity: str) -> int:
        """Let everything new be wrapped under ``identity``, in the caller's transaction."""
        now = self._clock.now()
        self._store.run("UPDATE key_encryption_keys SET retired_at = ? WHERE retired_at IS NULL", now)
        return self._store.insert("INSERT INTO key_encryption_keys (identity, made_at) VALUES (?, ?)", identity, now)

    def rows(self) -> list[sqlite3.Row]:
        return self._store.rows("SELECT * FROM key_encryption_keys ORDER BY number DESC")

    def wrap(self, plain: bytes, about: bytes) -> bytes:
        """Return ``plain`` under the newest key, bound to what it is (``about``)."""
        number = self.newest()
        head = MARK + number.to_bytes(HEAD - len(MARK), "big")
        nonce = os.urandom(NONCE)
        return head + nonce + self._device.wrap(self._identity(number), nonce, plain, head + about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        head, nonce, sealed = wrapped[:HEAD], wrapped[HEAD : HEAD + NONCE], wrapped[HEAD + NONCE :]
        if head[: len(MARK)] != MARK or not 16 < len(sealed) <= 65536:
            raise Refused("not_wrapped", "这不是本签名服务包裹的密钥，或者内容已被截断。")
        number = int.from_bytes(head[len(MARK) :], "big")
        plain = self._device.unwrap(self._identity(number), nonce, sealed, head + about)
        if plain is None:
            raise Refused("not_wrapped", "包裹的密钥打不开：内容被改动过，或者不是本签名服务包裹的。")
        self._store.count("UPDATE key_encryption_keys SET uses = uses + 1 WHERE number = ?", number)
        return plain

    def _identity(self, number: int) -> str:
        row = self._store.row("SELECT identity FROM key_encryption_keys WHERE number = ?", number)
        if row is None:
            raise Refused("unknown_kek", f"包裹它的第 {number} 号密钥加密密钥不在本签名服务里。")
        return str(row["identity"])
