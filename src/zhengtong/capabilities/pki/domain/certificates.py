"""What is signed: certificates and revocation lists in DER (RFC 5280; GM/T 0015 for SM2).

``cryptography`` builds neither with a key it doesn't hold nor with SM2, so they are put together here and the signer
signs the bytes.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import core, crl, x509
from asn1crypto.keys import PublicKeyInfo

from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.oids import signature_algorithm
from zhengtong.capabilities.pki.domain.profiles import Profile
from zhengtong.core.crypto.public import Algorithm

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Issuing:
    """Who signs: the authority's name, the identifier of its key, its algorithm, and the addresses it is found at."""

    name: x509.Name
    key_identifier: bytes
    algorithm: Algorithm
    sign: Sign
    list_url: str = ""
    certificate_url: str = ""
    ocsp_url: str = ""


def new_serial() -> int:
    """Return 127 random bits, the first one set: positive in 16 octets, never guessed, never met twice."""
    return secrets.randbits(126) | 1 << 126


def key_identifier(spki: PublicKeyInfo) -> bytes:
    """RFC 5280 4.2.1.2 method 1."""
    return hashlib.sha1(bytes(spki["public_key"]), usedforsecurity=False).digest()


def to_time(moment: datetime) -> x509.Time:
    """UTCTime through 2049, GeneralizedTime from 2050 on; whole seconds."""
    plain = moment.astimezone(UTC).replace(microsecond=0)
    return x509.Time("utc_time" if plain.year < 2050 else "general_time", plain)


def make_certificate(
    *,
    issuing: Issuing,
    subject: Subject,
    spki: bytes,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    profile: Profile | None,
    path_length: int | None = None,
) -> bytes:
    """Return a signed certificate in DER; without a ``profile`` it is an authority's. Raises UnusableName."""
    public = PublicKeyInfo.load(spki)
    extensions = _authority_extensions(path_length) if profile is None else _profile_extensions(profile, subject)
    extensions += [
        _extension("key_identifier", key_identifier(public)),
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuing.key_identifier})),
        *_addresses(issuing, has_status=profile is None or not profile.is_without_status),
    ]
    algorithm = signature_algorithm(issuing.algorithm)
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": issuing.name,
            "validity": {"not_before": to_time(not_before), "not_after": to_time(not_after)},
            "subject": subject.to_name(),
            "subject_public_key_info": public,
            "extensions": extensions,
        }
    )
    whole = {
        "tbs_certificate": body,
        "signature_algorithm": algorithm,
        "signature_value": issuing.sign(body.dump()),
    }
    return bytes(x509.Certificate(whole).dump())


def _extension(kind: str, value: object, *, is_critical: bool = False) -> x509.Extension:
    return x509.Extension({"extn_id": kind, "critical": is_critical, "extn_value": value})


def _authority_extensions(path_length: int | None) -> list[x509.Extension]:
    constraints = {"ca": True} | ({} if path_length is None else {"path_len_constraint": path_length})
    return [
        _extension("basic_constraints", constraints, is_critical=True),
        _extension("key_usage", {"key_cert_sign", "crl_sign"}, is_critical=True),
    ]


def _profile_extensions(profile: Profile, subject: Subject) -> list[x509.Extension]:
    found = [
        _extension("basic_constraints", {"ca": False}, is_critical=True),
        _extension("key_usage", set(profile.key_usage), is_critical=True),
        _extension("certificate_policies", [{"policy_identifier": profile.policy_oid}]),
    ]
    if profile.extended_key_usage:
        usages = list(profile.extended_key_usage)
        found.append(_extension("extended_key_usage", usages, is_critical=profile.is_usage_critical))
    if hosts := subject.to_hosts():
        found.append(_extension("subject_alt_name", hosts))
    if profile.is_without_status:
        found.append(_extension("ocsp_no_check", core.Null()))
    return found


def _addresses(issuing: Issuing, *, has_status: bool) -> list[x509.Extension]:
    found = []
    if issuing.list_url and has_status:
        point = x509.DistributionPointName(
            "full_name", [x509.GeneralName("uniform_resource_identifier", issuing.list_url)]
        )
        found.append(_extension("crl_distribution_points", [{"distribution_point": point}]))
    places = [("ocsp", issuing.ocsp_url if has_status else ""), ("ca_issuers", issuing.certificate_url)]
    access = [
        {"access_method": method, "access_location": x509.GeneralName("uniform_resource_identifier", url)}
        for method, url in places
        if url
    ]
    if access:
        found.append(_extension("authority_information_access", access))
    return found


@dataclass(frozen=True)
class RevokedEntry:
    """One line of a revocation list. ``reason`` is asn1crypto's name of RFC 5280's CRLReason."""

    serial: int
    at: datetime
    reason: str


def make_list(
    *,
    issuing: Issuing,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return a signed full revocation list in DER. Without entries the field is left out (RFC 5280 5.1.2.6)."""
    revoked = [
        {
            "user_certificate": entry.serial,
            "revocation_date": to_time(entry.at),
            "crl_entry_extensions": _reason(entry.reason),
        }
        for entry in entries
    ]
    algorithm = signature_algorithm(issuing.algorithm)
    fields = {
        "version": "v2",
        "signature": algorithm,
        "issuer": issuing.name,
        "this_update": to_time(this_update),
        "next_update": to_time(next_update),
        "crl_extensions": [
            {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": issuing.key_identifier}},
            {"extn_id": "crl_number", "extn_value": number},
        ],
    }
    if revoked:
        fields["revoked_certificates"] = revoked
    body = crl.TbsCertList(fields)
    whole = {"tbs_cert_list": body, "signature_algorithm": algorithm, "signature": issuing.sign(body.dump())}
    return bytes(crl.CertificateList(whole).dump())


def _reason(reason: str) -> list[dict[str, object]] | None:
    # "unspecified" is said by leaving the reason out (RFC 5280 5.3.1).
    return None if reason == "unspecified" else [{"extn_id": "crl_reason", "extn_value": reason}]
