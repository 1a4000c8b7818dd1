"""OCSP (RFC 6960): reading a request, and the answer that a responder signs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asn1crypto import core, ocsp, x509

from zhengtong.capabilities.pki.domain.certificates import Sign
from zhengtong.capabilities.pki.domain.oids import signature_algorithm
from zhengtong.core.crypto.public import Algorithm
from zhengtong_verify.faults import READING_FAULTS

LONGEST_REQUEST = 16 * 1024
MOST_ASKED = 50
# RFC 9654 2.1: a nonce has 1 to 128 octets.
LONGEST_NONCE = 128


class Failure(StrEnum):
    """Why there is no answer; asn1crypto's names of OCSPResponseStatus."""

    MALFORMED = "malformed_request"
    TRY_LATER = "try_later"
    UNAUTHORISED = "unauthorized"


class Malformed(ValueError):
    """The bytes are no OCSP request that could be answered."""


@dataclass(frozen=True)
class Asked:
    """One certificate that is asked about: digests of its issuer's name and key, and its serial."""

    cert_id: ocsp.CertId
    hash_name: str
    name_hash: str
    key_hash: str
    serial: int


@dataclass(frozen=True)
class Request:
    """What was asked, and the nonce to be sent back (None: none was given)."""

    asked: tuple[Asked, ...]
    nonce: bytes | None


@dataclass(frozen=True)
class Answer:
    """The state of one certificate: ``good``, ``unknown``, or revoked with moment and reason."""

    asked: Asked
    is_known: bool
    revoked_at: datetime | None = None
    reason: str = "unspecified"


def read_request(der: bytes) -> Request:
    """Return what is asked. Raises Malformed, whatever was sent."""
    if len(der) > LONGEST_REQUEST:
        raise Malformed("too long")
    try:
        parsed = ocsp.OCSPRequest.load(der, strict=True)
        parsed.native  # noqa: B018  # reads every field, so that nothing fails later
        asked = tuple(_read_one(each["req_cert"]) for each in parsed["tbs_request"]["request_list"])
        value = parsed.nonce_value
        nonce = None if value is None else bytes(value.native)
        critical = parsed.critical_extensions
    except READING_FAULTS as error:
        raise Malformed("not a request") from error
    if not asked or len(asked) > MOST_ASKED:
        raise Malformed("nothing, or too much, is asked")
    if nonce is not None and not 1 <= len(nonce) <= LONGEST_NONCE:
        raise Malformed("the nonce is empty or too long")
    if critical - {"nonce", "acceptable_responses"}:
        raise Malformed("an extension has to be understood and isn't")
    return Request(asked, nonce)


def _read_one(cert_id: ocsp.CertId) -> Asked:
    return Asked(
        cert_id=cert_id,
        hash_name=cert_id["hash_algorithm"]["algorithm"].native,
        name_hash=cert_id["issuer_name_hash"].native.hex(),
        key_hash=cert_id["issuer_key_hash"].native.hex(),
        serial=cert_id["serial_number"].native,
    )


def fail(why: Failure) -> bytes:
    """Return the answer that there is none; nobody signs it."""
    return bytes(ocsp.OCSPResponse({"response_status": str(why)}).dump())


def make_response(
    *,
    answers: Sequence[Answer],
    nonce: bytes | None,
    responder: bytes,
    algorithm: Algorithm,
    sign: Sign,
    now: datetime,
    next_update: datetime,
) -> bytes:
    """Return the signed answer in DER with the ``responder``'s certificate in it, which is named by its key."""
    certificate = x509.Certificate.load(responder)
    key_hash = hashlib.sha1(bytes(certificate.public_key["public_key"]), usedforsecurity=False).digest()
    responses = [
        {
            "cert_id": answer.asked.cert_id,
            "cert_status": _status(answer),
            "this_update": now,
            "next_update": next_update,
        }
        for answer in answers
    ]
    fields: dict[str, object] = {
        "responder_id": ocsp.ResponderId("by_key", core.OctetString(key_hash)),
        "produced_at": now,
        "responses": responses,
    }
    if nonce is not None:
        fields["response_extensions"] = [{"extn_id": "nonce", "extn_value": nonce}]
    body = ocsp.ResponseData(fields)
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": body,
            "signature_algorithm": signature_algorithm(algorithm),
            "signature": sign(body.dump()),
            "certs": [certificate],
        }
    )
    whole = {
        "response_status": "successful",
        "response_bytes": {"response_type": "basic_ocsp_response", "response": basic},
    }
    return bytes(ocsp.OCSPResponse(whole).dump())


def _status(answer: Answer) -> ocsp.CertStatus:
    if not answer.is_known:
        return ocsp.CertStatus("unknown", ocsp.StatusUnknown())
    if answer.revoked_at is None:
        return ocsp.CertStatus("good", ocsp.StatusGood())
    revoked: dict[str, object] = {"revocation_time": answer.revoked_at}
    if answer.reason != "unspecified":
        revoked["revocation_reason"] = answer.reason
    return ocsp.CertStatus("revoked", ocsp.RevokedInfo(revoked))
