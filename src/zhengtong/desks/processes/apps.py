"""The processes module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ProcessesDeskConfig(ModuleConfig):
    name = "zhengtong.desks.processes"
    label = "processes_desk"
    verbose_name = "流程设计"
