"""The exchange's door."""

from zhengtong.capabilities.exchange.between.models import NodeLanding
from zhengtong.capabilities.exchange.between.services import send_dataset, send_table, set_landing
from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState, Stage

__all__ = [
    "HeldRow",
    "NodeLanding",
    "Receipt",
    "Run",
    "RunState",
    "Stage",
    "send_dataset",
    "send_table",
    "set_landing",
]
