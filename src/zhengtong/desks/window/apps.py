"""The window module's application."""

from zhengtong.kernel.modules import ModuleConfig


class WindowConfig(ModuleConfig):
    name = "zhengtong.desks.window"
    label = "window"
    verbose_name = "综合窗口"
