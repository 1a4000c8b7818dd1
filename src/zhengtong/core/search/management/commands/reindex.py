"""The command that rebuilds the search index, and goes on where it was broken off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from zhengtong.core.search.declarations import Searchable
from zhengtong.core.search.indexing import list_unfinished, rebuild, start_rebuilding
from zhengtong.core.search.installing import install
from zhengtong.core.search.models import IndexedKind
from zhengtong.kernel.modules import registry


class Command(BaseCommand):
    help = "重建搜索索引：不带参数时重建全部，带类别时只重建这些；中断后加 --continue 从断点继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kinds", nargs="*", help="类别，如 cases.case")
        parser.add_argument("--continue", action="store_true", dest="goes_on", help="只做还没有做完的")

    def handle(self, *args: Any, kinds: list[str], goes_on: bool, **options: Any) -> None:
        install(connection)
        declared = {each.kind: each for each in registry.of(Searchable)}
        if unknown := [kind for kind in kinds if kind not in declared]:
            raise CommandError(f"没有这些类别：{'、'.join(unknown)}。可以重建的有：{'、'.join(declared)}")
        chosen = kinds or list(declared)
        if not goes_on:
            start_rebuilding(chosen)
        waiting = [kind for kind in list_unfinished() if kind in chosen]
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            for kind in waiting:
                upto = IndexedKind.objects.values_list("rebuilt_upto", flat=True).get(pk=kind) or 0
                rows = declared[kind].list_rows()
                task = progress.add_task(str(declared[kind].title), total=rows.count())
                progress.advance(task, rows.filter(pk__lte=upto).count() if upto else 0)
                for count in rebuild(kind):
                    progress.advance(task, count)
        self.stdout.write(f"已重建 {len(waiting)} 类")
