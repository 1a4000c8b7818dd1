"""What supervision does when something happens below it: other working days make other durations."""

from zhengtong.capabilities.supervision.models import Tally
from zhengtong.capabilities.supervision.tasks import rebuild
from zhengtong.kernel.calendars import CalendarYearImported
from zhengtong.kernel.events import receives
from zhengtong.kernel.jobs import enqueue


@receives(CalendarYearImported)
def count_again(event: CalendarYearImported) -> None:
    """Nothing was decided in the years that an empty platform begins with."""
    if Tally.objects.filter(day__gte=event.first_date).exists():
        enqueue(rebuild)
