"""Classification marks: what is marked, for whom, how long, and what follows from it."""

from zhengtong.kernel.modules import ModuleConfig


class MarksConfig(ModuleConfig):
    name = "zhengtong.core.marks"
    label = "marks"
    verbose_name = "密级标识"
