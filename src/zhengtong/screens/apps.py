"""The screens as a module: layouts, component tags, declared screens and the checks on them."""

from zhengtong.kernel.modules import ModuleConfig


class ScreensConfig(ModuleConfig):
    name = "zhengtong.screens"
    label = "screens"
    verbose_name = "界面"

    def ready(self) -> None:
        super().ready()
        from zhengtong.screens import checks  # noqa: F401  (registers the system checks)
