"""Founding the platform's own authorities, and the certificates of its services. Every step may be repeated."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from asn1crypto.keys import PublicKeyInfo
from asn1crypto.x509 import Certificate as Parsed
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.pki.domain import certificates as building
from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.issuers import get_issuing, sign_with
from zhengtong.capabilities.pki.models import Authority, Certificate
from zhengtong.capabilities.pki.services.issuing import get_issuing_authority, issue
from zhengtong.capabilities.pki.services.lists import publish_list
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm, Purpose, signer
from zhengtong.kernel.policy import SYSTEM

ROOT_DAYS, ISSUING_DAYS = 7305, 3653
# One number that no other advisory lock of the platform uses: two processes prepare one trust.
_LOCK = 0x706B69


@dataclass(frozen=True)
class _Plan:
    code: str
    parent: str
    title: str
    algorithm: Algorithm


_PLANS = (
    _Plan("root", "", "根证书", Algorithm.P256),
    _Plan("issuing", "root", "证书颁发机构", Algorithm.P256),
    _Plan("root-sm2", "", "国密根证书", Algorithm.SM2),
    _Plan("issuing-sm2", "root-sm2", "国密证书颁发机构", Algorithm.SM2),
)
# Services of the platform that sign: what each certificate says, and which keys it has.
SERVICES: dict[str, tuple[str, tuple[Algorithm, ...]]] = {
    "timestamp": ("时间戳服务", (Algorithm.P256, Algorithm.SM2)),
    "journal": ("日志存证服务", (Algorithm.P256, Algorithm.SM2)),
    "content": ("内容签名服务", (Algorithm.P256, Algorithm.SM2)),
    "identity": ("统一登录服务", (Algorithm.P256, Algorithm.RSA3072)),
}


@transaction.atomic
def prepare_trust(*, ends_after: datetime | None = None) -> list[str]:
    """Found what is missing of the authorities and the services' certificates; return what was made, in words.

    What ends before ``ends_after`` counts as missing: a service has its next certificate before the last one's end.
    Raises SignerUnavailable, SignerRefused.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    made = []
    for plan in _PLANS:
        if not Authority.objects.filter(code=plan.code).exists():
            made.append(_found(plan).title)
    for authority in Authority.objects.select_related("parent").order_by("id"):
        if _get_responder(authority, ends_after) is None:
            made.append(_certify_responder(authority).common_name)
        if not authority.lists.exists():
            publish_list(authority=authority)
    for purpose, (_title, algorithms) in SERVICES.items():
        for algorithm in algorithms:
            if _find_service_certificate(purpose, algorithm, ends_after) is None:
                made.append(_certify_service(purpose, algorithm).common_name)
    return made


def _found(plan: _Plan) -> Authority:
    parent = Authority.objects.get(code=plan.parent) if plan.parent else None
    key = signer.create_key(f"ca-{uuid4().hex}", plan.algorithm, Purpose.CA)
    now = timezone.now().replace(microsecond=0)
    end = now + timedelta(days=ROOT_DAYS if parent is None else ISSUING_DAYS)
    title = f"{settings.SITE_NAME}{plan.title}"[:64]
    subject = Subject({"country_name": "CN", "organization_name": settings.SITE_NAME[:64], "common_name": title})
    public = PublicKeyInfo.load(key.spki)
    own = building.Issuing(subject.to_name(), building.key_identifier(public), plan.algorithm, sign_with(key.name))
    serial = building.new_serial()
    der = building.make_certificate(
        issuing=own if parent is None else get_issuing(parent),
        subject=subject,
        spki=key.spki,
        serial=serial,
        not_before=now,
        not_after=end if parent is None else min(end, parent.not_after),
        profile=None,
        path_length=1 if parent is None else 0,
    )
    name, bits = Parsed.load(der).subject.dump(), bytes(public["public_key"])
    authority = Authority.objects.create(
        code=plan.code,
        title=title,
        algorithm=plan.algorithm,
        parent=parent,
        key_name=key.name,
        der=der,
        serial=f"{serial:x}",
        fingerprint=hashlib.sha256(der).hexdigest(),
        name_sha1=hashlib.sha1(name, usedforsecurity=False).hexdigest(),
        key_sha1=hashlib.sha1(bits, usedforsecurity=False).hexdigest(),
        name_sha256=hashlib.sha256(name).hexdigest(),
        key_sha256=hashlib.sha256(bits).hexdigest(),
        not_before=now,
        not_after=end,
    )
    record(SYSTEM, "pki.found_authority", authority, after={"fingerprint": authority.fingerprint})
    return authority


def _get_responder(authority: Authority, ends_after: datetime | None = None) -> Certificate | None:
    """Return the certificate whose key answers for the state of what ``authority`` issued."""
    return _list_valid("ocsp", ends_after).filter(authority=authority).order_by("-id").first()


def _list_valid(profile: str, ends_after: datetime | None) -> QuerySet[Certificate]:
    now = timezone.now()
    rows = Certificate.objects.select_related("authority__parent").exclude(key_name="")
    last = max(ends_after, now) if ends_after else now
    return rows.filter(profile=profile, state="valid", not_before__lte=now, not_after__gt=last)


def _certify_responder(authority: Authority) -> Certificate:
    key = signer.create_key(f"ocsp-{uuid4().hex}", Algorithm(authority.algorithm), Purpose.CA)
    parts = {"country_name": "CN", "organization_name": settings.SITE_NAME[:64]}
    return issue(
        actor=SYSTEM,
        profile=get_profile("ocsp"),
        subject=Subject(parts | {"common_name": f"{authority.title}状态服务"[:64]}),
        spki=key.spki,
        key_name=key.name,
        authority=authority,
    )


@transaction.atomic
def ensure_responder(authority: Authority) -> Certificate:
    """Return the valid responder's certificate of ``authority``, made when there is none (any more)."""
    found = _get_responder(authority)
    if found is None:
        Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
        found = _get_responder(authority) or _certify_responder(authority)
    return found


def _find_service_certificate(
    purpose: str, algorithm: Algorithm, ends_after: datetime | None = None
) -> Certificate | None:
    return _list_valid(purpose, ends_after).filter(algorithm=algorithm).order_by("-id").first()


@transaction.atomic
def ensure_service_certificate(purpose: str, algorithm: Algorithm | str) -> Certificate:
    """Return the valid certificate of the platform's service (``timestamp``, ``journal``, ``content``, ``identity``).

    When there is none, a key is made in the signer and certified; the service is the same whoever asks first.
    Raises LookupError for an unknown service, CertificateRefused, SignerUnavailable.
    """
    kind = Algorithm(algorithm)
    found = _find_service_certificate(purpose, kind)
    if found is not None:
        return found
    authority = get_issuing_authority(kind)
    Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
    return _find_service_certificate(purpose, kind) or _certify_service(purpose, kind)


def _certify_service(purpose: str, algorithm: Algorithm) -> Certificate:
    title, _algorithms = SERVICES[purpose]
    profile = get_profile(purpose)
    if profile.purpose is None:
        raise LookupError(f"{purpose} is no service that signs")
    key = signer.create_key(f"{purpose}-{uuid4().hex}", algorithm, profile.purpose)
    parts = {"country_name": "CN", "organization_name": settings.SITE_NAME[:64]}
    return issue(
        actor=SYSTEM,
        profile=profile,
        subject=Subject(parts | {"common_name": f"{settings.SITE_NAME}{title}"[:64]}),
        spki=key.spki,
        key_name=key.name,
        authority=get_issuing_authority(algorithm),
    )
