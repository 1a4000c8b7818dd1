"""The administration desk's application."""

from zhengtong.kernel.modules import ModuleConfig


class AdministrationConfig(ModuleConfig):
    name = "zhengtong.desks.administration"
    label = "administration"
    verbose_name = "系统管理"
