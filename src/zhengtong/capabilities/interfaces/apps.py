"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class InterfacesConfig(ModuleConfig):
    name = "zhengtong.capabilities.interfaces"
    label = "interfaces"
    verbose_name = "接口服务"
