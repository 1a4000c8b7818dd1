"""The toy module's application."""

from zhengtong.kernel.modules import ModuleConfig


class WellsConfig(ModuleConfig):
    name = "tests.toy"
    label = "wells"
    verbose_name = "水井"
