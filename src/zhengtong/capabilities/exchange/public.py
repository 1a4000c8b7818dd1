"""The exchange's door."""

from zhengtong.capabilities.exchange.engine.feeds import Feed, open_table_feed, register_feed, register_window
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState, Stage
from zhengtong.capabilities.exchange.services.running import enqueue_run, run_window, start_run

__all__ = [
    "Feed",
    "HeldRow",
    "Receipt",
    "Run",
    "RunState",
    "Stage",
    "enqueue_run",
    "open_table_feed",
    "register_feed",
    "register_window",
    "run_window",
    "start_run",
]
