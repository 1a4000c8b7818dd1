"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class SourcesDeskConfig(ModuleConfig):
    name = "zhengtong.desks.sources"
    label = "sources_desk"
    verbose_name = "数据源管理"
