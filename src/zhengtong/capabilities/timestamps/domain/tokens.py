"""Time-stamp tokens (RFC 3161) as CMS (RFC 5652), signed by whatever signs: the key itself is elsewhere.

The certificate is named by ESSCertIDv2 with SHA-512 written out (RFC 5816). Left to its default, SHA-256, the field
stands for itself by being absent, and programs that compare it then search every certificate they know.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from asn1crypto.x509 import Certificate

from zhengtong.capabilities.timestamps.domain import der
from zhengtong.capabilities.timestamps.domain.der import OCTETS, SEQUENCE, SET, Reader, oid, write
from zhengtong.capabilities.timestamps.domain.requests import Failure, RequestRefused, StampRequest
from zhengtong_verify.sm2 import sm3

# An arc that needs no registration (ITU-T X.667). The last number says which clock the time was read from.
_ARC = f"2.25.{UUID('b7e5f6a0-3c1e-4a7d-8a53-52c0d5f7a911').int}"
LOCAL_CLOCK = f"{_ARC}.1"
SYNCHRONISED_CLOCK = f"{_ARC}.2"

_DATA = oid("1.2.840.113549.1.7.2")
_TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
_SHA512 = write(SEQUENCE, oid("2.16.840.1.101.3.4.2.3"))

# A kind of key: the digest that is signed, its identifier and the signature's.
_KINDS: dict[str, tuple[Callable[[bytes], bytes], bytes, bytes]] = {
    "p256": (
        lambda content: hashlib.sha256(content).digest(),
        write(SEQUENCE, oid("2.16.840.1.101.3.4.2.1")),
        write(SEQUENCE, oid("1.2.840.10045.4.3.2")),
    ),
    "sm2": (sm3, write(SEQUENCE, oid("1.2.156.10197.1.401")), write(SEQUENCE, oid("1.2.156.10197.1.501"))),
}


@dataclass(frozen=True)
class Moment:
    """A time to be certified: read under which policy, and how far it may be off (None: nobody knows)."""

    at: datetime
    policy: str
    accuracy_ms: int | None = None


class TokenMaker:
    """Makes tokens with one certificate. What is the same in all of them is made once."""

    def __init__(
        self, certificate: bytes, chain: Sequence[bytes], algorithm: str, sign: Callable[[bytes], bytes]
    ) -> None:
        """``certificate`` and the ``chain`` above it in DER; ``sign`` returns the signature over what it is given."""
        self._digest, self._digest_algorithm, self._signature_algorithm = _KINDS[algorithm]
        self._sign = sign
        parsed = Certificate.load(certificate)
        issuer, serial = parsed.issuer.dump(), der.integer(parsed.serial_number)
        self._sid = write(SEQUENCE, issuer, serial)
        issuer_serial = write(SEQUENCE, write(SEQUENCE, write(0xA4, issuer)), serial)
        digest = write(OCTETS, hashlib.sha512(certificate).digest())
        named = write(SEQUENCE, write(SEQUENCE, write(SEQUENCE, _SHA512, digest, issuer_serial)))
        self._content_type = write(SEQUENCE, _CONTENT_TYPE, write(SET, _TST_INFO))
        self._signing_certificate = write(SEQUENCE, _SIGNING_CERTIFICATE, write(SET, named))
        # The root is left out: who trusts it has it, and who hasn't doesn't trust it for being sent.
        self._certificates = write(0xA0, *sorted((certificate, *chain[:-1])))

    def make(self, request: StampRequest, moment: Moment, serial: int) -> bytes:
        """Return the token (a CMS ContentInfo) in DER; raise RequestRefused for a policy that isn't the moment's."""
        policy = oid(moment.policy)
        if request.policy and request.policy != policy:
            raise RequestRefused(Failure.UNACCEPTED_POLICY)
        info = write(
            SEQUENCE,
            der.integer(1),
            policy,
            request.imprint,
            der.integer(serial),
            write(der.TIME, write_time(moment.at)),
            b"" if moment.accuracy_ms is None else _accuracy(moment.accuracy_ms),
            request.nonce,
        )
        digest = write(SEQUENCE, _MESSAGE_DIGEST, write(SET, write(OCTETS, self._digest(info))))
        attributes = b"".join(sorted((self._content_type, digest, self._signing_certificate)))
        signature = self._sign(write(SET, attributes))
        signer = write(
            SEQUENCE,
            der.integer(1),
            self._sid,
            self._digest_algorithm,
            write(0xA0, attributes),
            self._signature_algorithm,
            write(OCTETS, signature),
        )
        signed = write(
            SEQUENCE,
            der.integer(3),
            write(SET, self._digest_algorithm),
            write(SEQUENCE, _TST_INFO, write(0xA0, write(OCTETS, info))),
            self._certificates if request.wants_certificates else b"",
            write(SET, signer),
        )
        return write(SEQUENCE, _DATA, write(0xA0, signed))


def write_time(at: datetime) -> bytes:
    """Return GeneralizedTime with milliseconds as DER has it: in UTC, no zeros at the end of the fraction."""
    utc = at.astimezone(UTC)
    fraction = f"{utc.microsecond // 1000:03}".rstrip("0")
    return f"{utc:%Y%m%d%H%M%S}{'.' if fraction else ''}{fraction}Z".encode()


def write_granted(token: bytes) -> bytes:
    """Return the answer with a token."""
    return write(SEQUENCE, write(SEQUENCE, der.integer(0)), token)


def write_refused(failure: Failure, say: str) -> bytes:
    """Return the answer without one: status rejection, a sentence, and the reason's bit."""
    octets, bit = divmod(failure, 8)
    bits = bytes((7 - bit,)) + bytes(octets) + bytes((0x80 >> bit,))
    status = write(SEQUENCE, der.integer(2), write(SEQUENCE, write(der.UTF8, say.encode())), write(der.BITS, bits))
    return write(SEQUENCE, status)


def read_sentence(reply: bytes) -> str:
    """Return the sentence of an answer that :func:`write_refused` made."""
    status = Reader(Reader(Reader(reply).take(SEQUENCE)).take(SEQUENCE))
    status.take(der.INTEGER)
    return Reader(status.take(SEQUENCE)).take(der.UTF8).decode()


def _accuracy(milliseconds: int) -> bytes:
    seconds, rest = divmod(milliseconds, 1000)
    parts = [der.integer(seconds)] if seconds else []
    if rest:
        parts.append(write(0x80, der.integer(rest)[2:]))
    return write(SEQUENCE, *parts)
