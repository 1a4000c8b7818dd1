"""The supervision module's application."""

from zhengtong.kernel.modules import ModuleConfig


class SupervisionConfig(ModuleConfig):
    name = "zhengtong.capabilities.supervision"
    label = "supervision"
    verbose_name = "电子监察"
