"""The cases module's application."""

from zhengtong.kernel.modules import ModuleConfig


class CasesConfig(ModuleConfig):
    name = "zhengtong.capabilities.cases"
    label = "cases"
    verbose_name = "办件"
