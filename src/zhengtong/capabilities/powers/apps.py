"""The powers module's application."""

from zhengtong.kernel.modules import ModuleConfig


class PowersConfig(ModuleConfig):
    name = "zhengtong.capabilities.powers"
    label = "powers"
    verbose_name = "权力清单"
