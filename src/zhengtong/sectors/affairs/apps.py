"""The affairs module's application."""

from zhengtong.kernel.modules import ModuleConfig


class AffairsConfig(ModuleConfig):
    name = "zhengtong.sectors.affairs"
    label = "affairs"
    verbose_name = "社会事务"
