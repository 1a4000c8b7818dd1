"""The cashier module's application."""

from zhengtong.kernel.modules import ModuleConfig


class CashierDeskConfig(ModuleConfig):
    name = "zhengtong.desks.cashier"
    label = "cashier_desk"
    verbose_name = "收费对账"
