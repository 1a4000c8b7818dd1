"""The desk of the auditor: search, timelines, evidence."""

from zhengtong.kernel.modules import ModuleConfig


class OversightDeskConfig(ModuleConfig):
    name = "zhengtong.desks.oversight"
    label = "oversight_desk"
    verbose_name = "责任认定"
