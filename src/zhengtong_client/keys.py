"""Keys that sign envelopes: Ed25519, P-256 (ECDSA, SHA-256) and, where a device or libcrypto signs, SM2 with SM3."""

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

ED25519: Final = "ed25519"
P256: Final = "p256"
SM2: Final = "sm2"
# How the DER of an SM2 key begins up to its point: id-ecPublicKey on the curve 1.2.156.10197.1.301.
_SM2_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class Signer(Protocol):
    """Whoever signs: a key in a file (:class:`PrivateKey`), or a device that holds it, by a class of your own."""

    @property
    def key_id(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


def name_key(spki: bytes) -> str:
    """Return the name of a key: the first 16 hex digits of the SHA-256 of its DER SubjectPublicKeyInfo."""
    return hashlib.sha256(spki).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. ``spki`` is its DER SubjectPublicKeyInfo."""

    algorithm: str
    spki: bytes
    _key: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | None

    @classmethod
    def read(cls, content: bytes | str) -> "PublicKey":
        """Read PEM or DER. Raises ValueError for what isn't a public key of the three kinds."""
        data = content.encode() if isinstance(content, str) else content
        der = _to_der(data.strip()) if b"-----BEGIN" in data else data
        if der.startswith(_SM2_HEAD):
            from zhengtong_verify.sm2 import is_public_key

            if not is_public_key(der):
                raise ValueError("not a point of the SM2 curve")
            return cls(SM2, der, None)
        try:
            key = serialization.load_der_public_key(der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ValueError("not a public key") from error
        if isinstance(key, ed25519.Ed25519PublicKey):
            return cls(ED25519, der, key)
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            return cls(P256, der, key)
        raise ValueError("a key of this kind isn't taken: Ed25519, P-256 or SM2")

    @property
    def key_id(self) -> str:
        return name_key(self.spki)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Say whether this key made ``signature`` over ``message``; nothing is raised for what a stranger sends."""
        try:
            match self._key:
                case ed25519.Ed25519PublicKey():
                    self._key.verify(signature, message)
                case ec.EllipticCurvePublicKey():
                    self._key.verify(signature, message, ec.ECDSA(SHA256()))
                case None:
                    from zhengtong_verify import sm2

                    return sm2.verify(self.spki, message, signature)
        except InvalidSignature:
            return False
        return True


def _to_der(pem: bytes) -> bytes:
    import base64
    import binascii

    lines = pem.splitlines()
    if lines[0].strip() != b"-----BEGIN PUBLIC KEY-----":
        raise ValueError("not the PEM of a public key")
    try:
        return base64.b64decode(b"".join(line.strip() for line in lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise ValueError("not the PEM of a public key") from error


class PrivateKey:
    """A private key in memory, Ed25519 or P-256."""

    def __init__(self, key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._name = name_key(self.spki)

    @classmethod
    def generate(cls) -> "PrivateKey":
        """Make a new Ed25519 key."""
        return cls(ed25519.Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, pem: bytes | str, passphrase: str = "") -> "PrivateKey":
        """Read a PEM private key. Raises ValueError."""
        data = pem.encode() if isinstance(pem, str) else pem
        try:
            key = serialization.load_pem_private_key(data, passphrase.encode() or None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("the private key can't be read: not PEM, or another passphrase") from error
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return cls(key)
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            return cls(key)
        raise ValueError("a key of this kind isn't taken: Ed25519 or P-256")

    @property
    def key_id(self) -> str:
        return self._name

    @property
    def public_pem(self) -> str:
        return (
            self._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def to_pem(self, passphrase: str = "") -> str:
        protection = (
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
        )
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        ).decode()

    def sign(self, message: bytes) -> bytes:
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        return self._key.sign(message, ec.ECDSA(SHA256()))
