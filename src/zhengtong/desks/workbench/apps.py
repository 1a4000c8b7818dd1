"""The workbench module's application."""

from zhengtong.kernel.modules import ModuleConfig


class WorkbenchConfig(ModuleConfig):
    name = "zhengtong.desks.workbench"
    label = "workbench"
    verbose_name = "工作台"
