"""The system's libcrypto (OpenSSL 3 or later): what `cryptography` doesn't offer, SM2 first of all.

A call through :mod:`ctypes` leaves the interpreter's lock; the library's objects used here may be read from any number
of threads at once. The same library serves Python's own :mod:`ssl`, so its queue of errors is left empty.
"""

import ctypes
import ctypes.util
from collections.abc import Iterator
from functools import cache
from typing import Any

OLDEST = 0x30000000
NAMES = ("libcrypto.so.3", "libcrypto.so.4", "libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto-3.dll")

_P, _INT, _SIZE, _TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t, ctypes.c_char_p
_SIZE_OUT, _POINTER_OUT, _LONG = ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(ctypes.c_void_p), ctypes.c_long

FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "EVP_MD_fetch": (_P, (_P, _TEXT, _TEXT)),
    "EVP_MD_CTX_new": (_P, ()),
    "EVP_MD_CTX_free": (None, (_P,)),
    "EVP_MD_CTX_set_pkey_ctx": (None, (_P, _P)),
    "EVP_PKEY_CTX_new": (_P, (_P, _P)),
    "EVP_PKEY_CTX_new_from_name": (_P, (_P, _TEXT, _TEXT)),
    "EVP_PKEY_CTX_free": (None, (_P,)),
    "EVP_PKEY_CTX_set1_id": (_INT, (_P, _TEXT, _INT)),
    "EVP_PKEY_keygen_init": (_INT, (_P,)),
    "EVP_PKEY_generate": (_INT, (_P, _POINTER_OUT)),
    "EVP_PKEY_is_a": (_INT, (_P, _TEXT)),
    "EVP_PKEY_free": (None, (_P,)),
    "EVP_PKEY_encrypt_init": (_INT, (_P,)),
    "EVP_PKEY_encrypt": (_INT, (_P, _P, _SIZE_OUT, _TEXT, _SIZE)),
    "EVP_PKEY_decrypt_init": (_INT, (_P,)),
    "EVP_PKEY_decrypt": (_INT, (_P, _P, _SIZE_OUT, _TEXT, _SIZE)),
    "EVP_DigestSignInit": (_INT, (_P, _P, _P, _P, _P)),
    "EVP_DigestSign": (_INT, (_P, _P, _SIZE_OUT, _TEXT, _SIZE)),
    "EVP_DigestVerifyInit": (_INT, (_P, _P, _P, _P, _P)),
    "EVP_DigestVerify": (_INT, (_P, _TEXT, _SIZE, _TEXT, _SIZE)),
    "EVP_PKEY2PKCS8": (_P, (_P,)),
    "EVP_PKCS82PKEY": (_P, (_P,)),
    "PKCS8_PRIV_KEY_INFO_free": (None, (_P,)),
    "d2i_PKCS8_PRIV_KEY_INFO": (_P, (_P, _POINTER_OUT, _LONG)),
    "i2d_PKCS8_PRIV_KEY_INFO": (_INT, (_P, _POINTER_OUT)),
    "d2i_PUBKEY": (_P, (_P, _POINTER_OUT, _LONG)),
    "i2d_PUBKEY": (_INT, (_P, _POINTER_OUT)),
}


class LibcryptoMissing(Exception):
    """This machine has no libcrypto of OpenSSL 3 or later with SM2 and SM3."""


@cache
def load() -> Any:
    """Return the library, its functions typed; raise LibcryptoMissing."""
    for library in _libraries():
        try:
            for name, (result, arguments) in FUNCTIONS.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, list(arguments)
        except AttributeError:
            continue  # an older one, or built without something
        if library.OpenSSL_version_num() >= OLDEST and library.EVP_MD_fetch(None, b"SM3", None):
            library.ERR_clear_error()
            return library
    raise LibcryptoMissing("no libcrypto of OpenSSL 3 or later with SM2 and SM3 was found")


def _libraries() -> Iterator[ctypes.CDLL]:
    # First the one that Python's own ssl brought in: found through that module's file, whatever it is called here.
    own: list[str] = []
    try:
        import _ssl

        own.append(_ssl.__file__)
    except (ImportError, AttributeError):
        pass  # built into the interpreter, or not there
    for name in (*own, *NAMES, ctypes.util.find_library("crypto")):
        try:
            if name:
                yield ctypes.CDLL(name)
        except OSError:
            continue


@cache
def sm3_method() -> Any:
    """Return the library's SM3, fetched once: looking it up costs more than a short message's digest."""
    return load().EVP_MD_fetch(None, b"SM3", None)


class KeyHandle:
    """A key held by the library, let go with the last reference to this object."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        # Kept here: at the interpreter's end the module's names may be gone before the last key is.
        self._free = load().EVP_PKEY_free

    def __del__(self) -> None:
        self._free(self.pointer)


def read_spki(der: bytes) -> KeyHandle | None:
    """Return the SM2 key of a DER SubjectPublicKeyInfo, or None: not one, not on the curve, or with bytes behind it."""
    library = load()
    pointer = _parse(library.d2i_PUBKEY, der)
    return _accept(library, pointer)


def read_pkcs8(der: bytes) -> KeyHandle | None:
    """Return the SM2 key of a DER PrivateKeyInfo, or None."""
    library = load()
    info = _parse(library.d2i_PKCS8_PRIV_KEY_INFO, der, library.PKCS8_PRIV_KEY_INFO_free)
    if info is None:
        return None
    try:
        pointer = library.EVP_PKCS82PKEY(info)
    finally:
        library.PKCS8_PRIV_KEY_INFO_free(info)
    return _accept(library, pointer)


def write(function: Any, pointer: int) -> bytes:
    """Return the DER that one of the library's ``i2d`` functions gives for ``pointer``; raise ValueError."""
    size = function(pointer, None)
    if size <= 0:
        load().ERR_clear_error()
        raise ValueError("libcrypto could not write this key")
    buffer = ctypes.create_string_buffer(size)
    start = ctypes.c_void_p(ctypes.addressof(buffer))
    function(pointer, ctypes.byref(start))
    return buffer.raw


def _parse(function: Any, der: bytes, free: Any = None) -> Any:
    library = load()
    buffer = ctypes.create_string_buffer(der, len(der))
    start = ctypes.c_void_p(ctypes.addressof(buffer))
    pointer = function(None, ctypes.byref(start), len(der))
    if not pointer:
        library.ERR_clear_error()
        return None
    if start.value != ctypes.addressof(buffer) + len(der):
        (free or library.EVP_PKEY_free)(pointer)
        return None
    return pointer


def _accept(library: Any, pointer: Any) -> KeyHandle | None:
    if not pointer:
        library.ERR_clear_error()
        return None
    handle = KeyHandle(pointer)
    is_sm2 = library.EVP_PKEY_is_a(pointer, b"SM2") == 1
    library.ERR_clear_error()
    return handle if is_sm2 else None
