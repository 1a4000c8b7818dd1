"""Taking certificates back: for good or on hold. Status answers change at once, and a new list is published."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.errors import CertificateRefused
from zhengtong.capabilities.pki.issuers import OwnIssuer
from zhengtong.capabilities.pki.messages import list_holders, tell
from zhengtong.capabilities.pki.models import Certificate, CertificateState, RevocationReason
from zhengtong.capabilities.pki.permissions import APPROVE, REVOKE
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, ActorKind, require


def _lock(actor: Actor, certificate: Certificate, permission: str) -> Certificate:
    # Staff may take back what names themselves; for all else the permission decides.
    is_own_staff = (
        permission == REVOKE
        and actor.kind is ActorKind.STAFF
        and actor.account_id is not None
        and certificate.account_id == actor.account_id
    )
    if not is_own_staff:
        require(actor, permission, certificate)
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("authority__parent")
    return rows.get(pk=certificate.pk)


@transaction.atomic
def revoke_certificate(
    *, actor: Actor, certificate: Certificate, reason: str = RevocationReason.UNSPECIFIED, note: str = ""
) -> Certificate:
    """Revoke for good, with a reason of RFC 5280; the encryption certificate of the pair goes with it.

    Raises Denied, CertificateRefused when it is revoked already or the reason is none.
    """
    locked = _lock(actor, certificate, REVOKE)
    wanted = _read_reason(reason)
    if locked.state == CertificateState.REVOKED:
        raise CertificateRefused(
            "revoked",
            _("这张证书已经在 %(at)s 吊销，不能再吊销。")
            % {"at": timezone.localtime(locked.revoked_at).strftime("%Y-%m-%d %H:%M")},
        )
    if locked.not_after <= timezone.now():
        raise CertificateRefused("expired", _("这张证书已经过期，不需要吊销。"))
    _take_back(actor, locked, CertificateState.REVOKED, wanted, note, "pki.revoke_certificate")
    for account in list_holders(locked):
        if account.pk != actor.account_id:
            tell(
                account,
                "pki.revoked",
                actor=actor,
                name=locked.common_name,
                kind=get_profile(locked.profile).title,
                serial=locked.serial,
                reason=wanted.label,
            )
    return locked


@transaction.atomic
def hold_certificate(*, actor: Actor, certificate: Certificate, note: str = "") -> Certificate:
    """Put a certificate on hold (暂停); it can be released. Raises Denied, CertificateRefused."""
    locked = _lock(actor, certificate, REVOKE)
    if locked.state != CertificateState.VALID:
        state = locked.get_state_display()
        raise CertificateRefused("not-valid", _("这张证书现在是“%(state)s”，不能暂停。") % {"state": state})
    if locked.not_after <= timezone.now():
        raise CertificateRefused("expired", _("这张证书已经过期，不需要暂停。"))
    _take_back(actor, locked, CertificateState.HELD, RevocationReason.HOLD, note, "pki.hold_certificate")
    return locked


@transaction.atomic
def release_certificate(*, actor: Actor, certificate: Certificate, note: str = "") -> Certificate:
    """Lift a hold: the certificate counts again. Raises Denied, CertificateRefused for one that isn't on hold."""
    locked = _lock(actor, certificate, APPROVE)
    if locked.state != CertificateState.HELD:
        raise CertificateRefused(
            "not-held", _("只有暂停的证书可以恢复，这张证书现在是“%s”。") % locked.get_state_display()
        )
    for each in _with_pair(locked):
        if each.state == CertificateState.HELD:
            each.state, each.revoked_at, each.reason, each.note = CertificateState.VALID, None, "", note[:200]
            each.save(update_fields=["state", "revoked_at", "reason", "note"])
            record(actor, "pki.release_certificate", each, after={"serial": each.serial, "note": note[:200]})
    OwnIssuer(locked.authority).revoke(serial=int(locked.serial, 16), at=timezone.now(), reason="remove_from_crl")
    return Certificate.objects.select_related("authority__parent").get(pk=locked.pk)


def _read_reason(reason: str) -> RevocationReason:
    try:
        wanted = RevocationReason(reason)
    except ValueError:
        raise CertificateRefused("reason", _("请选择吊销的原因。"), "reason") from None
    if wanted == RevocationReason.HOLD:
        raise CertificateRefused("reason", _("暂停使用请办理“暂停”，吊销后不能恢复。"), "reason")
    return wanted


def _take_back(
    actor: Actor, locked: Certificate, state: CertificateState, reason: RevocationReason, note: str, act: str
) -> None:
    now = timezone.now()
    for each in _with_pair(locked):
        if each.state == CertificateState.REVOKED or each.state == state:
            continue
        # What was on hold is revoked from the day it was put there: nothing signed since then counted.
        at = each.revoked_at or now
        each.state, each.revoked_at, each.reason, each.note = state, at, reason, note.strip()[:200]
        each.save(update_fields=["state", "revoked_at", "reason", "note"])
        record(actor, act, each, after={"serial": each.serial, "reason": reason, "note": each.note})
    locked.refresh_from_db(fields=["state", "revoked_at", "reason", "note"])
    OwnIssuer(locked.authority).revoke(serial=int(locked.serial, 16), at=now, reason=reason)


def _with_pair(locked: Certificate) -> list[Certificate]:
    others = Certificate.objects.select_for_update(of=("self",)).filter(pair=locked)
    return [locked, *others]
