"""The desk of data sources: its line in the menu."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.sources.public import MANAGE
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据源")

MODULE = Module(
    code="sources_desk",
    title=_("数据源管理"),
    declares=(
        MenuEntry("sources.register", _("登记数据源"), "plus", "sources_desk:choose", (MANAGE,), order=61, group=GROUP),
    ),
)
