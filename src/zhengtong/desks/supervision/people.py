"""What each person of one office has in hand and has done this month: from the worklist, which is bounded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from zhengtong.capabilities.cases.public import Task, beginning_of
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.worklist.public import Nature, WorkItem, WorkState
from zhengtong.kernel.calendars import get_calendar

TASK_KIND = "cases.task"


@dataclass
class Load:
    """What one appointee (None: nobody yet) has in hand now, and how her month has gone."""

    holder: Appointment | None
    running: int = 0
    yellow: int = 0
    red: int = 0
    done: int = 0
    on_time: int = 0
    days: int = 0

    @property
    def on_time_rate(self) -> Decimal | None:
        return (Decimal(self.on_time * 100) / self.done).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.done else None

    @property
    def average_days(self) -> Decimal | None:
        """Working days a task took from its arrival, on average."""
        return (Decimal(self.days) / self.done).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.done else None


def list_open(organisation: Organisation, item: str = "") -> QuerySet[WorkItem]:
    """Return what waits in the office, of one item where its code is given."""
    found = WorkItem.objects.filter(
        organisation=organisation, kind=TASK_KIND, state=WorkState.OPEN, nature=Nature.TO_DO
    )
    return _of_item(found, item)


def list_done(people: Iterable[Appointment], since: date, item: str = "") -> QuerySet[WorkItem]:
    """Return the tasks that ``people`` have done since a day."""
    found = WorkItem.objects.filter(
        assignee__in=list(people), kind=TASK_KIND, state=WorkState.DONE, done_at__gte=beginning_of(since)
    )
    return _of_item(found, item)


def _of_item(found: QuerySet[WorkItem], item: str) -> QuerySet[WorkItem]:
    if not item:
        return found
    return found.filter(object_id__in=Task.objects.filter(case__office__item__code=item).values("pk"))


def read_loads(organisation: Organisation, since: date, now: datetime, item: str = "") -> list[Load]:
    """Return the loads of all who work in the office or hold some of its tasks, the latest first, the pool at the end.

    ``now`` is the moment that tells late from not; three queries.
    """
    waiting = (
        list_open(organisation, item)
        .values("assignee_id")
        .annotate(
            running=Count("pk"),
            red=Count("pk", filter=Q(due_at__lte=now)),
            yellow=Count("pk", filter=Q(due_at__gt=now, level="yellow")),
        )
    )
    counted = {row["assignee_id"]: row for row in waiting.order_by()}
    today = timezone.localdate(now)
    staffed = Q(post__organisation=organisation) & (Q(end_date=None) | Q(end_date__gte=today))
    held = Q(pk__in=[pk for pk in counted if pk])
    people = Appointment.objects.filter(staffed | held).select_related("staff", "post").order_by("post_id", "id")
    loads: dict[int | None, Load] = {each.pk: Load(each) for each in people}
    if None in counted:
        loads[None] = Load(None)
    for pk, row in counted.items():
        load = loads[pk]
        load.running, load.yellow, load.red = row["running"], row["yellow"], row["red"]
    calendar = get_calendar(organisation.region.code)
    # Many tasks begin and end on the same days: each pair of days is counted through the calendar once.
    spans = (
        list_done(people, since, item)
        .values_list("assignee_id", TruncDate("opened_at"), TruncDate("done_at"))
        .annotate(done=Count("pk"), late=Count("pk", filter=Q(done_at__gt=F("due_at"))))
    )
    for pk, first, last, done, late in spans.order_by():
        load = loads[pk]
        load.done += done
        load.on_time += done - late
        load.days += done * calendar.working_days_between(first, last)
    shown = [each for each in loads.values() if each.running or each.done]
    return sorted(shown, key=lambda load: (load.holder is None, -load.red, -load.yellow, -load.running))
