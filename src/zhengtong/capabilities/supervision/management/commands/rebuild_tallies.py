"""``zhengtong rebuild_tallies``: count all cases again, after rows were loaded past the platform's own services."""

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand

from zhengtong.capabilities.supervision.counting import rebuild_tallies


class Command(BaseCommand):
    help = "重新统计监察计数：批量导入办件之后运行；期间的办理操作会等待。"

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        rebuild_tallies()
        self.stdout.write(f"监察计数已重新统计，用时 {perf_counter() - began:.1f} 秒。")
