"""The food sector's application."""

from zhengtong.kernel.modules import ModuleConfig


class FoodConfig(ModuleConfig):
    name = "zhengtong.sectors.food"
    label = "food"
    verbose_name = "食品经营"
