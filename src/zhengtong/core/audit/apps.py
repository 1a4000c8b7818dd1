"""The audit module's application."""

from zhengtong.kernel.modules import ModuleConfig


class AuditConfig(ModuleConfig):
    name = "zhengtong.core.audit"
    label = "audit"
    verbose_name = "日志"
