"""Outside systems: registered by a keeper, known by a token that is shown once."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.seals.models import OutsideSystem, SealUse, StandingAuthorisation
from zhengtong.capabilities.seals.permissions import KEEP
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation, Refused
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

PREFIX = "zts_"
SEEN_EVERY = timedelta(minutes=5)


@step()
def register_system(
    *, actor: Actor, organisation: Organisation, name: str, daily_quota: int
) -> tuple[OutsideSystem, str]:
    """Register a system; returns it with its token, which is kept nowhere. Raises Refused and Denied."""
    require(actor, KEEP)
    if organisation.pk not in actor.reach(KEEP):
        raise Refused("not-here", _("您只能为本单位登记接入系统。"), "organisation")
    called = " ".join(name.split())[:80]
    if len(called) < 2:
        raise Refused("name", _("请写明系统名称。"), "name")
    if OutsideSystem.objects.filter(organisation=organisation, name=called).exists():
        raise Refused("taken", _("本单位已经登记过“%(name)s”。") % {"name": called}, "name")
    if not 1 <= daily_quota <= 100_000:
        raise Refused("quota", _("每日上限应在 1 到 100000 之间。"), "daily_quota")
    token = PREFIX + secrets.token_urlsafe(32)
    system = OutsideSystem.objects.create(
        name=called,
        organisation=organisation,
        owner_id=actor.held_appointment,
        token_sha256=digest_token(token),
        token_begins=token[:8],
        daily_quota=daily_quota,
    )
    record(actor, "seals.register_system", system, after={"name": called, "daily_quota": daily_quota})
    return system, token


@step()
def end_system(*, actor: Actor, system: OutsideSystem, reason: str) -> OutsideSystem:
    """Let a system's token count no more, and its authorisations with it. Raises Refused and Denied."""
    locked = OutsideSystem.objects.select_for_update(of=("self",)).get(pk=system.pk)
    require(actor, KEEP, locked)
    if not locked.is_active:
        raise Refused("ended", _("这个系统已经停用。"))
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    StandingAuthorisation.objects.filter(system=locked, revoked_at=None).update(
        revoked_at=timezone.now(), revoke_reason=_("接入系统已停用")
    )
    record(actor, "seals.end_system", locked, before={"is_active": True}, after={"is_active": False, "reason": reason})
    return locked


def digest_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_system(token: str) -> OutsideSystem | None:
    """Return the system that a token belongs to, None where it counts for nothing."""
    if not token.startswith(PREFIX):
        return None
    found = OutsideSystem.objects.select_related("organisation").filter(
        token_sha256=digest_token(token), is_active=True
    )
    system = found.first()
    now = timezone.now()
    if system is not None and (system.last_used_at is None or now - system.last_used_at > SEEN_EVERY):
        OutsideSystem.objects.filter(pk=system.pk).update(last_used_at=now)
    return system


def count_sent_today(system: OutsideSystem) -> int:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return SealUse.objects.filter(system=system, asked_at__gte=start).count()
