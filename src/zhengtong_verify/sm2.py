"""SM2 signatures (GB/T 32918.2) checked, with the signer's identifier, and SM3 digests (GB/T 32905)."""

from functools import lru_cache

from cryptography.hazmat.primitives import hashes

from zhengtong_verify.libcrypto import KeyHandle, load, read_spki, sm3_method

# GM/T 0009: who has no identifier of its own signs with this one.
DEFAULT_IDENTIFIER = b"1234567812345678"
# An identifier's length in bits is written in two bytes (GB/T 32918.2, 5.5).
MAX_IDENTIFIER_BYTES = 8191

# SubjectPublicKeyInfo of an SM2 key: id-ecPublicKey, the curve 1.2.156.10197.1.301, then 04 ‖ x ‖ y.
_SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def sm3(message: bytes) -> bytes:
    """Return the 32 bytes of SM3 over ``message``."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def spki_of_point(point: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of an SM2 key given as 04 ‖ x ‖ y or x ‖ y; raise ValueError."""
    if len(point) == 64:
        point = b"\x04" + point
    if len(point) != 65 or point[0] != 4:
        raise ValueError("an SM2 public key is 04, x and y, 65 bytes")
    return _SPKI_HEAD + point


def point_of_spki(spki: bytes) -> bytes:
    """Return 04 ‖ x ‖ y of a DER SubjectPublicKeyInfo of an SM2 key; raise ValueError."""
    if len(spki) != len(_SPKI_HEAD) + 65 or not spki.startswith(_SPKI_HEAD + b"\x04"):
        raise ValueError("not the SubjectPublicKeyInfo of an SM2 key with an uncompressed point")
    return spki[len(_SPKI_HEAD) :]


def is_public_key(spki: bytes) -> bool:
    """Say whether ``spki`` is the DER SubjectPublicKeyInfo of an SM2 key whose point is on the curve."""
    return _key(spki) is not None


def verify(spki: bytes, message: bytes, signature: bytes, identifier: bytes = DEFAULT_IDENTIFIER) -> bool:
    """Say whether ``signature`` (DER ``SEQUENCE {r, s}``, GM/T 0009) over ``message`` was made by the key ``spki``.

    What is signed is SM3(Z ‖ message), and Z binds the identifier and the key. Anything malformed is no signature:
    nothing is raised for what an outsider can send.
    """
    if len(identifier) > MAX_IDENTIFIER_BYTES:
        return False
    key = _key(spki)
    if key is None:
        return False
    library = load()
    context = library.EVP_MD_CTX_new()
    key_context = library.EVP_PKEY_CTX_new(key.pointer, None)
    try:
        library.EVP_MD_CTX_set_pkey_ctx(context, key_context)
        valid = (
            library.EVP_PKEY_CTX_set1_id(key_context, identifier, len(identifier)) == 1
            and library.EVP_DigestVerifyInit(context, None, sm3_method(), None, key.pointer) == 1
            and library.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1
        )
    finally:
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_CTX_free(key_context)
    if not valid:
        library.ERR_clear_error()
    return bool(valid)


@lru_cache(maxsize=256)
def _key(spki: bytes) -> KeyHandle | None:
    # Reading a key and checking its point costs a tenth of a verification.
    return read_spki(spki)
