"""The door of the supervision of sharing."""

from zhengtong.capabilities.sharing.counting import first_of, keep_months, list_stale, month_after, month_before
from zhengtong.capabilities.sharing.domain import Counts, Measure, read_measure
from zhengtong.capabilities.sharing.models import Circular, MeasureWords, MonthFigure, Rectification
from zhengtong.capabilities.sharing.permissions import ANSWER, SUPERVISE, WATCH
from zhengtong.capabilities.sharing.selectors import Line, Month, Reached, list_months, read_month, read_year
from zhengtong.capabilities.sharing.services.circulars import (
    CIRCULAR_PAPER,
    amend_circular,
    draft_circular,
    issue_circular,
    write_table,
)
from zhengtong.capabilities.sharing.services.rectifying import demand_rectification

__all__ = [
    "ANSWER",
    "CIRCULAR_PAPER",
    "SUPERVISE",
    "WATCH",
    "Circular",
    "Counts",
    "Line",
    "Measure",
    "MeasureWords",
    "Month",
    "MonthFigure",
    "Reached",
    "Rectification",
    "amend_circular",
    "demand_rectification",
    "draft_circular",
    "first_of",
    "issue_circular",
    "keep_months",
    "list_months",
    "list_stale",
    "month_after",
    "month_before",
    "read_measure",
    "read_month",
    "read_year",
    "write_table",
]
