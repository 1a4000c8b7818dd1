"""The geography module's application."""

from zhengtong.kernel.modules import ModuleConfig


class GeographyConfig(ModuleConfig):
    name = "zhengtong.capabilities.geography"
    label = "geography"
    verbose_name = "地理信息"
