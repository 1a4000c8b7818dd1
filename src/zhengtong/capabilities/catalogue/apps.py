"""The module's application."""

from django.db.models.signals import pre_migrate

from zhengtong.kernel.modules import ModuleConfig


class CatalogueConfig(ModuleConfig):
    name = "zhengtong.capabilities.catalogue"
    label = "catalogue"
    verbose_name = "信息资源目录"

    def ready(self) -> None:
        super().ready()
        from zhengtong.capabilities.catalogue.datasets import drop_views_before_migrating

        pre_migrate.connect(drop_views_before_migrating, sender=self)
