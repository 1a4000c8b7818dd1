"""How certificates and keys are handed out: PEM, a PKCS #7 chain, PKCS #12 with a password, an enveloped SM2 key."""

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, core, keys, pem, pkcs12, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

ROUNDS = 100_000


def to_pem(*ders: bytes) -> bytes:
    """Return certificates one after the other in PEM."""
    return b"".join(pem.armor("CERTIFICATE", der) for der in ders)


def list_to_pem(der: bytes) -> bytes:
    return bytes(pem.armor("X509 CRL", der))


def to_pkcs7(ders: Iterable[bytes]) -> bytes:
    """Return the certificates as a PKCS #7 SignedData that signs nothing (``.p7b``, RFC 5652 5.1)."""
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", x509.Certificate.load(der)) for der in ders],
            "signer_infos": [],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


@dataclass(frozen=True)
class Entry:
    """A private key (DER PrivateKeyInfo), its certificate, and what programs list it as."""

    private_key: bytes
    certificate: bytes
    name: str


def to_pkcs12(entries: Sequence[Entry], *, chain: Iterable[bytes], password: str) -> bytes:
    """Return keys and their chain under ``password`` (RFC 7292): AES-256-CBC with PBKDF2 over HMAC-SHA-256 for keys
    and certificates, HMAC-SHA-256 over the whole.

    Written out here because ``cryptography`` packs no SM2 key; OpenSSL, Java and Windows open both kinds.
    """
    bags, key_bags = [], []
    for entry in entries:
        attributes = _attributes(entry)
        bags.append(_certificate_bag(entry.certificate, attributes))
        algorithm, sealed = _encrypt(entry.private_key, password)
        shrouded = keys.EncryptedPrivateKeyInfo({"encryption_algorithm": algorithm, "encrypted_data": sealed})
        key_bags.append({"bag_id": "pkcs8_shrouded_key_bag", "bag_value": shrouded, "bag_attributes": attributes})
    bags += [_certificate_bag(each, None) for each in chain]
    algorithm, sealed = _encrypt(pkcs12.SafeContents(bags).dump(), password)
    encrypted = cms.EncryptedData(
        {
            "version": "v0",
            "encrypted_content_info": {
                "content_type": "data",
                "content_encryption_algorithm": algorithm,
                "encrypted_content": sealed,
            },
        }
    )
    safe = pkcs12.AuthenticatedSafe(
        [
            cms.ContentInfo({"content_type": "encrypted_data", "content": encrypted}),
            cms.ContentInfo(
                {"content_type": "data", "content": core.OctetString(pkcs12.SafeContents(key_bags).dump())}
            ),
        ]
    ).dump()
    salt = os.urandom(16)
    mac = hmac.new(_mac_key(password, salt), safe, hashlib.sha256).digest()
    whole = pkcs12.Pfx(
        {
            "version": "v3",
            "auth_safe": cms.ContentInfo({"content_type": "data", "content": core.OctetString(safe)}),
            "mac_data": {
                "mac": {"digest_algorithm": {"algorithm": "sha256", "parameters": core.Null()}, "digest": mac},
                "mac_salt": salt,
                "iterations": ROUNDS,
            },
        }
    )
    return bytes(whole.dump())


def _attributes(entry: Entry) -> list[dict[str, object]]:
    local = hashlib.sha1(entry.certificate, usedforsecurity=False).digest()
    return [{"type": "local_key_id", "values": [local]}, {"type": "friendly_name", "values": [entry.name]}]


def _certificate_bag(der: bytes, attributes: list[dict[str, object]] | None) -> dict[str, object]:
    bag: dict[str, object] = {
        "bag_id": "cert_bag",
        "bag_value": pkcs12.CertBag({"cert_id": "x509", "cert_value": core.ParsableOctetString(der)}),
    }
    return bag if attributes is None else bag | {"bag_attributes": attributes}


def _encrypt(plain: bytes, password: str) -> tuple[algos.EncryptionAlgorithm, bytes]:
    salt, start = os.urandom(16), os.urandom(16)
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, ROUNDS).derive(password.encode())
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(start)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    derivation = {
        "algorithm": "pbkdf2",
        "parameters": {
            "salt": algos.Pbkdf2Salt("specified", core.OctetString(salt)),
            "iteration_count": ROUNDS,
            "prf": {"algorithm": "sha256", "parameters": core.Null()},
        },
    }
    scheme = {"algorithm": "aes256_cbc", "parameters": core.OctetString(start)}
    parameters = {"key_derivation_func": derivation, "encryption_scheme": scheme}
    return algos.EncryptionAlgorithm({"algorithm": "pbes2", "parameters": parameters}), sealed


def _mac_key(password: str, salt: bytes) -> bytes:
    """RFC 7292 appendix B.2 with SHA-256, purpose 3: 32 bytes need one block of it."""
    given = password.encode("utf-16-be") + b"\x00\x00"
    block = 64
    spread = (salt * block)[: block * -(-len(salt) // block)] + (given * block)[: block * -(-len(given) // block)]
    digest = hashlib.sha256(bytes([3]) * block + spread).digest()
    for _round in range(ROUNDS - 1):
        digest = hashlib.sha256(digest).digest()
    return digest
