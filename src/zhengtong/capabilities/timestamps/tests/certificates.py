"""Certificates that no authority of the platform issued, made like its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding


def write_pem(path: Path, *certificates: bytes) -> None:
    """Write certificates given in DER."""
    parsed = [x509.load_der_x509_certificate(der) for der in certificates]
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in parsed))


def make_impostor(certificate: bytes, chain: list[bytes]) -> tuple[bytes, list[bytes], Callable[[bytes], bytes]]:
    """Return a certificate, its chain and a way to sign, with the names and extensions of the true ones."""
    key = parent_key = ec.generate_private_key(ec.SECP256R1())
    made: list[bytes] = []
    now = datetime.now(UTC)
    for true in map(x509.load_der_x509_certificate, (chain[-1], certificate)):
        key = ec.generate_private_key(ec.SECP256R1())
        parent = x509.load_der_x509_certificate(made[0]).subject if made else true.subject
        parent_key = parent_key if made else key
        builder = x509.CertificateBuilder(parent, true.subject, key.public_key(), true.serial_number)
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        for extension in true.extensions:
            if isinstance(extension.value, x509.BasicConstraints | x509.KeyUsage | x509.ExtendedKeyUsage):
                builder = builder.add_extension(extension.value, extension.critical)
        made.insert(0, builder.sign(parent_key, hashes.SHA256()).public_bytes(Encoding.DER))
        parent_key = key
    return made[0], made[1:], lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))
