"""Rows of a spreadsheet, read already, against a bare COPY of the same rows into the same table with its indexes.

Measured is all that an import does with them: where they may go, staged, compared with what is there, kept as a
difference, merged, journalled with a digest over every change, committed. Reading the file comes before.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from benchmarks.figure import Figure, compare, say
from zhengtong.capabilities.registers.models import Enterprise
from zhengtong.capabilities.registers.screens import EnterpriseScreens
from zhengtong.core.audit.public import AuditRecord
from zhengtong.core.files.public import store_bytes
from zhengtong.core.identity.public import Organisation, Region, make_credit_code
from zhengtong.kernel.policy import Actor, ActorKind, Grant
from zhengtong.screens.sheets import services
from zhengtong.screens.sheets.checking import CHUNK, Check
from zhengtong.screens.sheets.models import SheetRun, State
from zhengtong.screens.sheets.parsing import ReadRow
from zhengtong.screens.sheets.progress import showing
from zhengtong.screens.sheets.shape import Shape
from zhengtong.screens.sheets.target import copy_rows

ROWS = 200_000
# Of a county that there isn't.
CODES = "92992099"
_SCOPE = "餐饮服务；小食品制造、食品经营；日用百货零售；信息咨询服务。"


def make_places() -> tuple[list[Region], list[Organisation]]:
    """Return ten counties, each with its registrar."""
    regions, registrars = [], []
    for number in range(10):
        region, _made = Region.objects.get_or_create(
            code=f"9920{number:02d}", defaults={"name": f"第{number}县", "level": "county", "path": f"9920{number:02d}"}
        )
        registrar, _made = Organisation.objects.get_or_create(
            name=f"第{number}县市场监督管理局",
            defaults={
                "short_name": f"{number}县市监局",
                "kind": "department",
                "region": region,
                "path": f"99200{number}",
            },
        )
        regions.append(region)
        registrars.append(registrar)
    return regions, registrars


def make_rows() -> list[ReadRow]:
    """Return what the parser gives of a file with as many enterprises, new to the register."""
    regions, registrars = make_places()
    first = date(2001, 1, 1)
    return [
        ReadRow(
            line=number + 2,
            key=make_credit_code("92", "992099", f"{number:08d}"),
            values={
                "credit_code": make_credit_code("92", "992099", f"{number:08d}"),
                "name": f"安澜市{number % 977}号{number}商贸有限公司",
                "kind": "limited",
                "representative_name": f"王{number % 997}",
                "address": f"安澜市滨江路{number % 3000}号{number % 31}室",
                "region": regions[number % 10].pk,
                "status": "active",
                "registered_capital": number % 5000,
                "established_date": first + timedelta(days=number % 9000),
                "business_scope": _SCOPE,
                "registrar": registrars[number % 10].pk,
            },
        )
        for number in range(ROWS)
    ]


def registrar_of_all() -> Actor:
    """Return someone who may import for all ten counties."""
    reach = frozenset(organisation.pk for organisation in make_places()[1])
    grant = Grant("enterprise_registrar", frozenset({"registers.keep_enterprise", "registers.view_enterprise"}), reach)
    return Actor(kind=ActorKind.STAFF, name="登记员", grants=(grant,))


def empty_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM registers_enterprise WHERE credit_code LIKE '{CODES}%'")
        cursor.execute("DELETE FROM sheets_sheetrow")
    connection.close()
    with connection.cursor() as cursor:
        for table in ("registers_enterprise", "sheets_sheetrow"):
            cursor.execute(f"VACUUM {table}")


def run() -> Figure:
    """Return the figure."""
    rows = make_rows()
    actor = registrar_of_all()
    screens = EnterpriseScreens()
    file = store_bytes(actor=actor, name="enterprises.csv", data=b"x", content_type="text/csv")

    def imported() -> float:
        empty_table()
        began = perf_counter()
        made = services.start_run(actor=actor, screens=screens, file=file)
        with showing(made) as progress:
            with transaction.atomic():
                check = Check(made, Shape(screens), actor, progress)
                progress.start(len(rows))
                for start in range(0, len(rows), CHUNK):
                    check.take(rows[start : start + CHUNK])
                    progress.advance(CHUNK)
                check.judge()
                made.rights, made.state = services.rights_of(actor), State.CHECKED
                made.save()
            checked = perf_counter()
            SheetRun.objects.filter(pk=made.pk).update(state=State.APPLYING)
            with transaction.atomic():
                services._apply(made, screens, actor, progress)
        seconds = perf_counter() - began
        assert Enterprise.objects.filter(credit_code__startswith=CODES).count() == len(rows)
        assert AuditRecord.objects.filter(action="sheets.apply_sheet", object_id=str(made.pk)).count() == 1
        say(f"    checked in {checked - began:.2f} s, applied in {seconds - (checked - began):.2f} s")
        return len(rows) / seconds

    columns, plain = plain_rows(rows)

    def copied() -> float:
        empty_table()
        began = perf_counter()
        with transaction.atomic():
            for start in range(0, len(plain), CHUNK):
                copy_rows("registers_enterprise", columns, plain[start : start + CHUNK])
        return len(plain) / (perf_counter() - began)

    return compare("import", imported, copied, unit="rows/s", described="COPY into the same indexed table", rounds=5)


def plain_rows(rows: Sequence[ReadRow]) -> tuple[list[str], list[list[Any]]]:
    names = list(rows[0].values or ())
    columns = [str(column) for column in (Enterprise._meta.get_field(name).column for name in names)]  # type: ignore[union-attr]  # all concrete
    return [*columns, "representative_digest"], [[*(row.values or {}).values(), ""] for row in rows]
