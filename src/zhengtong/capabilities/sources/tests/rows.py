"""Tables for tests of sources: one with every kind of column, and what a person would put there."""

import datetime
import string
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from zhengtong.capabilities.sources.domain import Column, ColumnKind, Landing, Reading, arrow_type

CODE = Column("code", ColumnKind.TEXT, length=20, is_nullable=False, is_key=True)
NAME = Column("name", ColumnKind.TEXT)
COLUMNS = (
    CODE,
    NAME,
    Column("staff", ColumnKind.INTEGER),
    Column("capital", ColumnKind.DECIMAL, precision=18, scale=4),
    Column("score", ColumnKind.REAL),
    Column("is_open", ColumnKind.BOOLEAN),
    Column("since", ColumnKind.DATE),
    Column("seen", ColumnKind.DATETIME),
    Column("changed", ColumnKind.DATETIME, has_zone=True),
    Column("opens", ColumnKind.TIME),
    Column("photo", ColumnKind.BINARY),
)
SMALL = (CODE, NAME, COLUMNS[2])

_moments = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(9999, 12, 31))
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [
        "",
        " ",
        "'",
        '"',
        "\\",
        "a\x00b",
        "😀𠀀",
        "=1+1",
        "'=x",
        "+86",
        "第一行\n第二行",
        "a,b;c\td",
        "3.30102E+17",
        "NULL",
        "%s",
    ]
)
VALUES: dict[str, "st.SearchStrategy[Any]"] = {
    "code": st.text(string.ascii_letters + string.digits + "-政府", min_size=1, max_size=20),
    "name": _texts,
    "staff": st.integers(-(2**63), 2**63 - 1),
    "capital": st.decimals(Decimal(-(10**14) + 1), Decimal(10**14 - 1), places=4),
    "score": st.floats(allow_nan=False, allow_infinity=False),
    "is_open": st.booleans(),
    "since": st.dates(datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)),
    "seen": _moments,
    "changed": _moments.map(lambda value: value.replace(tzinfo=datetime.UTC)),
    "opens": st.times(),
    "photo": st.binary(max_size=50),
}


def rows_of(columns: Sequence[Column] = COLUMNS) -> "st.SearchStrategy[list[dict[str, Any]]]":
    """Rows with keys of their own; everything but the key may be missing."""
    row = st.fixed_dictionaries({c.name: VALUES[c.name] if c.is_key else st.none() | VALUES[c.name] for c in columns})
    return st.lists(row, max_size=8, unique_by=lambda each: each["code"])


def batch(rows: Sequence[dict[str, Any]], columns: Sequence[Column] = SMALL) -> pa.RecordBatch:
    schema = pa.schema([pa.field(column.name, arrow_type(column)) for column in columns])
    return pa.RecordBatch.from_pylist(list(rows), schema=schema)


def firm(code: str, name: str | None = "澜水面馆", staff: int | None = 4) -> dict[str, Any]:
    return {"code": code, "name": name, "staff": staff}


def firms(count: int, name: str = "澜水面馆") -> list[dict[str, Any]]:
    return [firm(f"F{number:06d}", f"{name}{number}", number) for number in range(count)]


def landing(run: str = "c1:2026-01-01", columns: Sequence[Column] = SMALL, **more: Any) -> Landing:
    return Landing("firms", tuple(columns), ("code",), run, **more)


def reading(columns: Sequence[Column] = SMALL, table: str = "firms", **more: Any) -> Reading:
    return Reading(table, tuple(column.name for column in columns), **more)


def gathered(batches: Any) -> list[dict[str, Any]]:
    return [row for each in batches for row in each.to_pylist()]


def by_code(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["code"].encode())


def land(target: Any, where: Landing, rows: Sequence[dict[str, Any]], columns: Sequence[Column] = SMALL) -> Any:
    """Prepare, stage and merge rows; return what the merge did."""
    target.prepare(where)
    assert target.stage(where, [batch(rows, columns)]) == len(rows)
    return target.merge(where)
