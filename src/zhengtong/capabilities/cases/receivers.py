"""What cases do when something happens below them: a new calendar moves the open deadlines."""

from zhengtong.capabilities.cases.tasks import recompute_clocks
from zhengtong.kernel.calendars import CalendarYearImported
from zhengtong.kernel.events import receives


@receives(CalendarYearImported)
def recompute_deadlines(event: CalendarYearImported) -> None:
    recompute_clocks.defer(after_id=0)
