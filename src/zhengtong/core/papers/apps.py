"""The papers module's application."""

from zhengtong.kernel.modules import ModuleConfig


class PapersConfig(ModuleConfig):
    name = "zhengtong.core.papers"
    label = "papers"
    verbose_name = "文书"

    def ready(self) -> None:
        super().ready()
        from zhengtong.core.papers import checks  # noqa: F401  (registers the system checks)
