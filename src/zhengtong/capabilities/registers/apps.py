"""The registers module's application."""

from zhengtong.kernel.modules import ModuleConfig


class RegistersConfig(ModuleConfig):
    name = "zhengtong.capabilities.registers"
    label = "registers"
    verbose_name = "基础库"
