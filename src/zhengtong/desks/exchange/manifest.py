"""The desk of the exchange: its lines in the menu. Held rows and limits are the capability's own screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.public import VIEW, ExchangePages
from zhengtong.kernel.modules import Module, Text
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")


def _entry(code: str, title: Text, icon: str, order: int) -> MenuEntry:
    return MenuEntry(f"exchange.{code}", title, icon, f"exchange_desk:{code}", (VIEW,), order=order, group=GROUP)


MODULE = Module(
    code="exchange_desk",
    title=_("数据交换"),
    declares=(
        _entry("runs", _("交换监控"), "chart", 60),
        _entry("schedules", _("交换排程"), "calendar", 61),
        _entry("quarantine", _("隔离数据"), "shield", 62),
        _entry("tickets", _("更正单"), "edit", 63),
        _entry("receipts", _("交换回执"), "file", 64),
        _entry("links", _("链路"), "globe", 65),
        _entry("flows", _("数据流向"), "map", 66),
        ExchangePages(run="exchange_desk:run", ticket="exchange_desk:ticket"),
    ),
)
