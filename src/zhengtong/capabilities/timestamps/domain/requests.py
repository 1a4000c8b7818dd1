"""A request for a time stamp (RFC 3161, 2.4.1), read strictly, and the reasons why it is refused (2.4.2)."""

from dataclasses import dataclass
from enum import IntEnum

from zhengtong.capabilities.timestamps.domain import der
from zhengtong.capabilities.timestamps.domain.der import NotDer, Reader

LONGEST_REQUEST = 4096
LONGEST_NONCE = 64

# Digests that may be stamped, by the content of their identifiers, with their lengths.
DIGESTS = {
    "sha256": ("2.16.840.1.101.3.4.2.1", 32),
    "sha384": ("2.16.840.1.101.3.4.2.2", 48),
    "sha512": ("2.16.840.1.101.3.4.2.3", 64),
    "sha3_256": ("2.16.840.1.101.3.4.2.8", 32),
    "sha3_384": ("2.16.840.1.101.3.4.2.9", 48),
    "sha3_512": ("2.16.840.1.101.3.4.2.10", 64),
    "sm3": ("1.2.156.10197.1.401", 32),
}
_BY_OID = {der.oid(dotted): (name, size) for name, (dotted, size) in DIGESTS.items()}


class Failure(IntEnum):
    """PKIFailureInfo's bits."""

    BAD_ALGORITHM = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    SYSTEM_FAILURE = 25


class RequestRefused(Exception):
    """No time stamp for this request."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.name)
        self.failure = failure


@dataclass(frozen=True)
class StampRequest:
    """What is to be stamped. ``imprint``, ``policy`` and ``nonce`` are DER as they came, b"" what is absent."""

    algorithm: str
    digest: bytes
    imprint: bytes
    policy: bytes = b""
    nonce: bytes = b""
    wants_certificates: bool = False


def read_request(content: bytes) -> StampRequest:
    """Return the request; raise RequestRefused."""
    if len(content) > LONGEST_REQUEST:
        raise RequestRefused(Failure.BAD_REQUEST)
    try:
        return _read(content)
    except NotDer as error:
        raise RequestRefused(Failure.BAD_DATA_FORMAT) from error


def make_request(digest: bytes, algorithm: str, *, nonce: int | None = None, certificates: bool = True) -> StampRequest:
    """Return the request for a digest that this program made; raise ValueError when it has not its length."""
    dotted, size = DIGESTS[algorithm]
    if len(digest) != size:
        raise ValueError(f"{algorithm} has {size} bytes, not {len(digest)}")
    imprint = der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.oid(dotted)), der.write(der.OCTETS, digest))
    return StampRequest(
        algorithm, digest, imprint, nonce=b"" if nonce is None else der.integer(nonce), wants_certificates=certificates
    )


def _read(content: bytes) -> StampRequest:
    outer = Reader(content)
    fields = Reader(outer.take(der.SEQUENCE))
    outer.end()
    version = fields.take(der.INTEGER)
    der.check_integer(version)
    if version != b"\x01":
        raise RequestRefused(Failure.BAD_REQUEST)
    imprint = fields.take_whole(der.SEQUENCE)
    algorithm, digest = _read_imprint(imprint)
    policy = nonce = b""
    wants = False
    if fields.peek() == der.OID:
        policy = fields.take_whole(der.OID)
        der.check_oid(Reader(policy).take(der.OID))
    if fields.peek() == der.INTEGER:
        nonce = fields.take_whole(der.INTEGER)
        value = Reader(nonce).take(der.INTEGER)
        der.check_integer(value)
        if len(value) > LONGEST_NONCE:
            raise RequestRefused(Failure.BAD_REQUEST)
    if fields.peek() == der.BOOLEAN:
        flag = fields.take(der.BOOLEAN)
        if flag not in (b"\x00", b"\xff"):
            raise NotDer("not a truth value")
        wants = flag == b"\xff"
    if fields.peek() == 0xA0:
        # An extension that isn't known is refused, critical or not; this authority knows none.
        fields.take(0xA0)
        fields.end()
        raise RequestRefused(Failure.UNACCEPTED_EXTENSION)
    fields.end()
    return StampRequest(algorithm, digest, imprint, policy, nonce, wants)


def _read_imprint(imprint: bytes) -> tuple[str, bytes]:
    fields = Reader(Reader(imprint).take(der.SEQUENCE))
    parts = Reader(fields.take(der.SEQUENCE))
    oid = parts.take_whole(der.OID)
    der.check_oid(Reader(oid).take(der.OID))
    if not parts.is_done and parts.take(der.NULL):
        raise NotDer("a NULL with content")
    parts.end()
    digest = fields.take(der.OCTETS)
    fields.end()
    known = _BY_OID.get(oid)
    if known is None:
        raise RequestRefused(Failure.BAD_ALGORITHM)
    name, size = known
    if len(digest) != size:
        raise RequestRefused(Failure.BAD_DATA_FORMAT)
    return name, digest
