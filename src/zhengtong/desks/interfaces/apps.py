"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class InterfacesDeskConfig(ModuleConfig):
    name = "zhengtong.desks.interfaces"
    label = "interfaces_desk"
    verbose_name = "接口服务"
