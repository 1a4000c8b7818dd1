"""Sources of the demo city: a database beside the platform's own, in which departments keep what is theirs.

It is on the same server, so that the demo needs no second one; where the platform may not make a database, it goes
without, and says so.
"""

from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from zhengtong.capabilities.sources.demo.departments import TABLES, DemoTable, make_rows
from zhengtong.capabilities.sources.models import Source, SourceKind
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.demo import DemoContext
from zhengtong.kernel.policy import SYSTEM

title = "部门业务库"
# Schema, title of the department, code and name of the source, whether data is delivered there.
PLACES = (
    ("civil_affairs", "民政局", "civil-affairs", "民政业务库", False),
    ("labour", "人力资源和社会保障局", "labour", "社会保险业务库", False),
    ("health", "卫生健康委员会", "health", "健康证明业务库", False),
    ("housing_in", "住房和城乡建设局", "housing-in", "住房保障数据接收库", True),
    ("data_pool", "政务服务数据管理局", "data-pool", "共享数据接收库", True),
)
CITY = "安澜市"


def load(context: DemoContext) -> None:
    """Make the departments' database, fill it, and register each schema as a source."""
    known = {key: value for key, value in connection.get_connection_params().items() if key in _KEPT and value}
    name = f"{known['dbname']}_departments"
    try:
        _make_database(known, name)
    except psycopg.errors.InsufficientPrivilege:
        if context.console is not None:
            context.console.print(
                _("  数据库账号没有建库的权限，演示城市没有部门业务库。"), highlight=False, markup=False
            )
        return
    with psycopg.connect(**(known | {"dbname": name})) as made:
        _fill(made, context)
    sources = [_register(known | {"dbname": name}, *place) for place in PLACES]
    record(SYSTEM, "demo.load", ("sources", context.seed), after={"sources": len(sources)})


_KEPT = ("host", "port", "user", "password", "dbname")


def _make_database(known: dict[str, Any], name: str) -> None:
    """Make it anew: a load that was killed left half of one."""
    with psycopg.connect(**known, autocommit=True) as own:
        own.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        own.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))


def _fill(made: "psycopg.Connection[Any]", context: DemoContext) -> None:
    for schema, *_rest in PLACES:
        made.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    with context.progress(sum(table.count for table in TABLES), str(_("生成部门业务数据"))) as advance:
        for table in TABLES:
            _make_table(made, table)
            rng = context.rng(f"sources.{table.schema}.{table.name}")
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table.schema, table.name))
            with made.cursor().copy(into) as copy:
                for row in make_rows(table, rng, context.today):
                    copy.write_row(row)
            advance(table.count)


def _make_table(made: "psycopg.Connection[Any]", table: DemoTable) -> None:
    place = sql.Identifier(table.schema, table.name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind, _comment in table.columns
    )
    made.execute(sql.SQL("CREATE TABLE {} ({})").format(place, columns))
    made.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(place, sql.Literal(table.comment)))
    for name, _kind, comment in table.columns:
        about = sql.Identifier(table.schema, table.name, name)
        made.execute(sql.SQL("COMMENT ON COLUMN {} IS {}").format(about, sql.Literal(comment)))


def _register(known: dict[str, Any], schema: str, office: str, code: str, name: str, is_writable: bool) -> Source:
    settings = {
        "host": str(known.get("host", "")),
        "port": int(known.get("port") or 5432),
        "database": known["dbname"],
        "user": str(known.get("user", "")),
        "schema": schema,
    }
    source: Source = Source.objects.create(
        code=code,
        name=name,
        organisation=Organisation.objects.get(name=f"{CITY}{office}"),
        kind=SourceKind.POSTGRESQL,
        settings=settings,
        secrets={"password": str(known.get("password", ""))},
        is_readable=True,
        is_writable=is_writable,
    )
    return source
