"""Sealing and digesting of personal data: the formats of sealed values, and the two ciphers they are made with.

Version 1 is sealed by the key file of an installation that had no signer yet. Version 2 names its data key by number;
the data key itself is stored wrapped, and only the signer opens it. Both are read for ever.
"""

import hashlib
import hmac
import os
import struct
import unicodedata
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16

# Version 2: the version's byte and the data key's number, then nonce and ciphertext with its tag.
ENVELOPE = 2
HEAD = struct.Struct(">BH")
LARGEST_NUMBER = 0xFFFF


class Unreadable(Exception):
    """A sealed value does not open with this installation's key."""


class CipherName(StrEnum):
    """What a data key encrypts with. The values are those of the signer's wire."""

    AES256 = "aes256"
    SM4 = "sm4"


class Aead(Protocol):
    """A key that encrypts with a tag, as `cryptography` writes AES-GCM."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes: ...


class SM4GCM:
    """SM4 (GB/T 32907) in GCM with its tag behind the ciphertext (RFC 8998), shaped as AESGCM is."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        context = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(associated_data or b"")
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None, /) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        context = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        context.authenticate_additional_data(associated_data or b"")
        return context.update(data[:-TAG_BYTES]) + context.finalize()


_KEY_BYTES = {CipherName.AES256: 32, CipherName.SM4: 16}


def key_bytes(cipher: CipherName) -> int:
    """Return how many bytes a key of ``cipher`` has."""
    return _KEY_BYTES[cipher]


def make_aead(cipher: CipherName, key: bytes) -> Aead:
    """Return ``key`` ready for use; raise ValueError when it has not the cipher's length."""
    if len(key) != _KEY_BYTES[cipher]:
        raise ValueError(f"a key of {cipher} has {_KEY_BYTES[cipher]} bytes, not {len(key)}")
    return AESGCM(key) if cipher is CipherName.AES256 else SM4GCM(key)


def head_of(number: int) -> bytes:
    """Return how every value sealed by the data key ``number`` begins."""
    return HEAD.pack(ENVELOPE, number)


def number_of(sealed: bytes) -> int:
    """Return which data key sealed a value: 0 for the key file. Raise Unreadable for what is no sealed value."""
    if sealed[:1] == VERSION:
        return 0
    if len(sealed) <= HEAD.size + NONCE_BYTES or sealed[0] != ENVELOPE:
        raise Unreadable("unknown version of sealed value, or cut short")
    return int(HEAD.unpack_from(sealed)[1])


def seal_with(aead: Aead, number: int, plain: bytes) -> bytes:
    """Return ``plain`` sealed by the data key ``number``, which is ``aead``."""
    head, nonce = head_of(number), os.urandom(NONCE_BYTES)
    return head + nonce + aead.encrypt(nonce, plain, head)


def unseal_with(aead: Aead, sealed: bytes) -> bytes:
    """Return what :func:`seal_with` hid; raise Unreadable when it was altered or sealed by another key."""
    start = HEAD.size + NONCE_BYTES
    try:
        return aead.decrypt(sealed[HEAD.size : start], sealed[start:], sealed[: HEAD.size])
    except InvalidTag as error:
        raise Unreadable("sealed value was altered or sealed with another key") from error


def seal(key: bytes, plain: bytes) -> bytes:
    """Return ``plain`` under AES-256-GCM of the key file: version byte, nonce, ciphertext with its tag."""
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
