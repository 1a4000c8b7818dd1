"""When a hall is open: its week, the working-day calendar, days on which it is closed; and the rule in force."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.reservations.domain import Session, sessions_of
from zhengtong.capabilities.reservations.errors import LobbyRefused
from zhengtong.capabilities.reservations.models import Hall, HallClosure, HallHours, LobbyRule
from zhengtong.kernel.calendar import WorkingCalendar
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.models import CalendarDay

FAR = 60  # days that are looked at for open ones


@dataclass(frozen=True)
class OpeningTimes:
    """What is needed to say of any of the next days whether the hall is open."""

    week: tuple[Session, ...]
    closures: dict[date, str]
    holidays: frozenset[date]
    calendar: WorkingCalendar

    def sessions(self, day: date) -> list[Session]:
        if day in self.closures:
            return []
        is_working = self.calendar.is_working(day)
        return sessions_of(day, self.week, is_working=is_working, is_holiday=day in self.holidays)

    def why_closed(self, day: date) -> str:
        """Return why the hall is closed on ``day``, in a few words of the catalogue or the administration's own."""
        return self.closures.get(day) or (_("休息日") if not self.calendar.is_working(day) else _("没有安排开放时间"))


def read_opening(hall: Hall) -> OpeningTimes:
    today = timezone.localdate()
    code = hall.organisation.region.code
    regions = ["", *(code[:n] for n in (2, 4, 6) if n <= len(code))]
    rows = HallHours.objects.filter(hall=hall).order_by("weekday", "opens_at")
    closures = HallClosure.objects.filter(hall=hall, date__gte=today - timedelta(days=1))
    holidays = CalendarDay.objects.filter(
        notice__region__in=regions, is_working=False, date__range=(today, today + timedelta(days=FAR))
    )
    return OpeningTimes(
        week=tuple(Session(row.weekday, row.opens_at, row.closes_at, row.is_on_days_off) for row in rows),
        closures={row.date: row.reason for row in closures},
        holidays=frozenset(holidays.values_list("date", flat=True)),
        calendar=get_calendar(code),
    )


def find_rule(day: date | None = None) -> LobbyRule:
    """Return the rule in force. Raises LobbyRefused when the administration set none."""
    day = day or timezone.localdate()
    found = LobbyRule.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
    if found is None:
        raise LobbyRefused(_("还没有设定预约和排队规则，请联系大厅管理员。"))
    return found


def moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def list_open_days(opening: OpeningTimes, most: int) -> list[date]:
    """Return the next days from today on which the hall is open, at most ``most`` of them."""
    today = timezone.localdate()
    days = (today + timedelta(days=n) for n in range(FAR))
    return [day for day in days if opening.sessions(day)][:most]


def require_open_now(hall: Hall, *, early: int = 0, late: int = 0) -> None:
    """Raise LobbyRefused unless the hall is open today, from ``early`` minutes before until ``late`` minutes after its
    hours. Lunch is no closing: who is in the hall may take a number for the afternoon."""
    now = timezone.now()
    day = timezone.localdate(now)
    opening = read_opening(hall)
    sessions = opening.sessions(day)
    if not sessions:
        raise LobbyRefused(_("%(hall)s今天不开放，请改日再来，或者在网上预约。"), hall=hall.name)
    first, last = moment(day, sessions[0].opens_at), moment(day, sessions[-1].closes_at)
    if now < first - timedelta(minutes=early):
        raise LobbyRefused(
            _("%(hall)s还没有开门，%(time)s开始取号。"),
            hall=hall.name,
            time=f"{timezone.localtime(first - timedelta(minutes=early)):%H:%M}",
        )
    if now >= last + timedelta(minutes=late):
        raise LobbyRefused(
            _("%(hall)s今天已经下班（%(time)s），请改日再来，或者在网上预约。"),
            hall=hall.name,
            time=f"{timezone.localtime(last):%H:%M}",
        )
