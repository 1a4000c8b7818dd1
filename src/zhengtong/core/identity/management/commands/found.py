"""``zhengtong found`` makes the first organisation and the three administrators of a bare installation."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from zhengtong.core.identity.administrators import ROLES
from zhengtong.core.identity.errors import Refused
from zhengtong.core.identity.models import Region
from zhengtong.core.identity.services.founding import FirstAccount, found_administration
from zhengtong.kernel.policy import SYSTEM

OPTIONS = dict(zip(("system", "security", "audit"), ROLES, strict=True))
LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}


class Command(BaseCommand):
    help = "在空的平台上设立本级人民政府和三名管理员（系统管理、安全保密管理、安全审计），打印各自的初始密码"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="机构全称，如 某县人民政府")
        parser.add_argument(
            "--region", required=True, metavar="代码", help="行政区划代码；没有导入过区划时同时给 --name"
        )
        parser.add_argument("--name", default="", help="行政区划名称，如 某县")
        for option in OPTIONS:
            parser.add_argument(f"--{option}", required=True, metavar="用户名:姓名")

    def handle(self, *args: Any, organisation: str, region: str, name: str, **options: Any) -> None:
        accounts = {role: self._read(option, options[option]) for option, role in OPTIONS.items()}
        try:
            found_administration(
                actor=SYSTEM, region=self._region(region, name), organisation_name=organisation, accounts=accounts
            )
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        self.stdout.write(_("已设立%(name)s。请把初始密码分别交给三个人，登录后立即修改：") % {"name": organisation})
        for account in accounts.values():
            self.stdout.write(f"  {account.name}　{account.username}　{account.password}")

    def _read(self, option: str, text: str) -> FirstAccount:
        username, _colon, name = text.partition(":")
        if not username or not name:
            raise CommandError(_("--%(option)s 要写成“用户名:姓名”") % {"option": option})
        return FirstAccount(username, name, secrets.token_urlsafe(12))

    def _region(self, code: str, name: str) -> Region:
        known = Region.objects.filter(code=code).first()
        if known:
            return known
        level = LEVELS.get(len(code.rstrip("0")) + len(code.rstrip("0")) % 2 if len(code) == 6 else len(code))
        if not name or level is None or not code.isdigit():
            raise CommandError(
                _("没有代码为 %(code)s 的行政区划：请先导入区划，或者用 --name 写明名称") % {"code": code}
            )
        return Region.objects.create(code=code, name=name, level=level, path=code)
