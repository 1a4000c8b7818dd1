"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ExchangeDeskConfig(ModuleConfig):
    name = "zhengtong.desks.exchange"
    label = "exchange_desk"
    verbose_name = "数据交换"
