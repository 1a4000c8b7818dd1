"""Reviewing and approving applications for seals: two people, neither the applicant."""

from django.urls import reverse

from zhengtong.capabilities.seals.domain import Act, Purpose, Stage
from zhengtong.capabilities.seals.models import SealApplication
from zhengtong.capabilities.seals.permissions import APPROVE, REVIEW
from zhengtong.capabilities.seals.services.ending import end_seal
from zhengtong.capabilities.seals.services.settling import (
    advance,
    lock_application,
    require_seal,
    say_opinion,
    tell,
    turn_seal,
)
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step


@step()
def review_application(*, actor: Actor, application: SealApplication, opinion: str = "") -> SealApplication:
    """Pass an application on to be approved (审核). Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, REVIEW, locked)
    advance(actor=actor, application=locked, act=Act.REVIEW, opinion=opinion)
    return locked


@step()
def approve_application(*, actor: Actor, application: SealApplication, opinion: str = "") -> SealApplication:
    """Approve an application (批准): of a destruction it is the end of the seal, at once. Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, APPROVE, locked)
    advance(actor=actor, application=locked, act=Act.APPROVE, opinion=opinion)
    if locked.purpose == Purpose.DESTROY:
        end_seal(actor=actor, seal=locked.seal, application=locked, reason=locked.reason)
    return locked


@step()
def return_application(*, actor: Actor, application: SealApplication, opinion: str) -> SealApplication:
    """Give an application back to be put right. Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, _permission(locked), locked)
    said = say_opinion(opinion)
    advance(actor=actor, application=locked, act=Act.RETURN, opinion=said)
    _tell(actor, locked, "seals.returned", said)
    return locked


@step()
def refuse_application(*, actor: Actor, application: SealApplication, opinion: str) -> SealApplication:
    """Refuse an application for good; a seal that was never made is given up. Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, _permission(locked), locked)
    said = say_opinion(opinion)
    advance(actor=actor, application=locked, act=Act.REFUSE, opinion=said)
    if locked.purpose == Purpose.ISSUE:
        turn_seal(locked.seal, Act.REFUSE)
        locked.seal.save(update_fields=["state"])
    _tell(actor, locked, "seals.refused", said)
    return locked


def _permission(application: SealApplication) -> str:
    return REVIEW if application.stage == Stage.REVIEW else APPROVE


def _tell(actor: Actor, application: SealApplication, template: str, opinion: str) -> None:
    tell(
        application.applicant,
        template,
        actor=actor,
        link=reverse("seals_desk:application", args=[application.number]),
        who=actor.name,
        seal=application.seal.name,
        number=application.number,
        opinion=opinion[:200],
    )
