"""Sealing and digesting of personal data. The key file is the seam where a signer process will stand."""

import hashlib
import hmac
import os
import unicodedata
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32


class Unreadable(Exception):
    """A sealed value does not open with this installation's key."""


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
        raise Unreadable(f"{path} does not hold a {KEY_BYTES}-byte key")
    return key


def seal(key: bytes, plain: bytes) -> bytes:
    """Return ``plain`` under AES-256-GCM: version byte, nonce, ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Return what :func:`seal` hid; raise Unreadable when it was altered or the key is another."""
    if sealed[:1] != VERSION:
        raise Unreadable("unknown version of sealed value")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], VERSION)
    except InvalidTag as error:
        raise Unreadable("sealed value was altered or sealed with another key") from error


def keyed_digest(key: bytes, value: str) -> str:
    """Return 64 hex digits that find an encrypted value again: HMAC-SHA-256 over its normalised form."""
    normalised = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.new(hashlib.sha256(b"digest" + key).digest(), normalised.encode(), hashlib.sha256).hexdigest()
