"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class SharingConfig(ModuleConfig):
    name = "zhengtong.capabilities.sharing"
    label = "sharing"
    verbose_name = "共享监督"
