"""The worklist module's application."""

from zhengtong.kernel.modules import ModuleConfig


class WorklistConfig(ModuleConfig):
    name = "zhengtong.core.worklist"
    label = "worklist"
    verbose_name = "待办"
