"""What the module brings."""

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import Protected
from zhengtong.desks.security.applications.screens import SCREENS as APPLICATION_SCREENS
from zhengtong.desks.security.screens import SCREENS
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="security",
    title=_("安全"),
    declares=(Protected(UserSession, is_unscoped=True), *SCREENS, *APPLICATION_SCREENS),
)
