"""``zhengtong demo load`` fills an empty database with the demo city; ``demo accounts`` prints who may sign in."""

import sys
import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from zhengtong.kernel.demo import DEFAULT_SEED, DemoPresent, DemoRefused, Scale, demo_accounts, load_demo


class Command(BaseCommand):
    help = "演示城市：加载数据，列出账号"
    # Neither needs the addresses and templates that the checks walk through; starting has checked them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        load = actions.add_parser("load", help="把演示数据装入空数据库")
        load.add_argument("--seed", type=int, help=f"随机种子，相同种子生成相同数据（默认 {DEFAULT_SEED}）")
        load.add_argument("--today", type=date.fromisoformat, help="演示数据的“今天”，如 2026-03-02（默认为当天）")
        load.add_argument(
            "--scale",
            type=Scale,
            choices=list(Scale),
            help="规模：small 为小城（默认），city 另有百万居民、十万经营主体和三年的百万办件",
        )
        load.add_argument("--once", action="store_true", help="已有演示数据时直接结束，不报错")
        actions.add_parser("accounts", help="列出演示账号")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "load":
            self.load(**{name: options[name] for name in ("seed", "today", "scale")}, is_once=options["once"])
        else:
            self.print_accounts()

    def load(self, *, seed: int | None, today: date | None, scale: Scale | None, is_once: bool) -> None:
        console = Console(stderr=True)
        started = time.monotonic()
        try:
            context = load_demo(
                seed=seed, today=today, scale=scale, default_today=timezone.localdate(), console=console
            )
        except DemoPresent as present:
            if not is_once:
                raise CommandError(str(present)) from present
            return
        except DemoRefused as refused:
            raise CommandError(str(refused)) from refused
        seconds = time.monotonic() - started
        console.print(
            _("演示数据已加载：种子 %(seed)s，今天 %(today)s，用时 %(seconds).1f 秒")
            % {"seed": context.seed, "today": context.today, "seconds": seconds},
            highlight=False,
        )

    def print_accounts(self) -> None:
        accounts = demo_accounts()
        table = Table(title=_("演示账号"), title_justify="left")
        for heading in (_("用户名"), _("密码"), _("姓名"), _("身份"), _("所在")):
            table.add_column(heading, no_wrap=True)
        for account in accounts:
            table.add_row(account.username, account.password, account.name, account.role, account.place)
        # A pipe has no width: without one the columns would be cut to eighty.
        Console(file=sys.stdout, width=None if sys.stdout.isatty() else 140).print(table)
