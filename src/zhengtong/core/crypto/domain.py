"""Sealing and digesting of personal data. The key file is the seam where a signer process will stand."""

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value does not open with this installation's key."""


def seal(key: bytes, plain: bytes) -> bytes:
    """Return ``plain`` under AES-256-GCM: version byte, nonce, ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Return what :func:`seal` hid; raise Unreadable when it was altered or the key is another."""
    if sealed[:1] != VERSION or len(sealed) <= NONCE_BYTES:
        raise Unreadable("unknown version of sealed value, or cut short")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], VERSION)
    except InvalidTag as error:
        raise Unreadable("sealed value was altered or sealed with another key") from error


def keyed_digest(key: bytes, value: str) -> str:
    """Return 64 hex digits that find an encrypted value again: HMAC-SHA-256 over its normalised form."""
    normalised = unicodedata.normalize("NFKC", value).strip().upper()
    return hmac.new(hashlib.sha256(b"digest" + key).digest(), normalised.encode(), hashlib.sha256).hexdigest()
