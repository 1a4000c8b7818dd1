"""What holds keys so that they can be used and not be read: a PKCS #11 module here, another device by the same calls.

A GM/T 0018 device (SDF) is reached by a class of this shape, named in ``SIGNER_DEVICE``; with ``sm2`` among its
``algorithms`` SM2 keys are made and used inside it instead of being wrapped. The software SM2 that serves without one
is no certified cryptographic product.
"""

from typing import Protocol

from zhengtong.capabilities.keys.signer.answers import Refused


class DeviceAway(Refused):
    """The device doesn't answer. It is asked again with the next request."""

    def __init__(self) -> None:
        super().__init__("device_away", "密码设备没有应答，没有执行；请检查设备连接，恢复后会自动继续。")


class Device(Protocol):
    """Keys are named by ``identity``; every method raises :class:`DeviceAway` when the device doesn't answer."""

    algorithms: frozenset[str]

    def describe(self) -> str:
        """Return what it is, for people."""

    def generate(self, identity: str, algorithm: str) -> bytes:
        """Make a key pair that can't be taken out; return its DER SubjectPublicKeyInfo."""

    def sign(self, identity: str, algorithm: str, message: bytes) -> bytes:
        """Return the signature as ``core/crypto/signer.py`` says."""

    def destroy(self, identity: str) -> None:
        """Remove a key for good."""

    def make_wrapping_key(self, identity: str) -> None:
        """Make an AES-256 key that can't be taken out."""

    def wrap(self, identity: str, nonce: bytes, plain: bytes, about: bytes) -> bytes:
        """Return ``plain`` under AES-256-GCM with its tag, bound to ``about``."""

    def unwrap(self, identity: str, nonce: bytes, sealed: bytes, about: bytes) -> bytes | None:
        """Return what :meth:`wrap` hid; None when it was altered."""
