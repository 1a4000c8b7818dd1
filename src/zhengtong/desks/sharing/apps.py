"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class SharingDeskConfig(ModuleConfig):
    name = "zhengtong.desks.sharing"
    label = "sharing_desk"
    verbose_name = "共享监督"
