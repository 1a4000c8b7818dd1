"""Loads what every installation starts with: the calendar, and each module's ``starting_rows``. Safe to repeat."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from zhengtong.kernel.calendars import load_seed
from zhengtong.kernel.modules import ModuleConfig
from zhengtong.kernel.policy import SYSTEM


class Command(BaseCommand):
    help = "载入节假日、法定期限、事项等初始数据；重复执行不会重复载入。"

    def handle(self, *args: Any, **options: Any) -> None:
        load_seed(actor=SYSTEM)
        for config in apps.get_app_configs():
            if isinstance(config, ModuleConfig) and find_spec(f"{config.name}.starting_rows"):
                import_module(f"{config.name}.starting_rows").load(actor=SYSTEM)
