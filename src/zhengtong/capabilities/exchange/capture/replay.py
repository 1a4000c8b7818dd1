"""Rows that were put right at the source, read again by their keys."""

from zhengtong.capabilities.exchange.models import CorrectionTicket

_BEGINS = "ticket:"


def replay_window(ticket: CorrectionTicket) -> str:
    """Return the name of the window that reads a ticket's rows again: one run a ticket, however often it is tried."""
    return f"{_BEGINS}{ticket.number}"


def find_ticket(window: str) -> CorrectionTicket | None:
    """Return the ticket that a window reads again, None for a window of another kind."""
    if not window.startswith(_BEGINS):
        return None
    return CorrectionTicket.objects.filter(number=window.removeprefix(_BEGINS)).first()
