"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class SourcesConfig(ModuleConfig):
    name = "zhengtong.capabilities.sources"
    label = "sources"
    verbose_name = "数据源"
