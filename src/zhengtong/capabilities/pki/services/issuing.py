"""Issuing: a checked name and a key become a certificate and its row."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Certificate as Parsed
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.certificates import new_serial
from zhengtong.capabilities.pki.domain.names import Subject, UnusableName, describe
from zhengtong.capabilities.pki.domain.oids import read_algorithm
from zhengtong.capabilities.pki.domain.profiles import Profile, get_profile
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.issuers import OwnIssuer
from zhengtong.capabilities.pki.models import Authority, Certificate, HolderKind
from zhengtong.capabilities.pki.permissions import APPROVE
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm
from zhengtong.core.identity.public import Account, LegalEntity, Organisation
from zhengtong.kernel.policy import SYSTEM, Actor, require

Holder = Account | LegalEntity | Organisation
ISSUING = {Algorithm.P256: "issuing", Algorithm.RSA3072: "issuing", Algorithm.SM2: "issuing-sm2"}


def get_issuing_authority(algorithm: Algorithm) -> Authority:
    """Return the authority that certifies keys of ``algorithm``. Raises CertificateRefused before there is one."""
    found = Authority.objects.select_related("parent").filter(code=ISSUING[algorithm]).first()
    if found is None:
        raise CertificateRefused("no-authority", _("证书颁发机构还没有建立，请联系平台管理员运行 prepare_trust。"))
    return found


@transaction.atomic
def issue_for_key(
    *,
    actor: Actor,
    profile: str,
    subject: Mapping[str, str] | Subject,
    spki: bytes,
    key_name: str = "",
    holder: Holder | None = None,
    authority: Authority | None = None,
    not_after: datetime | None = None,
    pair: Certificate | None = None,
    renews: Certificate | None = None,
) -> Certificate:
    """Certify the key ``spki`` for ``subject`` (names of RFC 5280: ``common_name``, ``organization_name`` …).

    ``key_name`` names the key in the signer, where it is there. It never lives longer than its authority.
    Raises Denied for people who may not approve, CertificateRefused, LookupError for an unknown profile.
    """
    if actor is not SYSTEM:
        require(actor, APPROVE)
    return issue(
        actor=actor,
        profile=get_profile(profile),
        subject=subject if isinstance(subject, Subject) else Subject(subject),
        spki=spki,
        key_name=key_name,
        holder=holder,
        authority=authority,
        not_after=not_after,
        pair=pair,
        renews=renews,
    )


def issue(
    *,
    actor: Actor,
    profile: Profile,
    subject: Subject,
    spki: bytes,
    key_name: str = "",
    holder: Holder | None = None,
    authority: Authority | None = None,
    not_after: datetime | None = None,
    pair: Certificate | None = None,
    renews: Certificate | None = None,
) -> Certificate:
    """Do what :func:`issue_for_key` does, for services that asked already whether the actor may."""
    algorithm = read_algorithm(PublicKeyInfo.load(spki))
    if algorithm is None:
        raise CertificateRefused("algorithm", _("只给 P-256、RSA（3072 位以上）和 SM2 的密钥颁发证书。"), "request")
    authority = authority or get_issuing_authority(algorithm)
    now = timezone.now().replace(microsecond=0)
    end = min(not_after or now + timedelta(days=profile.days), authority.not_after)
    if end <= now:
        raise CertificateRefused("authority-ended", _("颁发机构的证书已经到期，请先更换颁发机构证书。"))
    serial = new_serial()
    try:
        issued = OwnIssuer(authority).issue(
            subject=subject, spki=spki, profile=profile, serial=serial, not_before=now, not_after=end
        )
    except UnusableName as error:
        raise CertificateRefused("name", error.message, error.field) from error
    kind, columns = _describe_holder(profile, holder)
    certificate = Certificate.objects.create(
        authority=authority,
        serial=f"{serial:x}",
        fingerprint=hashlib.sha256(issued.der).hexdigest(),
        der=issued.der,
        profile=profile.code,
        algorithm=algorithm,
        subject=describe(Parsed.load(issued.der).subject),
        common_name=subject.common_name,
        key_digest=hashlib.sha256(spki).hexdigest(),
        key_name=key_name,
        holder_kind=kind,
        not_before=now,
        not_after=end,
        pair=pair,
        renews=renews,
        issued_at=now,
        **columns,
    )
    record(
        actor,
        "pki.issue_certificate",
        certificate,
        after={"serial": certificate.serial, "profile": profile.code, "fingerprint": certificate.fingerprint},
    )
    return certificate


def _describe_holder(profile: Profile, holder: Holder | None) -> tuple[HolderKind, dict[str, Holder]]:
    match holder:
        case Account():
            return HolderKind.PERSON, {"account": holder}
        case LegalEntity():
            return HolderKind.ENTITY, {"legal_entity": holder}
        case Organisation() if profile.needs_hosts or profile.code == "device":
            return HolderKind.EQUIPMENT, {"organisation": holder}
        case Organisation():
            return HolderKind.ORGANISATION, {"organisation": holder}
    return (HolderKind.EQUIPMENT if profile.needs_hosts else HolderKind.SERVICE), {}
