"""The worklist's door."""

from zhengtong.core.worklist.models import AlertLevel, WorkItem, WorkState
from zhengtong.core.worklist.selectors import count_mine, list_done, list_mine, list_office
from zhengtong.core.worklist.services import assign_item, close_item, open_item, reschedule_items

__all__ = [
    "AlertLevel",
    "WorkItem",
    "WorkState",
    "assign_item",
    "close_item",
    "count_mine",
    "list_done",
    "list_mine",
    "list_office",
    "open_item",
    "reschedule_items",
]
