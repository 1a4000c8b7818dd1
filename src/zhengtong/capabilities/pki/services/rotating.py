"""A new key for one of the platform's own services: certified, and from then on the one that everybody asks for."""

from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from zhengtong.capabilities.pki.domain.names import Subject
from zhengtong.capabilities.pki.domain.profiles import get_profile
from zhengtong.capabilities.pki.models import Authority, Certificate
from zhengtong.capabilities.pki.services.founding import SERVICES
from zhengtong.capabilities.pki.services.issuing import get_issuing_authority, issue
from zhengtong.core.crypto.public import Algorithm, signer
from zhengtong.kernel.policy import Actor


@transaction.atomic
def rotate_service_key(actor: Actor, key_name: str, reason: str) -> str:
    """Certify a successor of the service's key ``key_name``; return its name. The old certificate runs out by itself.

    Raises LookupError when no valid certificate of a service names this key, and as issuing does.
    """
    now = timezone.now()
    old = Certificate.objects.filter(
        key_name=key_name, profile__in=SERVICES, state="valid", not_before__lte=now, not_after__gt=now
    ).first()
    if old is None:
        raise LookupError(key_name)
    algorithm = Algorithm(old.algorithm)
    authority = get_issuing_authority(algorithm)
    Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
    newest = Certificate.objects.filter(profile=old.profile, algorithm=old.algorithm, state="valid").order_by("-id")[0]
    if newest.pk != old.pk:
        return newest.key_name  # somebody else was first
    name = f"{old.profile}-{uuid4().hex}"
    signer.call("succeed", name=key_name, successor=name)
    title, _algorithms = SERVICES[old.profile]
    parts = {"country_name": "CN", "organization_name": settings.SITE_NAME[:64]}
    issued = issue(
        actor=actor,
        profile=get_profile(old.profile),
        subject=Subject(parts | {"common_name": f"{settings.SITE_NAME}{title}"[:64]}),
        spki=signer.get_public_key(name).spki,
        key_name=name,
        authority=authority,
    )
    return issued.key_name
