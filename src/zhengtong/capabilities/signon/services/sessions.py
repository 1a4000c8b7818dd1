"""What the security administrator does for or against a person's sign-in: ending all sessions, undoing a lock."""

from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.permissions import EXAMINE
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Refused, StaffMember, end_sessions, unlock_account
from zhengtong.core.messages.public import send_message
from zhengtong.kernel.policy import SYSTEM, Actor, require


@transaction.atomic
def end_all_sessions(*, actor: Actor, staff: StaffMember, reason: str) -> int:
    """Sign a person out everywhere, at once; return of how many devices. Raises Refused and Denied."""
    require(actor, EXAMINE, staff)
    if not reason.strip():
        raise Refused("reason", _("请写明原因，本人会看到"), "reason")
    UserSession.objects.purge_and_list(staff.account)
    ended = end_sessions(actor=SYSTEM, account=staff.account)
    if not ended:
        raise Refused("none", _("%(name)s现在没有登录") % {"name": staff.name})
    record(actor, "signon.sessions_ended", staff, after={"count": ended, "reason": reason.strip()})
    send_message(
        actor=SYSTEM, recipient=staff.account, template="signon.sessions_ended", context={"reason": reason.strip()}
    )
    return ended


@transaction.atomic
def unlock_person(*, actor: Actor, staff: StaffMember) -> None:
    """Let a person try again at once, with her password and with her second factor. Raises Denied."""
    unlock_account(actor=actor, staff=staff)
    ratelimit.clear(HttpRequest(), action="second_factor", key=str(staff.account_id))
