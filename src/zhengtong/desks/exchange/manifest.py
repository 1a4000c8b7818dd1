"""The desk of the exchange: its lines in the menu. Held rows and limits are the capability's own screens."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.exchange.public import VIEW, ExchangePages
from zhengtong.kernel.modules import Module
from zhengtong.screens.menu import MenuEntry

GROUP = _("数据")

MODULE = Module(
    code="exchange_desk",
    title=_("数据交换"),
    declares=(
        MenuEntry("exchange.runs", _("交换监控"), "chart", "exchange_desk:runs", (VIEW,), order=60, group=GROUP),
        MenuEntry(
            "exchange.schedules", _("交换排程"), "calendar", "exchange_desk:schedules", (VIEW,), order=61, group=GROUP
        ),
        MenuEntry(
            "exchange.quarantine", _("隔离数据"), "shield", "exchange_desk:quarantine", (VIEW,), order=62, group=GROUP
        ),
        MenuEntry("exchange.tickets", _("更正单"), "edit", "exchange_desk:tickets", (VIEW,), order=63, group=GROUP),
        MenuEntry("exchange.receipts", _("交换回执"), "file", "exchange_desk:receipts", (VIEW,), order=64, group=GROUP),
        MenuEntry("exchange.links", _("链路"), "globe", "exchange_desk:links", (VIEW,), order=65, group=GROUP),
        MenuEntry("exchange.flows", _("数据流向"), "map", "exchange_desk:flows", (VIEW,), order=66, group=GROUP),
        ExchangePages(run="exchange_desk:run", ticket="exchange_desk:ticket"),
    ),
)
