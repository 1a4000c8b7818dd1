"""The search module's application."""

from django.db.models.signals import post_migrate

from zhengtong.kernel.modules import ModuleConfig


class SearchConfig(ModuleConfig):
    name = "zhengtong.core.search"
    label = "search"
    verbose_name = "搜索"

    def ready(self) -> None:
        super().ready()
        from zhengtong.core.search.installing import install_after_migrating

        post_migrate.connect(install_after_migrating, sender=self)
