"""The supervisors' desk as an application."""

from zhengtong.kernel.modules import ModuleConfig


class SupervisionDeskConfig(ModuleConfig):
    name = "zhengtong.desks.supervision"
    label = "supervision_desk"
    verbose_name = "监察工作台"
