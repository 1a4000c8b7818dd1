"""``zhengtong supervise_all``: judge all cases anew by the rules that are on; killed, it goes on where it was."""

from datetime import date
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress

from zhengtong.capabilities.supervision.evaluating import begin_evaluation, run_evaluation


class Command(BaseCommand):
    help = "按现行监察规则重新判断全部办件：已有亮牌的不重复；中断后再次运行会接着做。"

    def add_arguments(self, parser: CommandParser) -> None:
        said = "只判断这一天及以后提交的办件"
        parser.add_argument("--from", dest="first_day", type=date.fromisoformat, help=said)

    def handle(self, *args: Any, first_day: date | None = None, **options: Any) -> None:
        began = perf_counter()
        run = begin_evaluation(first_day)
        with Progress(console=Console(stderr=True)) as bars:
            task = bars.add_task("重新判断", total=None)
            found = run_evaluation(run, lambda done, total: bars.update(task, completed=done, total=total))
        seconds = perf_counter() - began
        self.stdout.write(
            f"判断了 {found['judged']} 个办理动作，新增亮牌 {found['carded']} 张，用时 {seconds:.1f} 秒。"
        )
