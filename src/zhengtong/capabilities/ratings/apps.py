"""The ratings module's application."""

from zhengtong.kernel.modules import ModuleConfig


class RatingsConfig(ModuleConfig):
    name = "zhengtong.capabilities.ratings"
    label = "ratings"
    verbose_name = "好差评"
