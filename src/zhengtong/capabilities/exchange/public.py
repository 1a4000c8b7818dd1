"""The exchange's door."""

from zhengtong.capabilities.exchange.models import HeldRow, Receipt, Run, RunState, Stage

__all__ = ["HeldRow", "Receipt", "Run", "RunState", "Stage"]
