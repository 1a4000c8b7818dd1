"""Suspending, resuming and destroying seals, handing over their keeping; their certificates follow at once."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.public import (
    Certificate,
    RevocationReason,
    hold_certificate,
    release_certificate,
    revoke_certificate,
)
from zhengtong.capabilities.seals.domain import Act
from zhengtong.capabilities.seals.events import SealDestroyed, SealSuspended
from zhengtong.capabilities.seals.models import Making, Seal, SealApplication, StandingAuthorisation
from zhengtong.capabilities.seals.permissions import APPROVE, KEEP
from zhengtong.capabilities.seals.services.applying import check_keeper
from zhengtong.capabilities.seals.services.settling import (
    lock_seal,
    note_step,
    require_seal,
    say_reason,
    tell,
    turn_seal,
)
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Appointment, Refused
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Actor, ActorKind, can
from zhengtong.kernel.steps import step


@step()
def suspend_seal(*, actor: Actor, seal: Seal, reason: str) -> Seal:
    """Suspend a seal (停用): nothing is sealed with it, its certificates are on hold. Its keeper may, and an approver.

    Raises Refused and Denied.
    """
    locked = lock_seal(seal.pk)
    _require_keeper(actor, locked)
    said = say_reason(reason)
    turn_seal(locked, Act.SUSPEND)
    locked.save(update_fields=["state"])
    for certificate in _certificates(locked.making):
        hold_certificate(actor=SYSTEM, certificate=certificate, note=said)
    note_step(actor=actor, seal=locked, act=Act.SUSPEND, opinion=said)
    record(actor, "seals.suspend", locked, after={"state": locked.state, "code": locked.code, "reason": said})
    publish(SealSuspended(actor, locked.pk))
    return locked


@step()
def resume_seal(*, actor: Actor, seal: Seal, reason: str) -> Seal:
    """Let a suspended seal be used again (恢复). Raises Refused and Denied."""
    locked = lock_seal(seal.pk)
    _require_keeper(actor, locked)
    said = say_reason(reason)
    turn_seal(locked, Act.RESUME)
    locked.save(update_fields=["state"])
    for certificate in _certificates(locked.making):
        release_certificate(actor=SYSTEM, certificate=certificate, note=said)
    note_step(actor=actor, seal=locked, act=Act.RESUME, opinion=said)
    record(actor, "seals.resume", locked, after={"state": locked.state, "code": locked.code, "reason": said})
    return locked


@step()
def hand_over_seal(*, actor: Actor, seal: Seal, keeper: Appointment, reason: str) -> Seal:
    """Name another keeper (移交保管). Raises Refused and Denied."""
    locked = lock_seal(seal.pk)
    _require_keeper(actor, locked)
    said = say_reason(reason)
    check_keeper(keeper, locked.organisation)
    if locked.keeper_id == keeper.pk:
        raise Refused("same", _("保管人没有变化。"), "keeper")
    before = locked.keeper_id
    locked.keeper = keeper
    locked.save(update_fields=["keeper"])
    note_step(actor=actor, seal=locked, act=Act.HAND_OVER, opinion=f"{keeper.staff.name}：{said}")
    record(actor, "seals.hand_over", locked, before={"keeper": before}, after={"keeper": keeper.pk, "reason": said})
    return locked


def end_seal(*, actor: Actor, seal: Seal, application: SealApplication, reason: str) -> None:
    """End a locked seal for good (注销，标识无效): certificates revoked at once, authorisations ended.

    What was sealed before stays valid by its time stamp.
    """
    turn_seal(seal, Act.DESTROY)
    seal.ended_at, seal.end_reason = timezone.now(), reason[:300]
    seal.save(update_fields=["state", "ended_at", "end_reason"])
    end_making(seal.making, RevocationReason.CESSATION, reason)
    StandingAuthorisation.objects.filter(seal=seal, revoked_at=None).update(
        revoked_at=seal.ended_at, revoke_reason=_("印章已注销")
    )
    note_step(actor=actor, seal=seal, act=Act.DESTROY, application=application, opinion=reason)
    record(actor, "seals.destroy", seal, after={"state": seal.state, "code": seal.code, "reason": seal.end_reason})
    publish(SealDestroyed(actor, seal.pk))
    tell(
        application.applicant,
        "seals.destroyed",
        actor=actor,
        link=reverse("seals_desk:seal", args=[seal.code]),
        seal=seal.name,
    )


def end_making(making: Making | None, reason: RevocationReason, note: str) -> None:
    """Revoke the certificates of a making that is no longer used."""
    if making is None:
        return
    for certificate in _certificates(making):
        is_open = certificate.revoked_at is None or certificate.reason == RevocationReason.HOLD
        if is_open and certificate.not_after > timezone.now():
            revoke_certificate(actor=SYSTEM, certificate=certificate, reason=reason, note=note)
    making.ended_at = timezone.now()
    making.save(update_fields=["ended_at"])


def _certificates(making: Making | None) -> list[Certificate]:
    return [] if making is None else [making.certificate, making.sm2_certificate]


def _require_keeper(actor: Actor, seal: Seal) -> None:
    if actor.kind is not ActorKind.SYSTEM and can(actor, APPROVE, seal):
        return
    require_seal(actor, KEEP, seal)
