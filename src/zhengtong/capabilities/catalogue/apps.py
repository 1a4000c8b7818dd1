"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class CatalogueConfig(ModuleConfig):
    name = "zhengtong.capabilities.catalogue"
    label = "catalogue"
    verbose_name = "信息资源目录"
