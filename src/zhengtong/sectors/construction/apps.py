"""The construction module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ConstructionConfig(ModuleConfig):
    name = "zhengtong.sectors.construction"
    label = "construction"
    verbose_name = "工程建设项目审批"
