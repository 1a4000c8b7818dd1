"""The ratings desk's application."""

from zhengtong.kernel.modules import ModuleConfig


class RatingsDeskConfig(ModuleConfig):
    name = "zhengtong.desks.ratings"
    label = "ratings_desk"
    verbose_name = "好差评"
