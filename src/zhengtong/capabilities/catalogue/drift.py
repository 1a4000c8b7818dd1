"""How what is published differs from what the source has: plain rules, said in sentences.

What was promised and isn't kept is *grave*: those who receive the data may be stopped by it. A column that the
catalogue doesn't name isn't: an entry need not offer all that a table has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.catalogue.wording import KIND_WORDS
from zhengtong.capabilities.sources.public import Column, ColumnKind, Table

MISSING, EXTRA, KIND, LENGTH, DIGITS, ZONE, EMPTY, REQUIRED, UNREADABLE, AWAY = (
    "missing",
    "extra",
    "kind",
    "length",
    "digits",
    "zone",
    "empty",
    "required",
    "unreadable",
    "away",
)
# Told, and nothing to put right.
HARMLESS = frozenset({EXTRA, REQUIRED, AWAY})


@dataclass(frozen=True, slots=True)
class Promise:
    """An information item as far as a source can keep it: ``column`` is what it is called there."""

    name: str
    column: str
    kind: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    has_zone: bool = False
    is_nullable: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: ``said`` is what the catalogue says, ``found`` what there is, both "" where there is no such."""

    problem: str
    column: str = ""
    name: str = ""
    said: str = ""
    found: str = ""

    @property
    def is_grave(self) -> bool:
        return self.problem not in HARMLESS

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Finding":
        return cls(**{name: str(stored.get(name, "")) for name in cls.__slots__})


def compare_table(promises: Iterable[Promise], table: Table) -> list[Finding]:
    """Return every difference: items in their order, each at most once, then the columns that nobody promised."""
    columns = {column.name: column for column in table.columns}
    found: list[Finding] = []
    named: set[str] = set()
    for promise in promises:
        named.add(promise.column)
        column = columns.get(promise.column)
        if column is None:
            found.append(Finding(MISSING, promise.column, promise.name))
        elif difference := _compare(promise, column):
            problem, said, there = difference
            found.append(Finding(problem, promise.column, promise.name, said, there))
    found += [Finding(EXTRA, name, column.comment) for name, column in columns.items() if name not in named]
    return found


def _compare(promise: Promise, column: Column) -> tuple[str, str, str] | None:
    """Return the gravest difference of an item. What is longer there than promised no longer fits where it goes."""
    if promise.kind != column.kind:
        return KIND, promise.kind, str(column.kind)
    if promise.kind in (ColumnKind.TEXT, ColumnKind.BINARY) and promise.length != column.length:
        return LENGTH, _size(promise.length), _size(column.length)
    if promise.kind == ColumnKind.DECIMAL and (promise.precision, promise.scale) != (column.precision, column.scale):
        return DIGITS, _digits(promise.precision, promise.scale), _digits(column.precision, column.scale)
    if promise.kind == ColumnKind.DATETIME and promise.has_zone != column.has_zone:
        return ZONE, _zone(promise.has_zone), _zone(column.has_zone)
    if promise.is_nullable != column.is_nullable:
        return (EMPTY, "", "") if column.is_nullable else (REQUIRED, "", "")
    return None


def _size(length: int | None) -> str:
    return "" if length is None else str(length)


def _digits(precision: int | None, scale: int | None) -> str:
    return "" if precision is None else f"{precision},{scale or 0}"


def _zone(has_zone: bool) -> str:
    return "zone" if has_zone else "local"


def say(finding: Finding) -> str:
    """Return a finding as the sentence that its provider reads."""
    name = finding.name or finding.column
    match finding.problem:
        case "missing":
            return _("目录里的信息项“%(name)s”，数据源没有对应的列 %(column)s。") % {
                "name": name,
                "column": finding.column,
            }
        case "extra":
            return _("数据源有列 %(column)s，目录没有列出。") % {"column": finding.column}
        case "kind":
            return _("信息项“%(name)s”目录写%(said)s，数据源是%(found)s。") % {
                "name": name,
                "said": KIND_WORDS.get(finding.said, finding.said),
                "found": KIND_WORDS.get(finding.found, finding.found),
            }
        case "length":
            return _("信息项“%(name)s”目录写长度%(said)s，数据源是%(found)s。") % {
                "name": name,
                "said": finding.said or _("不限"),
                "found": finding.found or _("不限"),
            }
        case "digits":
            return _("信息项“%(name)s”目录写精度%(said)s，数据源是%(found)s。") % {
                "name": name,
                "said": finding.said or _("不限"),
                "found": finding.found or _("不限"),
            }
        case "zone":
            return (
                _("信息项“%(name)s”目录写带时区的时刻，数据源没有时区。") % {"name": name}
                if finding.said == "zone"
                else _("信息项“%(name)s”目录写不带时区的时间，数据源带时区。") % {"name": name}
            )
        case "empty":
            return _("信息项“%(name)s”目录写不能为空，数据源允许为空。") % {"name": name}
        case "required":
            return _("信息项“%(name)s”目录写可以为空，数据源不允许为空。") % {"name": name}
        case "unreadable":
            return _("没有读出这个库表、文件或者接口：%(why)s") % {"why": finding.found}
        case _:
            return _("数据源没有应答：%(why)s") % {"why": finding.found}
