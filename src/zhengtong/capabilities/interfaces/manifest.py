"""Published services and subscriptions: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.interfaces.journal import ACTION_WORDS
from zhengtong.capabilities.interfaces.models import (
    Call,
    Change,
    InterfaceRule,
    Member,
    MemberKey,
    Service,
    Subscription,
)
from zhengtong.capabilities.interfaces.permissions import PERMISSIONS, ROLES
from zhengtong.capabilities.interfaces.screens import SCREENS
from zhengtong.capabilities.interfaces.services.alerting import WORK_KINDS
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="interfaces",
    title=_("接口服务"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        ACTION_WORDS,
        Protected(Member, organisation="organisation_id"),
        Protected(MemberKey, organisation="member__organisation_id"),
        Protected(Service, organisation="provider_id"),
        # A call is both sides' business, but what was in it is first the user's, whose purpose it served.
        Protected(Call, organisation="organisation_id"),
        Protected(Subscription, organisation="member__organisation_id"),
        Protected(Change, organisation="subscription__member__organisation_id"),
        Protected(InterfaceRule, is_unscoped=True),
        *SCREENS,
        *WORK_KINDS,
    ),
)
