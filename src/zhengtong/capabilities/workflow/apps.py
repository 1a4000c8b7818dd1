"""The workflow module's application."""

from zhengtong.kernel.modules import ModuleConfig


class WorkflowConfig(ModuleConfig):
    name = "zhengtong.capabilities.workflow"
    label = "workflow"
    verbose_name = "流程"
