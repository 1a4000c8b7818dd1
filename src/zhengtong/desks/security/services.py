"""What the desk does to a session that it sees; everything else is sign-on's and identity's own."""

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from zhengtong.capabilities.signon.public import EXAMINE
from zhengtong.core.identity.public import Refused, end_sessions
from zhengtong.kernel.policy import Actor, require


@transaction.atomic
def end_session(*, actor: Actor, session: UserSession) -> None:
    """Sign a person out on one device. Raises Refused when she is out already, and Denied."""
    require(actor, EXAMINE, session)
    if not end_sessions(actor=actor, account=session.user, session_id=session.pk):
        raise Refused("gone", _("这个登录已经退出，请刷新页面"))
