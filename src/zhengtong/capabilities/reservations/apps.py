"""The reservations module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ReservationsConfig(ModuleConfig):
    name = "zhengtong.capabilities.reservations"
    label = "reservations"
    verbose_name = "预约和排队"
