"""The clock of a request: working days of whoever's turn it is, stopped while the applicant corrects. Pure arithmetic.

The first day doesn't count and the last one ends at 24:00 (民法典 第二百零一条、第二百零三条).
"""

from dataclasses import dataclass
from datetime import date, datetime

from zhengtong.kernel.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Clock:
    """``days`` working days are left, counted from the day after ``since``; a stopped clock counts from no day."""

    days: int
    since: date | None = None

    def started(self, on: date) -> "Clock":
        return Clock(self.days, on)

    def stopped(self, on: date, calendar: WorkingCalendar) -> "Clock":
        """Return what is left after ``on``: days that went by are used up, those beyond the limit aren't owed."""
        if self.since is None:
            return self
        return Clock(max(0, self.days - max(0, calendar.working_days_between(self.since, on))))

    def due_on(self, calendar: WorkingCalendar) -> date | None:
        """Return the last day; with nothing left it is the day on which it goes on, or the next working one."""
        return None if self.since is None else calendar.add_working_days(self.since, self.days)

    def due_at(self, calendar: WorkingCalendar) -> datetime | None:
        day = self.due_on(calendar)
        return None if day is None else calendar.end_of_day(day)
