"""``zhengtong startmodule water --title 水资源`` writes the skeleton of a module: a folder that works at once."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from zhengtong.kernel.modules import Role, registry
from zhengtong.screens.skeletons import KINDS, STOREYS, Plan, Unusable, write_module

# Makes the first migration in a process that has the module installed; the settings needn't name it yet.
MIGRATE = """
import os, sys
from importlib import import_module
from django.conf import settings
given = import_module(os.environ["DJANGO_SETTINGS_MODULE"])
values = {name: getattr(given, name) for name in dir(given) if name.isupper()}
if sys.argv[1] not in values["INSTALLED_APPS"]:
    values["INSTALLED_APPS"] = [*values["INSTALLED_APPS"], sys.argv[1]]
settings.configure(**values)
import django
django.setup()
from django.core.management import call_command
call_command("makemigrations", sys.argv[2], name=sys.argv[3], verbosity=0, skip_checks=False)
"""


class Command(BaseCommand):
    help = "新建一个模块的骨架：模型、服务、页面声明、测试、译文，写好就能用"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="模块代码，如 water")
        parser.add_argument("--title", required=True, help="模块名称，如 水资源")
        parser.add_argument("--storey", choices=STOREYS, default="sectors", help="放在哪一层（默认 sectors）")
        parser.add_argument("--model", default="", help="模型名和名称，如 Well:水井（默认与模块同名）")
        parser.add_argument(
            "--fields", nargs="*", default=[], help=f"字段，如 depth:decimal:井深；类型：{'、'.join(KINDS)}"
        )
        parser.add_argument("--install", action="store_true", help="同时在 config/settings.py 里加上那一行")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = Plan.read(**{name: options[name] for name in ("storey", "code", "title", "model", "fields")})
        except Unusable as unusable:
            raise CommandError(str(unusable)) from None
        folder = Path(settings.PACKAGE) / plan.storey / plan.code
        self.refuse_taken(plan, folder)
        written = write_module(plan, folder)
        try:
            self.make_migration(plan)
        except CommandError:
            shutil.rmtree(folder)
            raise
        tidy(folder)
        self.stdout.write(_("已写好 %(folder)s，%(n)d 个文件。") % {"folder": folder, "n": len(written) + 1})
        if options["install"]:
            install(plan)
            self.stdout.write(_("已在 config/settings.py 的 INSTALLED_APPS 里加上：%(line)s") % {"line": plan.line})
        else:
            self.stdout.write(
                _("在 config/settings.py 的 INSTALLED_APPS 里加上这一行：\n    %(line)s") % {"line": plan.line}
            )
        if plan.storey == "capabilities":
            self.stdout.write(
                _("能力层的模块有先后：在 pyproject.toml 的 capabilities 次序里写上 %(code)s。") % {"code": plan.code}
            )
        self.stdout.write(_("然后运行 zhengtong migrate，再运行 make test ARGS='-k %(code)s'。") % {"code": plan.code})

    def refuse_taken(self, plan: Plan, folder: Path) -> None:
        """Raise CommandError with a sentence when a name is taken already."""
        code = plan.code
        if folder.exists():
            raise CommandError(_("目录 %(folder)s 已经有了，没有改动它") % {"folder": folder})
        taken = code in registry.modules or any(config.label == code for config in apps.get_app_configs())
        if taken or any(find_spec(f"zhengtong.{storey}.{code}") for storey in ("core", *STOREYS)):
            raise CommandError(_("模块代码 %(code)s 已经用了，请换一个") % {"code": code})
        if any(role.code in {f"{code}_viewer", f"{code}_keeper"} for role in registry.of(Role)):
            raise CommandError(_("角色 %(code)s_viewer 或 %(code)s_keeper 已经有了，请换一个模块代码") % {"code": code})
        try:
            resolve(f"/desk/{code}/")
        except Resolver404:
            return
        raise CommandError(_("地址 /desk/%(code)s/ 已经有别的页面，请换一个模块代码") % {"code": code})

    def make_migration(self, plan: Plan) -> None:
        done = subprocess.run(
            [sys.executable, "-c", MIGRATE, f"{plan.package}.apps.{plan.config}", plan.code, f"keep_{plan.rows}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(_("没有写成，已撤回。原因：\n%(why)s") % {"why": done.stderr.strip()[-2000:]})


def tidy(folder: Path) -> None:
    """Format what was written where the formatter is installed, as it is for whoever writes modules."""
    ruff = Path(sys.executable).with_name("ruff")
    if ruff.exists():
        for verb in (["format", "--quiet"], ["check", "--fix", "--quiet"], ["format", "--quiet"]):
            subprocess.run([str(ruff), *verb, str(folder)], check=False)


def install(plan: Plan) -> None:
    """Put the module's line into the settings: behind the last of its storey, above the next one."""
    path = Path(settings.PACKAGE) / "config" / "settings.py"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    storeys = ("capabilities", "desks", "sectors")
    below = tuple(f'    "zhengtong.{storey}.' for storey in storeys[: storeys.index(plan.storey) + 1])
    # Modules bring middleware, too, whose lines begin alike.
    last = max(number for number, line in enumerate(lines) if line.startswith(below) and ".apps." in line)
    lines.insert(last + 1, f"    {plan.line}\n")
    path.write_text("".join(lines), "utf-8")
