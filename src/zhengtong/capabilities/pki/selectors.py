"""Reading certificates: by fingerprint, whose they are, what the platform trusts."""

import hashlib

from django.db.models import QuerySet
from django.utils import timezone

from zhengtong.capabilities.pki.models import (
    Authority,
    Certificate,
    CertificateApplication,
    CertificateState,
    OutsideAuthority,
    TrustState,
)
from zhengtong.core.identity.public import Account
from zhengtong.kernel.policy import Actor, ActorKind


def find_by_fingerprint(fingerprint: str) -> Certificate | None:
    """Return the own certificate with this SHA-256 fingerprint (hexadecimal, colons allowed)."""
    plain = fingerprint.replace(":", "").strip().lower()
    return Certificate.objects.select_related("authority__parent").filter(fingerprint=plain).first()


def find_account_by_certificate(der: bytes) -> Account | None:
    """Return whose personal certificate this is, None where it isn't one of ours, or doesn't count now."""
    found = (
        Certificate.objects.select_related("account")
        .filter(fingerprint=hashlib.sha256(der).hexdigest(), profile="person", state=CertificateState.VALID)
        .first()
    )
    if found is None or found.account is None or not found.is_usable or not found.account.is_active:
        return None
    return found.account


def get_trust_anchors() -> list[bytes]:
    """Return the roots that signatures are judged by now: the own ones and those that were taken in, in DER."""
    own = Authority.objects.filter(parent=None).order_by("id").values_list("der", flat=True)
    return [bytes(der) for der in own] + [bytes(each.der) for each in list_trusted(timezone.now()) if each.is_root]


def list_trusted(moment: object) -> QuerySet[OutsideAuthority]:
    """Return the outside authorities, roots and others, that were trusted at ``moment``."""
    found = OutsideAuthority.objects.filter(trusted_from__lte=moment).exclude(trusted_until__lte=moment)
    return found.filter(state__in=(TrustState.TRUSTED, TrustState.ENDED)).order_by("id")


def list_intermediates() -> list[bytes]:
    """Return the issuing authorities in between, own and outside ones, for building chains."""
    own = Authority.objects.exclude(parent=None).order_by("id").values_list("der", flat=True)
    return [bytes(der) for der in own] + [bytes(each.der) for each in list_trusted(timezone.now()) if not each.is_root]


def list_own(actor: Actor) -> QuerySet[Certificate]:
    """Return the certificates of whoever asks: her own, or those of the enterprise she acts for at this moment."""
    rows = Certificate.objects.select_related("authority", "legal_entity").order_by("-id")
    if actor.kind is ActorKind.CITIZEN and actor.legal_entity is not None:
        return rows.filter(legal_entity_id=actor.legal_entity)
    if actor.owner_id is None or actor.kind not in (ActorKind.CITIZEN, ActorKind.STAFF):
        return rows.none()
    return rows.filter(account_id=actor.owner_id)


def list_own_applications(actor: Actor) -> QuerySet[CertificateApplication]:
    """Return what the actor applied for in the capacity that she is in, newest first."""
    rows = CertificateApplication.objects.select_related("certificate").order_by("-id")
    if actor.account_id is None or actor.representation is not None:
        return rows.none()
    rows = rows.filter(applied_by_id=actor.account_id)
    return rows if actor.kind is ActorKind.STAFF else rows.filter(legal_entity_id=actor.legal_entity)
