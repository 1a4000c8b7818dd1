"""What the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.signon.applications import permissions as applications
from zhengtong.capabilities.signon.applications.journal import APPLICATION_ACTS
from zhengtong.capabilities.signon.journal import FACTOR_ACTS
from zhengtong.capabilities.signon.models import (
    Application,
    Attempt,
    Authorization,
    FactorReset,
    FactorRule,
    IdentityKey,
    LogoutNotice,
    RosterEntry,
    StepUpRule,
    WatchRule,
)
from zhengtong.capabilities.signon.notices import TEMPLATES
from zhengtong.capabilities.signon.permissions import PERMISSIONS
from zhengtong.capabilities.signon.staffing.directory import MANAGE_STAFF
from zhengtong.capabilities.signon.staffing.journal import STAFFING_ACTS
from zhengtong.capabilities.signon.staffing.screens import RosterScreens
from zhengtong.core.audit.public import ActionWords
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.assurance import AssuredAct
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

MODULE = Module(
    code="signon",
    title=_("统一登录"),
    declares=(
        ActionWords("signon", {**FACTOR_ACTS, **APPLICATION_ACTS, **STAFFING_ACTS}),
        *PERMISSIONS,
        *applications.DECLARATIONS,
        *TEMPLATES,
        AssuredAct("issue", _("签发、准予许可")),
        AssuredAct("seal", _("用印")),
        AssuredAct("export", _("导出数据")),
        AssuredAct("trust", _("管理密钥、证书和登录要求")),
        Protected(Attempt, is_unscoped=True),
        Protected(FactorReset, is_unscoped=True),
        Protected(FactorRule, is_unscoped=True),
        Protected(StepUpRule, is_unscoped=True),
        Protected(WatchRule, is_unscoped=True),
        Protected(Application, organisation="organisation_id"),
        Protected(Authorization, organisation="application__organisation_id"),
        Protected(LogoutNotice, organisation="application__organisation_id"),
        Protected(IdentityKey, is_unscoped=True),
        Protected(RosterEntry, organisation="organisation_id"),
        RosterScreens(),
        MenuEntry("signon.waiting", _("待启用账号"), "user", "signon:waiting", (MANAGE_STAFF,), order=33),
    ),
)
