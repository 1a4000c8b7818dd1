"""Taking in an authority from outside: proposed by one person with the ground for it, approved by another."""

import hashlib
from datetime import datetime

from asn1crypto import pem
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.names import describe
from zhengtong.capabilities.pki.domain.oids import SM2_CURVE
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.models import Authority, OutsideAuthority, OutsideKind, TrustState
from zhengtong.capabilities.pki.permissions import PROPOSE, TRUST
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require
from zhengtong_verify.chain import Unreadable, is_issued_by, parse_certificate

LONGEST_FILE = 64 * 1024


@transaction.atomic
def propose_authority(*, actor: Actor, name: str, kind: str, basis: str, certificate: bytes) -> OutsideAuthority:
    """Propose to trust the authority whose certificate (PEM or DER) this is. Raises Denied, CertificateRefused."""
    require(actor, PROPOSE)
    der = _to_der(certificate)
    try:
        parsed = parse_certificate(der)
    except Unreadable:
        raise CertificateRefused(
            "unreadable", _("读不出这个证书，请提交 PEM 或者 DER 格式的证书文件。"), "certificate"
        ) from None
    constraints, usage = parsed.basic_constraints_value, parsed.key_usage_value
    if constraints is None or not constraints["ca"].native or (usage and "key_cert_sign" not in usage.native):
        raise CertificateRefused("not-an-authority", _("这不是颁发机构的证书，不能作为信任的依据。"), "certificate")
    is_root = parsed.subject == parsed.issuer
    if is_root and not is_issued_by(parsed, parsed):
        raise CertificateRefused("signature", _("这个根证书的签名不对，文件可能被改动过。"), "certificate")
    if parsed.not_valid_after <= timezone.now():
        raise CertificateRefused("expired", _("这个证书已经过期，不能再信任。"), "certificate")
    if not basis.strip():
        raise CertificateRefused("basis", _("请写明信任它的依据，例如许可证号、协议文号。"), "basis")
    fingerprint = hashlib.sha256(der).hexdigest()
    if Authority.objects.filter(fingerprint=fingerprint).exists():
        raise CertificateRefused("own", _("这是平台自己的颁发机构，不用再信任。"), "certificate")
    authority = OutsideAuthority(
        name=" ".join(name.split())[:120],
        kind=OutsideKind(kind),
        basis=" ".join(basis.split())[:300],
        subject=describe(parsed.subject),
        algorithm=_say_algorithm(parsed),
        der=der,
        fingerprint=fingerprint,
        is_root=is_root,
        not_before=parsed.not_valid_before,
        not_after=parsed.not_valid_after,
        proposed_by_id=actor.account_id,
        proposed_by_name=actor.name[:40],
        proposed_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            authority.save(force_insert=True)
    except IntegrityError:
        raise CertificateRefused("known", _("这个证书已经登记过，请在列表里查看。"), "certificate") from None
    record(actor, "pki.propose_authority", authority, after={"fingerprint": fingerprint, "basis": authority.basis})
    return authority


@transaction.atomic
def trust_authority(
    *, actor: Actor, authority: OutsideAuthority, opinion: str, trusted_until: datetime | None = None
) -> OutsideAuthority:
    """Trust it from now on, at most as long as its certificate lives. Raises Denied, CertificateRefused."""
    locked = _lock(actor, authority)
    if locked.state != TrustState.PROPOSED:
        raise CertificateRefused("decided", _("已经办过：%s。") % locked.get_state_display())
    _refuse_same_person(actor, locked)
    now = timezone.now()
    until = min(trusted_until or locked.not_after, locked.not_after)
    if until <= now:
        raise CertificateRefused("dates", _("信任的截止时间应在今天以后。"), "trusted_until")
    locked.state, locked.trusted_from, locked.trusted_until = TrustState.TRUSTED, now, until
    _note(locked, actor, opinion)
    record(actor, "pki.trust_authority", locked, after={"fingerprint": locked.fingerprint, "opinion": locked.opinion})
    return locked


@transaction.atomic
def refuse_authority(*, actor: Actor, authority: OutsideAuthority, opinion: str) -> OutsideAuthority:
    """Don't trust what was proposed. Raises Denied, CertificateRefused."""
    locked = _lock(actor, authority)
    if locked.state != TrustState.PROPOSED:
        raise CertificateRefused("decided", _("已经办过：%s。") % locked.get_state_display())
    locked.state = TrustState.REFUSED
    _note(locked, actor, opinion)
    record(actor, "pki.refuse_authority", locked, after={"opinion": locked.opinion})
    return locked


@transaction.atomic
def end_trust(*, actor: Actor, authority: OutsideAuthority, opinion: str) -> OutsideAuthority:
    """Trust it no longer; what was signed before stays as it was. Raises Denied, CertificateRefused."""
    locked = _lock(actor, authority)
    if locked.state != TrustState.TRUSTED:
        raise CertificateRefused("not-trusted", _("只有已信任的机构可以停止信任。"))
    locked.state, locked.trusted_until = TrustState.ENDED, timezone.now()
    _note(locked, actor, opinion)
    record(actor, "pki.end_trust", locked, after={"fingerprint": locked.fingerprint, "opinion": locked.opinion})
    return locked


def _lock(actor: Actor, authority: OutsideAuthority) -> OutsideAuthority:
    require(actor, TRUST, authority)
    return OutsideAuthority.objects.select_for_update(of=("self",)).get(pk=authority.pk)


def _refuse_same_person(actor: Actor, locked: OutsideAuthority) -> None:
    if locked.proposed_by_id is not None and locked.proposed_by_id in (actor.account_id, actor.principal_id):
        raise CertificateRefused("same-person", _("不能批准自己提出的，请由其他审批人员办理。"))


def _note(locked: OutsideAuthority, actor: Actor, opinion: str) -> None:
    if not opinion.strip():
        raise CertificateRefused("opinion", _("请写明意见和依据。"), "opinion")
    locked.opinion, locked.decided_by_name = " ".join(opinion.split())[:200], actor.name[:40]
    locked.decided_at = timezone.now()
    locked.save()


def _to_der(given: bytes) -> bytes:
    if len(given) > LONGEST_FILE:
        raise CertificateRefused("too-long", _("证书文件太大（最多 64 KB）。"), "certificate")
    if not pem.detect(given):
        return given
    try:
        kind, _headers, der = pem.unarmor(given)
    except ValueError:
        kind, der = "", b""
    if kind != "CERTIFICATE":
        raise CertificateRefused("wrong-kind", _("这不是证书文件，请提交证书（CERTIFICATE）。"), "certificate")
    return bytes(der)


def _say_algorithm(parsed: object) -> str:
    from asn1crypto.x509 import Certificate as Parsed

    assert isinstance(parsed, Parsed)
    key = parsed.public_key
    if key.algorithm != "ec":
        return f"{key.algorithm.upper()} {key.bit_size}" if key.algorithm == "rsa" else str(key.algorithm)
    curve = key["algorithm"]["parameters"].chosen
    return "SM2" if curve.dotted == SM2_CURVE else str(curve.native)
