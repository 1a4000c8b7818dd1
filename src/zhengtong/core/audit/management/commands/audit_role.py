"""The command that makes the role the platform runs under: it adds to the journal and can't change, remove or empty it.

Tables belong to the role that migrates. Whoever owns a table can switch its triggers off, so the platform itself must
not own them: it gets this role, and the owner's password stays with whoever upgrades.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.utils import DatabaseError
from psycopg import sql

from zhengtong.core.audit.role import OPEN, say_rights, write_grants


class Command(BaseCommand):
    help = "建立平台运行用的数据库角色：日志和区块只能增加。每次升级（migrate）之后再运行一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", nargs="?", default="zhengtong_app", help="角色名，默认 zhengtong_app")
        parser.add_argument("--password", default="", help="登录密码；不写则不改动，用 peer 或证书登录")
        parser.add_argument("--sql", action="store_true", help="只打印语句，交给数据库管理员执行")
        parser.add_argument("--check", action="store_true", help="检查现在这个连接能不能改动日志")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_rights()
            return
        with connection.cursor() as cursor:
            statements = write_grants(cursor, options["role"])
        if options["sql"]:
            self.stdout.write("\n".join(f"{each};" for each in statements))
            return
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                if options["password"]:
                    name, password = sql.Identifier(options["role"]), sql.Literal(options["password"])
                    cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))
        except DatabaseError as error:
            raise CommandError(
                f"没有建成：{error}\n这个账号要能建立角色、并且拥有平台的表；也可以用 --sql "
                "打印语句，交给数据库管理员。"
            ) from error
        self.stdout.write(
            f"角色 {options['role']} 可以用了：把网站、任务进程的 DATABASE_URL 换成它，升级仍用原来的账号。"
        )

    def check_rights(self) -> None:
        with connection.cursor() as cursor:
            rights = say_rights(cursor)
        for table, held in rights.items():
            self.stdout.write(f"{table}: {'、'.join(held) or '只能增加'}")
        if any(rights.values()):
            raise CommandError(f"这个连接能改动日志。请建立角色：zhengtong audit_role，再改 DATABASE_URL（{OPEN}）。")
