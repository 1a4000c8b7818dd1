"""Giving an encryption key to whom it belongs: in an envelope for another key, or in a file under a passphrase."""

import os
from typing import Any

from asn1crypto import algos, core, keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import pkcs12

from zhengtong.capabilities.keys.signer.answers import Refused
from zhengtong.core.crypto import sm2

SHORTEST_PASSPHRASE = 12
_ITERATIONS = 600_000
_SM4_ECB = "1.2.156.10197.1.104.1"
# asn1crypto says its classes without types.
_PRIVATE_KEY_INFO: Any = keys.PrivateKeyInfo
_EC_PRIVATE_KEY: Any = keys.ECPrivateKey
_ENCRYPTED: Any = keys.EncryptedPrivateKeyInfo
_SALT: Any = algos.Pbkdf2Salt
_ANY: Any = core.Any
_SEQUENCE: Any = core.Sequence


class _EnvelopedKey(core.Sequence):
    """SM2EnvelopedKey of GM/T 0009, 7.4."""

    _fields = [
        ("algorithm", algos.AlgorithmIdentifier),
        ("encrypted_key", core.Any),
        ("public_key", core.OctetBitString),
        ("encrypted_private_key", core.OctetBitString),
    ]


def envelop(pkcs8: bytes, recipient: bytes) -> bytes:
    """Return an SM2 private key as DER SM2EnvelopedKey for the SM2 public key ``recipient`` (SubjectPublicKeyInfo)."""
    session = os.urandom(16)
    private = _EC_PRIVATE_KEY.load(_PRIVATE_KEY_INFO.load(pkcs8)["private_key"].contents)
    scalar = private["private_key"].contents.rjust(32, b"\0")
    # GM/T 0009 says ECB: two blocks that are themselves random, under a key used once.
    cipher = Cipher(algorithms.SM4(session), modes.ECB()).encryptor()
    try:
        sealed = sm2.encrypt(recipient, session)
    except ValueError:
        raise Refused("bad_recipient", "接收人的公钥不是可用的 SM2 公钥，没有交付。") from None
    kind: Any = _EnvelopedKey
    envelope = kind(
        {
            "algorithm": {"algorithm": _SM4_ECB},
            "encrypted_key": _ANY(_SEQUENCE.load(sealed)),
            "public_key": sm2.point_of_spki(sm2.public_of(pkcs8)),
            "encrypted_private_key": cipher.update(scalar) + cipher.finalize(),
        }
    )
    return bytes(envelope.dump())


def protect(pkcs8: bytes, algorithm: str, passphrase: str, certificate: bytes, title: str) -> tuple[bytes, str]:
    """Return the key under ``passphrase`` and the file's kind: PKCS #12, or encrypted PKCS #8 for SM2."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused("weak_secret", f"文件口令至少 {SHORTEST_PASSPHRASE} 个字符，没有交付。")
    if algorithm == "sm2":
        # PKCS #12 with SM2 is read by few; PKCS #8 by all.
        return _encrypt_pkcs8(pkcs8, passphrase), "p8"
    key = serialization.load_der_private_key(pkcs8, None)
    owner = x509.load_der_x509_certificate(certificate) if certificate else None
    encryption = serialization.BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(title.encode(), key, owner, None, encryption), "p12"  # type: ignore[arg-type]  # P-256 or RSA: made here


def _encrypt_pkcs8(pkcs8: bytes, passphrase: str) -> bytes:
    salt, vector = os.urandom(16), os.urandom(16)
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, _ITERATIONS).derive(passphrase.encode())
    pad = PKCS7(128).padder()
    cipher = Cipher(algorithms.AES256(key), modes.CBC(vector)).encryptor()
    sealed = cipher.update(pad.update(pkcs8) + pad.finalize()) + cipher.finalize()
    derivation = {
        "algorithm": "pbkdf2",
        "parameters": {
            "salt": _SALT(name="specified", value=salt),
            "iteration_count": _ITERATIONS,
            "prf": {"algorithm": "sha256"},
        },
    }
    parameters = {
        "key_derivation_func": derivation,
        "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": vector},
    }
    algorithm = {"algorithm": "pbes2", "parameters": parameters}
    return bytes(_ENCRYPTED({"encryption_algorithm": algorithm, "encrypted_data": sealed}).dump())
