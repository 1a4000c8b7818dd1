"""``tsa``: time-stamp tokens a second on one core, from a request's octets to the answer's, without HTTP and rows.

The token is made with a P-256 key in this process, so that one core does everything: the signer's socket and its token
add their own time. The reference is the bare signature over as many octets by the same key, what no authority can do
without. A process of ``openssl ts -reply`` for each request, the usual small authority, is slower by an order of
magnitude and would say little.
"""

import hashlib
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from benchmarks.figure import Figure, compare
from zhengtong.capabilities.timestamps import authority
from zhengtong.capabilities.timestamps.domain import der
from zhengtong.capabilities.timestamps.domain.requests import make_request
from zhengtong.capabilities.timestamps.domain.tokens import TokenMaker
from zhengtong_verify.timestamp import check_token, token_of

EACH = 400


def run() -> Figure:
    """Return the figure. Raises RuntimeError when a token is not accepted."""
    key = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(hashes.SHA256())
    certificate = _certify(key)
    maker = TokenMaker(certificate, [certificate], "p256", lambda message: key.sign(message, algorithm))
    requests = [_write_request(number) for number in range(EACH)]
    with tempfile.TemporaryDirectory() as folder:
        settings.DATA_DIR = Path(folder)  # a clock of its own
        reply, request, _stamp = authority.answer(requests[0], lambda: maker)
        if request is None or not check_token(token_of(reply), request.digest, anchors=[certificate]).is_valid:
            raise RuntimeError("the token is not accepted")

        def stamp() -> float:
            began = process_time()
            for content in requests:
                authority.answer(content, lambda: maker)
            return EACH / (process_time() - began)

        def sign() -> float:
            message, began = secrets.token_bytes(300), process_time()
            for _ in range(EACH):
                key.sign(message, algorithm)
            return EACH / (process_time() - began)

        return compare(
            "tsa", stamp, sign, unit="tokens/s", described="bare P-256 signatures over as many octets, same key"
        )


def _write_request(number: int) -> bytes:
    request = make_request(hashlib.sha256(number.to_bytes(8)).digest(), "sha256")
    nonce = der.integer(secrets.randbits(64))
    return der.write(der.SEQUENCE, der.integer(1), request.imprint, nonce, der.write(der.BOOLEAN, b"\xff"))


def _certify(key: ec.EllipticCurvePrivateKey) -> bytes:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Benchmark TSA")]), datetime.now(UTC)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    return built.add_extension(usage, critical=True).sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
