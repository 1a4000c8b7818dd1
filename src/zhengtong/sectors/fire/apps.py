"""The fire safety sector's application."""

from zhengtong.kernel.modules import ModuleConfig


class FireConfig(ModuleConfig):
    name = "zhengtong.sectors.fire"
    label = "fire"
    verbose_name = "消防安全"
