"""Links for screens that nobody is signed in at: made, looked up, ended."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Unacceptable
from zhengtong.capabilities.supervision.models import WallDisplay
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.steps import step

WATCH = "supervision.watch"
CREATE = "supervision.urge"
LONGEST_DAYS = 366
SEEN_EVERY = timedelta(minutes=1)


@step()
def create_display(*, actor: Actor, name: str, title: str, days: int) -> tuple[WallDisplay, str]:
    """Make a link that shows the wall's sums of all organisations that ``actor`` can watch now; return its token, too.

    The token is told once: only its digest is kept. A later change of the maker's posts doesn't widen what it shows.
    Raises Denied and Unacceptable.
    """
    require(actor, CREATE)
    if not name.strip():
        raise Unacceptable(_("请填写大屏的名称，例如安放的地点。"), "name")
    if not 1 <= days <= LONGEST_DAYS:
        raise Unacceptable(_("有效期应在 1 至 %(days)d 天之间。"), "days", days=LONGEST_DAYS)
    token = secrets.token_urlsafe(24)
    display = WallDisplay.objects.create(
        name=name.strip()[:60],
        title=title.strip()[:60],
        token_digest=_digest(token),
        organisations=sorted(actor.reach(WATCH)),
        created_by_id=actor.held_appointment,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record(actor, "supervision.create_display", display, after={"name": display.name, "days": days})
    return display, token


@step()
def revoke_display(*, actor: Actor, display_id: int) -> WallDisplay:
    """End a link at once. Its maker may, and who watches all that it shows. Twice is once. Raises Denied."""
    display = WallDisplay.objects.select_for_update().filter(pk=display_id).first()
    if display is None or not may_revoke(actor, display):
        raise Denied("supervision.revoke_display", visible=False)
    if display.revoked_at is None:
        display.revoked_at = timezone.now()
        display.save(update_fields=["revoked_at"])
        record(actor, "supervision.revoke_display", display)
    return display


def may_revoke(actor: Actor, display: WallDisplay) -> bool:
    return actor.has(CREATE) and (
        display.created_by_id == actor.appointment or actor.reach(WATCH).issuperset(display.organisations)
    )


def list_displays(actor: Actor) -> QuerySet[WallDisplay]:
    """Return the links that ``actor`` made, and those that show nothing which she can't watch."""
    reach = sorted(actor.reach(WATCH))
    mine = WallDisplay.objects.filter(created_by_id=actor.appointment)
    return (mine | WallDisplay.objects.filter(organisations__contained_by=reach)).select_related("created_by__staff")


def get_display(token: str) -> WallDisplay | None:
    """Return the live display of ``token``, None when there is none, or not any more; note that it was seen."""
    now = timezone.now()
    found = WallDisplay.objects.filter(token_digest=_digest(token), revoked_at=None, expires_at__gt=now).first()
    if found is not None and (found.seen_at is None or found.seen_at < now - SEEN_EVERY):
        WallDisplay.objects.filter(pk=found.pk).update(seen_at=now)
    return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
