"""The command that imports holiday notices: those that come with the platform, or a file's."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from zhengtong.kernel.calendars import import_year, load_seed
from zhengtong.kernel.holidays import UnusableNotice, parse_notices
from zhengtong.kernel.policy import SYSTEM


class Command(BaseCommand):
    help = "导入节假日安排：不带参数时导入随平台发布的各年通知（已有的年份不动），带文件时导入文件中的通知。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="与 kernel/seed/holidays.toml 同格式的文件")
        parser.add_argument("--region", default="", help="行政区划代码的有效位，默认全国")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["file"]
        if path is None:
            self.stdout.write(f"导入 {load_seed(actor=SYSTEM)} 个年份")
            return
        try:
            notices = parse_notices(path.read_text("utf-8"))
            with transaction.atomic():
                rows = [import_year(actor=SYSTEM, notice=notice, region=options["region"]) for notice in notices]
        except (OSError, UnicodeDecodeError, UnusableNotice) as error:
            raise CommandError(str(error)) from error
        for row in rows:
            self.stdout.write(f"{row.year}　{row.title}　版本 {row.version}")
