"""The module's application."""

from zhengtong.kernel.modules import ModuleConfig


class CatalogueDeskConfig(ModuleConfig):
    name = "zhengtong.desks.catalogue"
    label = "catalogue_desk"
    verbose_name = "目录编制"
