"""The desk of published services: what the module brings."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.interfaces.public import VIEW
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")

MODULE = Module(
    code="interfaces_desk",
    title=_("接口服务"),
    declares=(
        MenuEntry("interfaces.home", _("接口服务"), "globe", "interfaces_desk:home", (VIEW,), order=60, group=GROUP),
        MenuEntry(
            "interfaces.calls", _("接口调用日志"), "list", "interfaces_desk:calls", (VIEW,), order=62, group=GROUP
        ),
    ),
)
