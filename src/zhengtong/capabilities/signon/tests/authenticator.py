"""An authenticator in software for tests: makes passkeys and signs with them, also what an honest one never would."""

import base64
import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """``origin`` and ``rp`` are what it believes to be at; ``counts`` False: it doesn't count (a synced passkey)."""

    origin: str
    rp: str
    counts: bool = True
    count: int = 0
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: token_bytes(16))
    user: bytes = b""

    def make(self, asked: dict[str, Any]) -> str:
        """Return what a browser sends after making a passkey."""
        options = asked["options"]["publicKey"]
        self.user = decode(options["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]  # fido2's
        credential = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor.encode(public)
        data = self._data(ATTESTED) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        response = {"clientDataJSON": encode(client), "attestationObject": encode(attestation)}
        return self._answer(response, {"credProps": {"rk": True}})

    def sign(self, asked: dict[str, Any]) -> str:
        """Return what a browser sends after signing in."""
        client = self._client("webauthn.get", asked["options"]["publicKey"]["challenge"])
        data = self._data(0)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": encode(client),
            "authenticatorData": encode(data),
            "signature": encode(signature),
            "userHandle": encode(self.user),
        }
        return self._answer(response, {})

    def _data(self, flags: int) -> bytes:
        if self.counts:
            self.count += 1
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return sha256(self.rp.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count if self.counts else 0)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, str], extensions: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": encode(self.credential_id),
                "rawId": encode(self.credential_id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": extensions,
            }
        )
