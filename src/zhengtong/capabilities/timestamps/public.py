"""The door of trusted time."""

from zhengtong.capabilities.timestamps.authority import get_clock, say_fault
from zhengtong.capabilities.timestamps.clock import ClockFault, ClockPolicy, TimeNotAvailable
from zhengtong.capabilities.timestamps.declarations import TimestampKind
from zhengtong.capabilities.timestamps.models import OUTSIDE, TimestampToken
from zhengtong.capabilities.timestamps.pyhanko import TSA
from zhengtong.capabilities.timestamps.selectors import (
    check_stored,
    count_by_day,
    list_for,
    list_tokens,
    name_kind,
)
from zhengtong.capabilities.timestamps.services import make_token, stamp

__all__ = [
    "OUTSIDE",
    "TSA",
    "ClockFault",
    "ClockPolicy",
    "TimeNotAvailable",
    "TimestampKind",
    "TimestampToken",
    "check_stored",
    "count_by_day",
    "get_clock",
    "list_for",
    "list_tokens",
    "make_token",
    "name_kind",
    "say_fault",
    "stamp",
]
