"""The items module's application."""

from zhengtong.kernel.modules import ModuleConfig


class ItemsDeskConfig(ModuleConfig):
    name = "zhengtong.desks.items"
    label = "items_desk"
    verbose_name = "事项编制"
