"""What the pages of sharing show: figures and charts made of a month, the spreadsheet of its ranking."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.capabilities.sharing.public import Counts, Measure, MeasureWords, Month, read_measure, write_table
from zhengtong.screens.sheets.workbook_stream import GENERAL, TEXT, Head, stream_workbook, text_cell

MOST_BARS = 20
_COUNTS = (
    ("needed", "责任清单项数"),
    ("shared", "已满足项数"),
    ("published", "已发布资源"),
    ("stale", "超期未更新"),
    ("drifted", "目录与实际不符"),
    ("asked", "收到申请"),
    ("decided", "应办结申请"),
    ("decided_late", "超期"),
    ("refused", "不予共享"),
    ("runs_done", "交换成功次数"),
    ("runs_failed", "交换失败次数"),
    ("rows_moved", "交换行数"),
    ("rows_held", "隔离行数"),
    ("tickets_late", "逾期未整改"),
)


def read_asked(text: str, today: date) -> date:
    """Return the month that ``text`` writes as 2026-07; the one that runs for anything else."""
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == 7 else today.replace(day=1)
    except ValueError:
        month = today.replace(day=1)
    return month if month.year >= 2000 and month <= today else today.replace(day=1)


def chart_scores(month: Month, url: Any) -> dict[str, Any]:
    """Return the chart of the departments' scores, {} when nobody has one."""
    scored = [line for line in month.lines if line.score is not None][:MOST_BARS]
    if not scored:
        return {}
    return {
        "kind": "lying",
        "title": _("各部门得分"),
        "unit": "",
        "bars": [
            {"title": line.organisation.short_name, "value": float(line.score or 0), "url": url(line)}
            for line in scored
        ],
        "summary": _("各部门得分，最高的是%(best)s。下面的表格有全部数字。") % {"best": scored[0].organisation.name},
    }


def chart_year(year: list[tuple[date, Counts]], measure: Measure) -> dict[str, Any]:
    """Return a measure's course over the months, {} when it never was measured."""
    values = [(month, read_measure(measure, counts)) for month, counts in year]
    known = [(month, value) for month, value in values if value is not None]
    if not known:
        return {}
    title = str(MeasureWords(measure.value).label)
    return {
        "kind": "standing",
        "title": title,
        "unit": "%",
        "bars": [{"title": f"{month:%Y-%m}", "value": float(value), "url": ""} for month, value in known],
        "summary": _("%(title)s，最近一个月 %(value)s%%。") % {"title": title, "value": known[-1][1]},
    }


def chart_rows(year: list[tuple[date, Counts]]) -> dict[str, Any]:
    """Return how many rows went from month to month, {} when none did."""
    if not any(counts.rows_moved for _month, counts in year):
        return {}
    return {
        "kind": "standing",
        "title": _("每月交换的数据"),
        "unit": _("条"),
        "bars": [{"title": f"{month:%Y-%m}", "value": counts.rows_moved, "url": ""} for month, counts in year],
        "summary": _("每月交换的数据条数，最近一个月 %(count)d 条。") % {"count": year[-1][1].rows_moved},
    }


def write_workbook(month: Month) -> Iterator[bytes]:
    """Yield the ranking and the counts behind it as xlsx."""
    table = write_table(month)
    counts = [
        [line.organisation.name, *(getattr(line.counts, name) for name, _title in _COUNTS)] for line in month.lines
    ]
    kinds = [GENERAL, TEXT, GENERAL, *(TEXT for _each in month.reached)]
    return stream_workbook(
        [
            (_("名次"), Head(table["heads"], kinds), _rows(table["rows"])),
            (
                _("数量"),
                Head([_("部门"), *(title for _name, title in _COUNTS)], [TEXT, *(GENERAL for _each in _COUNTS)]),
                _rows(counts),
            ),
        ]
    )


def _rows(rows: list[list[Any]]) -> list[tuple[int, bytes]]:
    written = [f"<row>{''.join(map(_cell, row))}</row>" for row in rows]
    return [(len(written), "".join(written).encode())] if written else []


def _cell(value: object) -> str:
    return f"<c><v>{value}</v></c>" if isinstance(value, int | Decimal) else text_cell(str(value))
