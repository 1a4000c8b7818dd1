"""Real files for tests: workbooks by XlsxWriter, csv as bytes; and who brings them."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from zhengtong.core.identity.models import Organisation, Region
from zhengtong.core.identity.public import make_credit_code
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, ActorKind, Grant
from zhengtong.screens.declaration import ModelScreens

HEADS = (
    "统一社会信用代码",
    "名称",
    "类型",
    "法定代表人（经营者）",
    "住所（经营场所）",
    "region",
    "登记状态",
    "注册资本（万元）",
    "成立日期",
    "经营范围",
    "登记机关",
)


Enterprise: Any = apps.get_model("registers", "Enterprise")


def enterprises() -> ModelScreens:
    """Return screens with a sheet: the registry knows them, this storey doesn't."""
    return next(each for each in registry.of(ModelScreens) if each.key == "registers.enterprises")


def code(number: int) -> str:
    return make_credit_code("92", "990102", f"M{number:07d}")


def row(number: int, **changes: Any) -> list[Any]:
    """Return a row of the enterprises' sheet; ``changes`` by the place of its column."""
    cells: list[Any] = [
        code(number),
        f"澜水{number}号商店",
        "有限责任公司",
        "王晓岚",
        "滨江路66号",
        "990102",
        "存续",
        "100.50",
        "2020-01-05",
        "日用品零售",
        "91990102000000001A",
    ]
    for place, value in changes.items():
        cells[int(place.removeprefix("c"))] = value
    return cells


def csv_file(rows: Sequence[Sequence[Any]], heads: Sequence[str] = HEADS, encoding: str = "utf-8-sig") -> bytes:
    lines = [",".join(f'"{cell}"' for cell in cells) for cells in [heads, *rows]]
    return "\n".join(lines).encode(encoding)


def workbook(write: Callable[[Any, Any], None]) -> bytes:
    """Return an xlsx that ``write(book, sheet)`` made."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    write(book, book.add_worksheet("名单"))
    book.close()
    return buffer.getvalue()


def xlsx_file(rows: Sequence[Sequence[Any]], heads: Sequence[str] = HEADS) -> bytes:
    def write(_book: Any, sheet: Any) -> None:
        for number, cells in enumerate([heads, *rows]):
            for place, cell in enumerate(cells):
                sheet.write(number, place, cell)

    return workbook(write)


def upload(data: bytes, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def make_registrar(region_code: str = "990102", name: str = "澄波区") -> tuple[Actor, Organisation]:
    """Return someone who keeps the enterprises of one county, and her office."""
    region = Region.objects.filter(code=region_code).first() or Region.objects.create(
        code=region_code, name=name, level="county", path=region_code
    )
    office = Organisation.objects.create(
        name=f"{name}登记机关",
        short_name=f"{name}登记",
        kind="department",
        region=region,
        path=f"9{region_code}",
        credit_code=f"91{region_code}000000001A",
    )
    return registrar_of(office), office


def registrar_of(office: Organisation) -> Actor:
    permissions = frozenset({"registers.view_enterprise", "registers.keep_enterprise"})
    grant = Grant("enterprise_registrar", permissions, frozenset({office.pk}))
    return Actor(kind=ActorKind.STAFF, name="登记员", organisation=office.pk, grants=(grant,))
