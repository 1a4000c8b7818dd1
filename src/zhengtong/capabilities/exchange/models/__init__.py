"""What the exchange keeps: runs and their proofs; turns, captures, alerts, tickets of those who watch over them."""

from zhengtong.capabilities.exchange.models.operations import Capture, CaptureState, LinkLimit, RunAlert, Schedule
from zhengtong.capabilities.exchange.models.runs import OPEN, HeldRow, Receipt, Run, RunState, Stage
from zhengtong.capabilities.exchange.models.tickets import CorrectionTicket, TicketLimit, TicketState

__all__ = [
    "OPEN",
    "Capture",
    "CaptureState",
    "CorrectionTicket",
    "HeldRow",
    "LinkLimit",
    "Receipt",
    "Run",
    "RunAlert",
    "RunState",
    "Schedule",
    "Stage",
    "TicketLimit",
    "TicketState",
]
