"""The application of the desk for marks."""

from zhengtong.kernel.modules import ModuleConfig


class MarksDeskConfig(ModuleConfig):
    name = "zhengtong.desks.marks"
    label = "marks_desk"
    verbose_name = "密级标识"
