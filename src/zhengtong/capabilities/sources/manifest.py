"""Where data comes from and goes to: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.journal import ACTION_WORDS
from zhengtong.capabilities.sources.models import Source
from zhengtong.capabilities.sources.permissions import MANAGE, PERMISSIONS, ROLES, VIEW
from zhengtong.capabilities.sources.screens import SCREENS
from zhengtong.capabilities.sources.services.watching import DOWN_KIND
from zhengtong.core.identity.public import MatterKind, Protected
from zhengtong.core.worklist.public import WorkKind
from zhengtong.kernel.modules import Module

MODULE = Module(
    code="sources",
    title=_("数据源"),
    declares=(
        *PERMISSIONS,
        *ROLES,
        MatterKind("sources.managing", _("管理数据源"), (VIEW, MANAGE)),
        Protected(Source, organisation="organisation_id"),
        ACTION_WORDS,
        WorkKind(DOWN_KIND, _("数据源故障"), permissions=(MANAGE,)),
        *SCREENS,
    ),
)
