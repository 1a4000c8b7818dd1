"""The rows of halls: what the administration sets, and what happens in them."""

from zhengtong.capabilities.reservations.models.hall import (
    GroupItem,
    Hall,
    HallClosure,
    HallHours,
    HallWindow,
    LobbyRule,
    ServiceGroup,
    Weekday,
    WindowState,
)
from zhengtong.capabilities.reservations.models.queue import (
    Care,
    Purpose,
    Reservation,
    ReservationState,
    Slot,
    Ticket,
    TicketCall,
    TicketNumber,
    TicketState,
)

__all__ = [
    "Care",
    "GroupItem",
    "Hall",
    "HallClosure",
    "HallHours",
    "HallWindow",
    "LobbyRule",
    "Purpose",
    "Reservation",
    "ReservationState",
    "ServiceGroup",
    "Slot",
    "Ticket",
    "TicketCall",
    "TicketNumber",
    "TicketState",
    "Weekday",
    "WindowState",
]
