"""The screens as a Django application: layouts, component tags and the built styles and scripts."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "zhengtong.screens"
    label = "screens"
    verbose_name = "界面"
