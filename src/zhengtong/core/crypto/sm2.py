"""SM2 with the private key in hand (GB/T 32918): make, sign, encrypt, decrypt. The signer's work, on libcrypto.

No Django here: the signer runs without it. Keys go in and out as DER, PKCS #8 for the private and SubjectPublicKeyInfo
for the public side. Nonces come from the library's generator, never from Python's ``random``.

Software SM2 is no certified cryptographic product; a certified device stands behind the signer by the same calls.
"""

import ctypes

from zhengtong_verify.libcrypto import KeyHandle, load, read_pkcs8, read_spki, sm3_method, write
from zhengtong_verify.sm2 import DEFAULT_IDENTIFIER, MAX_IDENTIFIER_BYTES, point_of_spki, sm3, spki_of_point, verify

__all__ = [
    "DEFAULT_IDENTIFIER",
    "PrivateKey",
    "decrypt",
    "encrypt",
    "generate",
    "point_of_spki",
    "public_of",
    "sign",
    "sm3",
    "spki_of_point",
    "verify",
]

# DER of r and s: each at most 33 bytes and two of head, and the sequence's two.
MAX_SIGNATURE_BYTES = 72
# SM2 wraps keys; what is longer belongs under SM4 with an SM2-wrapped key.
MAX_PLAIN_BYTES = 64 * 1024


class PrivateKey:
    """An SM2 private key read once and used many times, from any number of threads."""

    def __init__(self, pkcs8: bytes) -> None:
        """Read a DER PrivateKeyInfo; raise ValueError when it is none of an SM2 key."""
        handle = read_pkcs8(pkcs8)
        if handle is None:
            raise ValueError("not the PKCS #8 of an SM2 private key")
        self._handle = handle

    def public(self) -> bytes:
        """Return the public side as DER SubjectPublicKeyInfo."""
        return write(load().i2d_PUBKEY, self._handle.pointer)

    def sign(self, message: bytes, identifier: bytes = DEFAULT_IDENTIFIER) -> bytes:
        """Return the DER ``SEQUENCE {r, s}`` over SM3(Z ‖ message); raise ValueError for too long an identifier."""
        if len(identifier) > MAX_IDENTIFIER_BYTES:
            raise ValueError("an SM2 identifier has at most 8191 bytes")
        library = load()
        pointer = self._handle.pointer
        buffer = ctypes.create_string_buffer(MAX_SIGNATURE_BYTES)
        size = ctypes.c_size_t(MAX_SIGNATURE_BYTES)
        context = library.EVP_MD_CTX_new()
        key_context = library.EVP_PKEY_CTX_new(pointer, None)
        try:
            library.EVP_MD_CTX_set_pkey_ctx(context, key_context)
            made = (
                library.EVP_PKEY_CTX_set1_id(key_context, identifier, len(identifier)) == 1
                and library.EVP_DigestSignInit(context, None, sm3_method(), None, pointer) == 1
                and library.EVP_DigestSign(context, buffer, ctypes.byref(size), message, len(message)) == 1
            )
        finally:
            library.EVP_MD_CTX_free(context)
            library.EVP_PKEY_CTX_free(key_context)
        if not made:
            library.ERR_clear_error()
            raise ValueError("libcrypto did not sign with this key")
        return buffer.raw[: size.value]

    def decrypt(self, sealed: bytes) -> bytes:
        """Return what was encrypted for this key; raise ValueError when it was altered or meant for another."""
        plain = _run("decrypt", self._handle, sealed)
        if plain is None:
            raise ValueError("not encrypted for this SM2 key, or altered")
        return plain


def generate() -> bytes:
    """Return a new private key as DER PrivateKeyInfo, unencrypted: wrap it before it is stored."""
    library = load()
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    pointer = ctypes.c_void_p()
    try:
        made = library.EVP_PKEY_keygen_init(context) == 1 and (
            library.EVP_PKEY_generate(context, ctypes.byref(pointer)) == 1
        )
    finally:
        library.EVP_PKEY_CTX_free(context)
    if not made or not pointer.value:
        library.ERR_clear_error()
        raise ValueError("libcrypto made no SM2 key")
    handle = KeyHandle(pointer.value)
    info = library.EVP_PKEY2PKCS8(handle.pointer)
    try:
        return write(library.i2d_PKCS8_PRIV_KEY_INFO, info)
    finally:
        library.PKCS8_PRIV_KEY_INFO_free(info)


def public_of(pkcs8: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of a private key; raise ValueError."""
    return PrivateKey(pkcs8).public()


def sign(pkcs8: bytes, message: bytes, identifier: bytes = DEFAULT_IDENTIFIER) -> bytes:
    """Sign once. Who signs often keeps a :class:`PrivateKey`: reading the key costs as much as a signature."""
    return PrivateKey(pkcs8).sign(message, identifier)


def encrypt(spki: bytes, plain: bytes) -> bytes:
    """Return ``plain`` encrypted for the key ``spki``: GB/T 32918.4 in the order C1 C3 C2, as GM/T 0009 writes it in
    ASN.1, ``SEQUENCE {x, y, hash, ciphertext}``. Raise ValueError when the key is none or there is nothing to hide.
    """
    if not 0 < len(plain) <= MAX_PLAIN_BYTES:
        raise ValueError("SM2 encrypts from one byte to 64 KiB")
    handle = read_spki(spki)
    if handle is None:
        raise ValueError("not the SubjectPublicKeyInfo of an SM2 key")
    while True:
        sealed = _run("encrypt", handle, plain)
        if sealed is None:
            raise ValueError("libcrypto did not encrypt for this key")
        # GB/T 32918.4, 6.1 A5: a key stream of nothing but zeros is drawn again. The library (3.0) skips this step, and
        # one byte would stand in the open once in 256 times.
        if not sealed.endswith(plain):
            return sealed


def decrypt(pkcs8: bytes, sealed: bytes) -> bytes:
    """Decrypt once; raise ValueError when it was altered, is for another key or is no SM2 ciphertext."""
    return PrivateKey(pkcs8).decrypt(sealed)


def _run(act: str, handle: KeyHandle, given: bytes) -> bytes | None:
    library = load()
    begin, run = getattr(library, f"EVP_PKEY_{act}_init"), getattr(library, f"EVP_PKEY_{act}")
    size = ctypes.c_size_t()
    context = library.EVP_PKEY_CTX_new(handle.pointer, None)
    try:
        result: bytes | None = None
        if begin(context) == 1 and run(context, None, ctypes.byref(size), given, len(given)) == 1 and size.value:
            buffer = ctypes.create_string_buffer(size.value)
            if run(context, buffer, ctypes.byref(size), given, len(given)) == 1:
                result = buffer.raw[: size.value]
    finally:
        library.EVP_PKEY_CTX_free(context)
    if result is None:
        library.ERR_clear_error()
    return result
