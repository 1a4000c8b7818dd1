"""The hall module's application."""

from zhengtong.kernel.modules import ModuleConfig


class HallConfig(ModuleConfig):
    name = "zhengtong.desks.hall"
    label = "hall"
    verbose_name = "服务大厅"
