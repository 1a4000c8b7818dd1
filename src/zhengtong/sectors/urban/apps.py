"""The urban management sector's application."""

from zhengtong.kernel.modules import ModuleConfig


class UrbanConfig(ModuleConfig):
    name = "zhengtong.sectors.urban"
    label = "urban"
    verbose_name = "城市管理"
