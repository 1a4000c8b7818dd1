"""Making, filing and enabling a seal. The keys come into being in the signer, when it is made and nowhere before."""

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.pki.public import (
    Certificate,
    RevocationReason,
    ensure_service_certificate,
    issue_for_key,
)
from zhengtong.capabilities.seals.domain import Act, Purpose
from zhengtong.capabilities.seals.engines.ses import make_ses_seal
from zhengtong.capabilities.seals.events import SealEnabled
from zhengtong.capabilities.seals.models import Making, Seal, SealApplication
from zhengtong.capabilities.seals.permissions import FILE, KEEP, MAKE
from zhengtong.capabilities.seals.services.ending import end_making
from zhengtong.capabilities.seals.services.settling import advance, lock_application, require_seal, tell, turn_seal
from zhengtong.capabilities.seals.wants import Wanted, draw, size_of
from zhengtong.core.audit.public import record
from zhengtong.core.crypto.public import Algorithm, signer
from zhengtong.core.crypto.public import Purpose as KeyPurpose
from zhengtong.core.identity.public import Refused
from zhengtong.kernel.events import publish
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step


@step()
def make_seal(*, actor: Actor, application: SealApplication) -> SealApplication:
    """Make what was approved: draw the picture, have two keys made in the signer and certified, compose the SES seal.

    Raises Refused, Denied, CertificateRefused, SignerUnavailable.
    """
    locked = lock_application(application.pk)
    require_seal(actor, MAKE, locked)
    advance(actor=actor, application=locked, act=Act.MAKE)
    seal = locked.seal
    wanted = _wanted(locked)
    width, height = size_of(wanted, seal.organisation)
    svg = draw(wanted, width=width, height=height, code=seal.code).svg()
    p256, sm2 = (_certify(seal, wanted, algorithm) for algorithm in (Algorithm.P256, Algorithm.SM2))
    maker = ensure_service_certificate("content", Algorithm.SM2)
    number = seal.makings.count() + 1
    Making.objects.create(
        seal=seal,
        number=number,
        image_svg=svg,
        key_name=p256.key_name,
        sm2_key_name=sm2.key_name,
        certificate=p256,
        sm2_certificate=sm2,
        ses_seal=make_ses_seal(
            code=seal.code,
            name=wanted.name,
            kind=wanted.kind,
            image_svg=svg,
            width_mm=width,
            height_mm=height,
            certificates=[bytes(sm2.der)],
            not_before=sm2.not_before,
            not_after=sm2.not_after,
            maker_certificate=bytes(maker.der),
            maker_key_name=maker.key_name,
        ),
        made_by_id=actor.held_appointment,
        made_at=timezone.now(),
    )
    record(
        actor,
        "seals.make",
        seal,
        after={
            "code": seal.code,
            "making": number,
            "certificate": p256.serial,
            "sm2_certificate": sm2.serial,
        },
    )
    return locked


@step()
def file_seal(*, actor: Actor, application: SealApplication, filing_number: str) -> SealApplication:
    """Enter the number under which the seal was put on record (备案). Raises Refused and Denied."""
    locked = lock_application(application.pk)
    require_seal(actor, FILE, locked)
    number = "".join(filing_number.split())[:40]
    if not number:
        raise Refused("no-number", _("请填写备案号。"), "filing_number")
    advance(actor=actor, application=locked, act=Act.FILE, opinion=_("备案号 %(number)s") % {"number": number})
    locked.seal.filing_number = number
    locked.seal.save(update_fields=["filing_number"])
    return locked


@step()
def enable_seal(*, actor: Actor, application: SealApplication) -> SealApplication:
    """Bring the newest making into use (启用); the one before it ends, its certificates revoked.

    Raises Refused, also where the keeper has left meanwhile, and Denied.
    """
    locked = lock_application(application.pk)
    require_seal(actor, KEEP, locked)
    advance(actor=actor, application=locked, act=Act.ENABLE)
    seal, before = locked.seal, locked.seal.making
    newest = seal.makings.order_by("-number").select_related("certificate", "sm2_certificate").first()
    if newest is None or newest.ended_at is not None:
        raise Refused("not-made", _("印章还没有制作。"))
    turn_seal(seal, Act.ENABLE)
    if locked.wanted:
        wanted = _wanted(locked)
        seal.name, seal.text, seal.line, seal.shape = wanted.name, wanted.text, wanted.line, wanted.shape
        seal.width_mm, seal.height_mm = size_of(wanted, seal.organisation)
    seal.making, seal.enabled_at = newest, seal.enabled_at or timezone.now()
    seal.save()
    if before is not None:
        renamed = locked.purpose == Purpose.CHANGE
        reason = RevocationReason.AFFILIATION_CHANGED if renamed else RevocationReason.SUPERSEDED
        end_making(before, reason, locked.reason)
    publish(SealEnabled(actor, seal.pk))
    tell(
        locked.applicant,
        "seals.enabled",
        actor=actor,
        link=reverse("seals_desk:seal", args=[seal.code]),
        seal=seal.name,
    )
    return locked


def _wanted(application: SealApplication) -> Wanted:
    """Return what is to be made: what the application wants, of a remaking what the newest wish was."""
    if application.wanted:
        return Wanted.of(application.wanted)
    last = application.seal.applications.exclude(wanted={}).filter(stage="done").order_by("-id").first()
    assert last is not None, "a seal in use was wished for once"
    return Wanted.of(last.wanted)


def _certify(seal: Seal, wanted: Wanted, algorithm: Algorithm) -> Certificate:
    key = signer.create_key(f"seal-{uuid4().hex}", algorithm, KeyPurpose.SEAL)
    organisation = seal.organisation
    return issue_for_key(
        actor=SYSTEM,
        profile="seal",
        subject={
            "country_name": "CN",
            "organization_name": organisation.name[:64],
            "common_name": wanted.name[:64],
            "serial_number": seal.code,
        },
        spki=key.spki,
        key_name=key.name,
        holder=organisation,
    )
