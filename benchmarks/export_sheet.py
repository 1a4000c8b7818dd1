"""A list of 200,000 rows as a csv and as an xlsx file, against COPY TO STDOUT of the same columns and rows."""

from collections.abc import Callable
from time import perf_counter

from django.db import connection
from django.http import QueryDict

from benchmarks.figure import Figure, compare, say
from benchmarks.import_sheet import CODES, ROWS, empty_table, make_rows, plain_rows, registrar_of_all
from zhengtong.capabilities.registers.models import Enterprise
from zhengtong.capabilities.registers.screens import EnterpriseScreens
from zhengtong.screens.listing import Listing
from zhengtong.screens.sheets.exporting import cells_of_list, stream_file
from zhengtong.screens.sheets.formats import FORMATS
from zhengtong.screens.sheets.target import copy_rows

COLUMNS = (
    "credit_code",
    "name",
    "kind",
    "status",
    "region",
    "established_date",
    "registered_capital",
    "registrar",
    "address",
)


def fill() -> None:
    """Have as many enterprises in the register as the figure says."""
    if Enterprise.objects.filter(credit_code__startswith=CODES).count() != ROWS:
        empty_table()
        columns, rows = plain_rows(make_rows())
        copy_rows("registers_enterprise", columns, rows)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE registers_enterprise")


def exported(extension: str) -> Callable[[], float]:
    actor, screens, form = registrar_of_all(), EnterpriseScreens(), FORMATS[extension]

    def run() -> float:
        listing = Listing(screens, actor, QueryDict(f"columns={','.join(COLUMNS)}"))
        began = perf_counter()
        cells = cells_of_list(listing.columns, form)
        assert len(cells) == len(COLUMNS)
        size = 0
        for chunk in stream_file(actor=actor, screens=screens, found=listing.found, cells=cells, form=form, asked={}):
            size += len(chunk)
        seconds = perf_counter() - began
        say(f"    {extension}: {size >> 20} MB in {seconds:.2f} s")
        return ROWS / seconds

    return run


def copied() -> float:
    columns = ", ".join(f"{name}_id" if name in ("region", "registrar") else name for name in COLUMNS)
    began = perf_counter()
    size = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT {columns} FROM registers_enterprise WHERE credit_code LIKE '{CODES}%' ORDER BY id DESC) "
            "TO STDOUT"
        ) as copy,
    ):
        for data in copy:
            size += len(data)
    return ROWS / (perf_counter() - began)


def run() -> Figure:
    """Return the figure of csv, which holds what COPY sends; that of xlsx, which holds more, is told beside it."""
    fill()
    described = "COPY TO STDOUT of the same columns and rows"
    xlsx = compare("export_xlsx", exported("xlsx"), copied, unit="rows/s", described=described, rounds=3)
    say(f"  xlsx: {xlsx.line()}")
    return compare("export", exported("csv"), copied, unit="rows/s", described=described)
