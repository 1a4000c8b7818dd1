"""The powers module's application."""

from zhengtong.kernel.modules import ModuleConfig


class PowersDeskConfig(ModuleConfig):
    name = "zhengtong.desks.powers"
    label = "powers_desk"
    verbose_name = "权力清单"
