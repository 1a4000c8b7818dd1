"""Keys that sign: made here, used here, never given out."""

import functools
import sqlite3
import threading
import uuid
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from zhengtong.capabilities.keys.signer import ledger
from zhengtong.capabilities.keys.signer.answers import Refused, encode
from zhengtong.capabilities.keys.signer.clock import Clock
from zhengtong.capabilities.keys.signer.device import Device
from zhengtong.capabilities.keys.signer.store import Store
from zhengtong.capabilities.keys.signer.wrapping import Wrapping
from zhengtong.core.crypto import sm2

ALGORITHMS = ("p256", "rsa3072", "sm2")
PURPOSES = ("ca", "timestamp", "seal", "identity", "journal", "content", "encipherment")
ESCROWED = "encipherment"
_HELD_IN_MEMORY = 512


class Keys:
    """Those that the device makes stay in it; the others are wrapped, and opened in this process alone."""

    def __init__(self, store: Store, clock: Clock, wrapping: Wrapping, device: Device) -> None:
        self._store, self._clock, self._wrapping, self._device = store, clock, wrapping, device
        self._making = threading.Lock()
        self._load = functools.lru_cache(maxsize=_HELD_IN_MEMORY)(self._open)

    def create(self, name: str, algorithm: str, purpose: str, *, predecessor: str = "") -> sqlite3.Row:
        """Make the key ``name``; when it is there already with these properties, it is the answer."""
        if algorithm not in ALGORITHMS:
            raise Refused("unknown_algorithm", f"签名服务没有“{algorithm[:40]}”这种密钥。")
        if purpose not in PURPOSES:
            raise Refused("unknown_purpose", f"签名服务没有“{purpose[:40]}”这种用途。")
        with self._making:
            row = self._store.row("SELECT * FROM keys WHERE name = ?", name)
            if row is None:
                place, material, spki = self._make(name, algorithm, purpose)
                with self._store.writing() as store:
                    now = self._clock.now()
                    store.run(
                        "INSERT INTO keys (name, algorithm, purpose, spki, place, material, made_at, predecessor) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        *(name, algorithm, purpose, spki, place, material, now, predecessor),
                    )
                    detail = {"algorithm": algorithm, "purpose": purpose, "place": place}
                    ledger.write(store, now, "create", name, **detail, predecessor=predecessor)
                row = self.find(name)
        if (row["algorithm"], row["purpose"]) != (algorithm, purpose):
            raise Refused("name_taken", f"已有名为“{name}”的密钥，算法或用途不同。")
        return row

    def succeed(self, name: str, successor: str) -> sqlite3.Row:
        """Make ``successor``, which follows ``name`` in its purpose; the old one goes on until it is retired."""
        old = self.find(name)
        _require_alive(old)
        if old["purpose"] == ESCROWED:
            raise Refused("wrong_purpose", "加密密钥随加密证书更换，不单独轮换。")
        return self.create(successor, old["algorithm"], old["purpose"], predecessor=name)

    def retire(self, name: str, reason: str, *, seconds: int) -> sqlite3.Row:
        """Let ``name`` sign no more after ``seconds``: who has just read its certificate still may until then.

        What it signed is verified by its public key for ever.
        """
        with self._store.writing() as store:
            now = self._clock.now()
            if store.run(
                "UPDATE keys SET ended_at = ? WHERE name = ? AND state = 'active' AND ended_at IS NULL",
                *(now + seconds, name),
            ):
                ledger.write(store, now, "retire", name, reason=reason, seconds=seconds)
        self.end_retired()
        return self.find(name)

    def end_retired(self) -> None:
        """Retire those whose time has come. Called every few seconds."""
        self._store.count(
            "UPDATE keys SET state = 'retired' WHERE state = 'active' AND ended_at <= ?", self._clock.now()
        )

    def find(self, name: str) -> sqlite3.Row:
        row = self._store.row("SELECT * FROM keys WHERE name = ?", name)
        if row is None:
            raise Refused("unknown_key", f"签名服务里没有名为“{name}”的密钥。")
        return row

    def sign(self, name: str, message: bytes, purpose: str) -> bytes:
        row = self.find(name)
        if row["purpose"] != purpose:
            raise Refused("wrong_purpose", f"密钥“{name}”不能作“{purpose[:40]}”用途。")
        if purpose == ESCROWED:
            raise Refused("wrong_purpose", "加密证书的密钥不用来签名。")
        _require_alive(row)
        if row["place"] == "device":
            return self._device.sign(bytes(row["material"]).decode(), row["algorithm"], message)
        return _sign(row["algorithm"], self._load(name), message)

    def count_use(self, name: str) -> None:
        self._store.count("UPDATE keys SET uses = uses + 1, used_at = ? WHERE name = ?", self._clock.now(), name)

    def open_escrowed(self, name: str) -> bytes:
        """Return the private key (PKCS #8) of an encryption certificate; there is no way to another's."""
        row = self.find(name)
        if row["purpose"] != ESCROWED or row["place"] != "wrapped":
            raise Refused("not_escrowed", "签名密钥不托管，也不能导出；只有加密密钥可以。")
        if row["state"] == "destroyed":
            raise Refused("key_destroyed", f"密钥“{name}”已经销毁。")
        return self._wrapping.unwrap(bytes(row["material"]), _about(name))

    def destroyable(self, name: str) -> str:
        """Return under which identity the device holds ``name``; nothing when it is wrapped here."""
        row = self.find(name)
        return bytes(row["material"]).decode() if row["place"] == "device" else ""

    def destroy(self, store: Store, name: str) -> None:
        """Forget the material of ``name`` in the caller's transaction. Its public side stays, for verifying."""
        now = self._clock.now()
        store.run("UPDATE keys SET state = 'destroyed', material = x'', ended_at = ? WHERE name = ?", now, name)
        self._load.cache_clear()

    def rewrap_all(self, store: Store) -> int:
        """Wrap every wrapped key under the newest key-encryption key, in the caller's transaction."""
        rows = store.rows("SELECT name, material FROM keys WHERE place = 'wrapped' AND state <> 'destroyed'")
        for row in rows:
            about = _about(row["name"])
            again = self._wrapping.wrap(self._wrapping.unwrap(bytes(row["material"]), about), about)
            store.run("UPDATE keys SET material = ? WHERE name = ?", again, row["name"])
        return len(rows)

    def _make(self, name: str, algorithm: str, purpose: str) -> tuple[str, bytes, bytes]:
        if algorithm in self._device.algorithms and purpose != ESCROWED:
            identity = uuid.uuid4().hex
            return "device", identity.encode(), self._device.generate(identity, algorithm)
        private, spki = _generate(algorithm)
        return "wrapped", self._wrapping.wrap(private, _about(name)), spki

    def _open(self, name: str) -> Any:
        row = self.find(name)
        private = self._wrapping.unwrap(bytes(row["material"]), _about(name))
        if row["algorithm"] == "sm2":
            return sm2.PrivateKey(private)
        return serialization.load_der_private_key(private, None)


def describe(row: sqlite3.Row) -> dict[str, Any]:
    """Return what the wire says of a key."""
    return {
        **{name: row[name] for name in ("name", "algorithm", "purpose", "state", "place", "uses", "predecessor")},
        **{name: row[name] for name in ("made_at", "used_at", "ended_at")},
        "spki": encode(bytes(row["spki"])),
    }


def _about(name: str) -> bytes:
    return f"key:{name}".encode()


def _require_alive(row: sqlite3.Row) -> None:
    if row["state"] == "destroyed":
        raise Refused("key_destroyed", f"密钥“{row['name']}”已经销毁，不能再签名。")
    if row["state"] == "retired":
        raise Refused("key_retired", f"密钥“{row['name']}”已经停用，由新的密钥接替，不能再签名。")


def _generate(algorithm: str) -> tuple[bytes, bytes]:
    if algorithm == "sm2":
        made = sm2.generate()
        return made, sm2.public_of(made)
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = ec.generate_private_key(ec.SECP256R1()) if algorithm == "p256" else rsa.generate_private_key(65537, 3072)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, spki


def _sign(algorithm: str, key: Any, message: bytes) -> bytes:
    if algorithm == "p256":
        signature: bytes = key.sign(message, ec.ECDSA(hashes.SHA256()))
    elif algorithm == "rsa3072":
        signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(message)
    return signature
