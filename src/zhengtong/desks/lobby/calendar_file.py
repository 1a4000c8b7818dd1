"""A reservation as a file for a phone's calendar (iCalendar, RFC 5545)."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.reservations.public import Reservation

_WIDTH = 73  # octets of a line, without what folds it


def write_calendar(reservation: Reservation, host: str) -> str:
    """Return one event with an alarm an hour before."""
    slot, hall = reservation.slot, reservation.hall
    business = reservation.item.name if reservation.item else slot.group.name
    summary = _("到%(hall)s办理%(business)s") % {"hall": hall.name, "business": business}
    description = _("预约码 %(code)s，到厅后报到取号。") % {"code": reservation.code}
    alarm = _("一小时后到大厅办事")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Zhengtong//Reservations//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{reservation.public_id}@{_text(host)}",
        f"SEQUENCE:{reservation.changes}",
        f"DTSTAMP:{_moment(timezone.now())}",
        f"DTSTART:{_moment(slot.starts_at)}",
        f"DTEND:{_moment(slot.ends_at)}",
        f"SUMMARY:{_text(summary)}",
        f"LOCATION:{_text(f'{hall.name} {hall.address}')}",
        f"DESCRIPTION:{_text(description)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(alarm)}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        words = words.replace(sign, written)
    return words


def _fold(line: str) -> str:
    """Break a line of more octets than the standard allows, never inside a character."""
    folded, width = "", 0
    for sign in line:
        size = len(sign.encode())
        if width + size > _WIDTH:
            folded, width = f"{folded}\r\n ", 1
        folded, width = folded + sign, width + size
    return folded
