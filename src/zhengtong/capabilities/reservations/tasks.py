"""Jobs of halls: reminders the day before, who didn't come, numbers left over from yesterday."""

from zhengtong.kernel.jobs import periodic
from zhengtong.kernel.policy import SYSTEM


@periodic("reservations.remind", "5,35 9-19 * * *")
def remind(timestamp: int) -> None:
    """By day, not by night: those who come tomorrow."""
    from zhengtong.capabilities.reservations.services.booking import remind_reservers

    while remind_reservers(actor=SYSTEM):
        continue


@periodic("reservations.note_no_shows", "*/10 * * * *")
def note_missed(timestamp: int) -> None:
    """Every ten minutes: reservations whose time is over and that nobody came for."""
    from zhengtong.capabilities.reservations.models import LobbyRule
    from zhengtong.capabilities.reservations.services.booking import note_no_shows

    while LobbyRule.objects.exists() and note_no_shows(actor=SYSTEM):
        continue


@periodic("reservations.end_day", "10 0 * * *")
def end_yesterday(timestamp: int) -> None:
    """After midnight: numbers that nobody served, windows that nobody closed."""
    from zhengtong.capabilities.reservations.services.calling import end_day

    while end_day(actor=SYSTEM):
        continue
