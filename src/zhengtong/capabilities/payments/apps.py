"""The payments module's application."""

from zhengtong.kernel.modules import ModuleConfig


class PaymentsConfig(ModuleConfig):
    name = "zhengtong.capabilities.payments"
    label = "payments"
    verbose_name = "缴费"
