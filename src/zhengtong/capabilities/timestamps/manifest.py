"""What the module brings: who sees the register of time stamps, and what an outside request is called."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.timestamps.declarations import TimestampKind
from zhengtong.capabilities.timestamps.journal import SEALER
from zhengtong.capabilities.timestamps.models import OUTSIDE, TimestampToken
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, Permission

MODULE = Module(
    code="timestamps",
    title=_("可信时间"),
    declares=(
        Permission("timestamps.view_register", _("查看时间戳服务")),
        TimestampKind(OUTSIDE, _("外部请求")),
        Protected(TimestampToken, is_unscoped=True),
        SEALER,
    ),
)
