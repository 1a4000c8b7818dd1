"""The seal of a text: a signature over its bytes, its certificates, a time-stamp token over its SHA-256.

Beside a file ``P`` of an archive stand ``P.sig`` (DER signature), ``P.tst`` (DER token) and ``P.seal`` (JSON: algorithm
and the certificates by fingerprint), so that any tool can check each by itself.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from zhengtong_verify import sm2, timestamp
from zhengtong_verify.canonical import canonical
from zhengtong_verify.chain import Unreadable, check_chain, name_of, parse_certificate
from zhengtong_verify.findings import Finding, fails, holds
from zhengtong_verify.journal import is_hash

P256, SM2 = "p256", "sm2"
# A header is closed, signed and stamped in one go: further apart, one of the clocks or texts is wrong.
MOST_APART: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Seal:
    """What makes a text binding. ``certificates`` are DER, the signer's first, its issuers', the root's last.

    ``signature`` is over the text's bytes (DER ``SEQUENCE {r, s}``), ``algorithm`` ``p256`` (SHA-256) or ``sm2``
    (SM3, default identifier); ``token`` is the DER time-stamp token over the SHA-256 of the same bytes.
    """

    algorithm: str
    signature: bytes
    certificates: tuple[bytes, ...]
    token: bytes


@dataclass(frozen=True)
class Trust:
    """The roots that the reader brought: certificates, or fingerprints (SHA-256, hex) of what a file holds."""

    roots: tuple[bytes, ...] = ()
    fingerprints: frozenset[str] = frozenset()

    @property
    def is_pinned(self) -> bool:
        return bool(self.roots or self.fingerprints)

    def choose(self, held: Iterable[bytes]) -> list[bytes]:
        """Return the anchors for a file that holds these certificates: without any brought, its own roots."""
        if self.is_pinned:
            return [*self.roots, *(der for der in held if fingerprint(der) in self.fingerprints)]
        return [der for der in held if _is_root(der)]


@dataclass(frozen=True)
class Held:
    """A seal as a file holds it; what is missing or malformed is empty."""

    algorithm: str = ""
    signature: bytes = b""
    token: bytes = b""
    certificates: tuple[str, ...] = ()
    chain: tuple[bytes, ...] = field(default=())


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def write_seal(name: str, seal: Seal) -> dict[str, bytes]:
    """Return the files that stand beside ``name`` for its seal, certificates included."""
    prints = [fingerprint(der) for der in seal.certificates]
    files = {f"certificates/{each}.cer": der for each, der in zip(prints, seal.certificates, strict=True)}
    return files | {
        f"{name}.sig": seal.signature,
        f"{name}.tst": seal.token,
        f"{name}.seal": canonical({"algorithm": seal.algorithm, "certificates": prints}),
    }


def read_seal(files: Mapping[str, bytes], name: str) -> Held:
    try:
        described: Any = json.loads(files.get(f"{name}.seal", b""))
    except (ValueError, RecursionError):
        return Held()
    if not isinstance(described, dict) or not isinstance(described.get("algorithm"), str):
        return Held()
    prints = described.get("certificates")
    if not isinstance(prints, list) or not prints or not all(map(is_hash, prints)):
        return Held()
    chain = tuple(files.get(f"certificates/{each}.cer", b"") for each in prints)
    return Held(
        described["algorithm"], files.get(f"{name}.sig", b""), files.get(f"{name}.tst", b""), tuple(prints), chain
    )


def is_signed(certificate: bytes, algorithm: str, content: bytes, signature: bytes) -> bool:
    """Return whether the key in ``certificate`` signed ``content``."""
    spki = parse_certificate(certificate).public_key.dump()
    if algorithm == SM2:
        return sm2.verify(spki, content, signature)
    if algorithm != P256:
        return False
    try:
        key = load_der_public_key(spki)
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            return False
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def check_seal(files: Mapping[str, bytes], name: str, trust: Trust, *, stated: str) -> list[Finding]:
    """Return what was found about the seal of ``name``, whose text says that it was closed at ``stated``."""
    content, held = files[name], read_seal(files, name)
    if not held.chain or not held.signature or not held.token:
        return [fails("bad-seal", name=name)]
    known = [content for path, content in sorted(files.items()) if path.startswith("certificates/")]
    anchors = trust.choose(known)
    return judge(name, content, held, anchors=anchors, known=known, is_pinned=trust.is_pinned, stated=stated)


def judge(
    name: str,
    content: bytes,
    held: Held,
    *,
    anchors: list[bytes],
    known: list[bytes],
    is_pinned: bool,
    stated: str,
) -> list[Finding]:
    """Return what was found about a seal, the objections alone when there are some."""
    found = []
    try:
        signer = parse_certificate(held.chain[0])
        is_right = is_signed(held.chain[0], held.algorithm, content, held.signature)
    except Unreadable as error:
        return [fails("bad-certificate", name=name, why=str(error), code="unreadable")]
    if not is_right:
        found.append(fails("bad-signature", name=name))
    stamp = timestamp.check_token(held.token, hashlib.sha256(content).digest(), anchors=anchors, intermediates=known)
    for problem in stamp.problems:
        code = "wrong-root" if is_pinned and problem.code in _NOT_OURS else "bad-token"
        found.append(fails(code, name=name, why=problem.sentence, code=problem.code))
    at: datetime | None = stamp.at
    # A certificate is judged as of the moment that the token proves: it may have expired since.
    verdict = check_chain(held.chain[0], anchors=anchors, intermediates=known, at=at, usage="digital_signature")
    for objection in verdict.problems:
        code = "wrong-root" if is_pinned and objection.code in _NOT_OURS else "bad-certificate"
        found.append(fails(code, name=name, why=objection.sentence, code=objection.code))
    if at is not None and not _is_near(at, stated):
        found.append(fails("wrong-clock", name=name, stated=stated, stamped=at.isoformat()))
    if found:
        return list({(each.code, str(each.about)): each for each in found}.values())
    return [holds("sealed", name=name, signer=name_of(signer), at=at.isoformat() if at else "")]


_NOT_OURS: Final = frozenset({"untrusted", "self-signed"})


def _is_near(at: datetime, stated: str) -> bool:
    try:
        return abs(datetime.fromisoformat(stated) - at) <= MOST_APART
    except (ValueError, TypeError):
        return False


def _is_root(der: bytes) -> bool:
    try:
        certificate = parse_certificate(der)
    except Unreadable:
        return False
    return bool(certificate.subject == certificate.issuer)
