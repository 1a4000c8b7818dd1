"""Deciding: another person approves or refuses, and whoever made her own key has her certificate at once."""

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.domain.requests import UnusableRequest, read_request
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.messages import tell
from zhengtong.capabilities.pki.models import (
    ApplicationState,
    Certificate,
    CertificateApplication,
    CertificateState,
    KeySource,
)
from zhengtong.capabilities.pki.permissions import APPROVE
from zhengtong.capabilities.pki.services.applying import lock, refuse_doubled_key, to_subject
from zhengtong.capabilities.pki.services.encrypting import issue_encryption
from zhengtong.capabilities.pki.services.issuing import Holder, issue
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, require

_KEYS_LOCK = 0x706B6A


@transaction.atomic
def approve_application(
    *, actor: Actor, application: CertificateApplication, opinion: str = ""
) -> CertificateApplication:
    """Approve: with an own key the certificate is issued at once, otherwise the holder may collect it.

    Of two who approve at once, one does it and the other is told so. Raises Denied, CertificateRefused.
    """
    locked = _take_to_decide(actor, application)
    _decide(locked, actor, opinion)
    if locked.key_source == KeySource.REQUEST:
        certificate = issue_applied(actor, locked, _reread(locked))
        template, locked.state = "pki.issued", ApplicationState.ISSUED
        locked.certificate = certificate
    else:
        template, locked.state = "pki.ready", ApplicationState.APPROVED
    locked.save()
    record(actor, "pki.approve_application", locked, after={"number": locked.number, "opinion": locked.opinion})
    tell(
        locked.applied_by,
        template,
        actor=actor,
        name=locked.common_name,
        kind=get_profile(locked.profile).title,
        number=locked.number,
    )
    return locked


@transaction.atomic
def refuse_application(*, actor: Actor, application: CertificateApplication, opinion: str) -> CertificateApplication:
    """Refuse, with reasons that the applicant reads. Raises Denied, CertificateRefused."""
    locked = _take_to_decide(actor, application)
    if not opinion.strip():
        raise CertificateRefused("opinion", _("请写明不予颁发的理由，申请人会看到。"), "opinion")
    _decide(locked, actor, opinion)
    locked.state = ApplicationState.REFUSED
    locked.save()
    record(actor, "pki.refuse_application", locked, after={"number": locked.number, "opinion": locked.opinion})
    tell(
        locked.applied_by,
        "pki.refused",
        actor=actor,
        name=locked.common_name,
        kind=get_profile(locked.profile).title,
        number=locked.number,
        reason=locked.opinion,
    )
    return locked


def issue_applied(actor: Actor, locked: CertificateApplication, spki: bytes) -> Certificate:
    """Issue what a locked application asks for over the key ``spki``, with its encryption certificate."""
    with connection.cursor() as cursor:
        # Two applications with one key are decided one after the other.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEYS_LOCK])
    profile = get_profile(locked.profile)
    if locked.renews is not None and locked.renews.state == CertificateState.REVOKED:
        raise CertificateRefused("renewal", _("要换发的证书已经吊销，不能换发，请重新申请。"))
    certificate = issue(
        actor=actor,
        profile=profile,
        subject=to_subject(locked),
        spki=spki,
        holder=get_holder(locked),
        renews=locked.renews,
    )
    if locked.with_encryption:
        issue_encryption(actor=actor, certificate=certificate, subject=to_subject(locked))
    return certificate


def get_holder(application: CertificateApplication) -> Holder | None:
    return application.account or application.legal_entity or application.organisation


def _take_to_decide(actor: Actor, application: CertificateApplication) -> CertificateApplication:
    require(actor, APPROVE, application)
    locked = lock(application)
    if locked.state != ApplicationState.SUBMITTED:
        raise CertificateRefused("decided", _("这份申请已经办过：%s。") % locked.get_state_display())
    if locked.applied_by_id is not None and locked.applied_by_id in (actor.account_id, actor.principal_id):
        raise CertificateRefused("same-person", _("不能审批自己提出的申请，请由其他审批人员办理。"))
    if locked.account_id is not None and locked.account_id == actor.account_id:
        raise CertificateRefused("same-person", _("不能审批自己的证书，请由其他审批人员办理。"))
    return locked


def _decide(locked: CertificateApplication, actor: Actor, opinion: str) -> None:
    locked.decided_by_id, locked.decided_by_name = actor.account_id, actor.name[:40]
    locked.decided_at, locked.opinion = timezone.now(), " ".join(opinion.split())[:200]


def _reread(locked: CertificateApplication) -> bytes:
    """Return the key of the kept request, looked at again: rules and rows may have changed since it came in."""
    try:
        read = read_request(bytes(locked.request_der or b""))
    except UnusableRequest as error:
        raise CertificateRefused(error.code, error.message) from error
    refuse_doubled_key(read.key_digest, but=locked)
    return read.spki
