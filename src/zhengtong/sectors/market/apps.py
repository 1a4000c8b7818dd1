"""The market sector's application: the registration of businesses."""

from zhengtong.kernel.modules import ModuleConfig


class MarketConfig(ModuleConfig):
    name = "zhengtong.sectors.market"
    label = "market"
    verbose_name = "经营主体登记"
