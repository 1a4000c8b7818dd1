"""The cashier desk's application."""

from zhengtong.kernel.modules import ModuleConfig


class CashierDeskConfig(ModuleConfig):
    name = "zhengtong.desks.cashier"
    label = "cashier"
    verbose_name = "收费"
