"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ExchangeConfig(ModuleConfig):
    name = "zhengtong.capabilities.exchange"
    label = "exchange"
    verbose_name = "数据交换"
