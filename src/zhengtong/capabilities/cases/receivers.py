"""What cases do when something happens below them: a new calendar moves the open deadlines, a task changes hands, an
organ is succeeded by another."""

from zhengtong.capabilities.cases.services.assignment import follow_work
from zhengtong.capabilities.cases.services.steps import WORK_KIND
from zhengtong.capabilities.cases.services.succeeding import succeed_organ
from zhengtong.capabilities.cases.tasks import recompute_clocks
from zhengtong.core.identity.public import OrganisationSucceeded
from zhengtong.core.worklist.public import WorkItemMoved
from zhengtong.kernel.calendars import CalendarYearImported
from zhengtong.kernel.events import receives


@receives(CalendarYearImported)
def recompute_deadlines(event: CalendarYearImported) -> None:
    recompute_clocks.defer(after_id=0)


@receives(WorkItemMoved)
def follow_tasks(event: WorkItemMoved) -> None:
    if event.kind == WORK_KIND:
        follow_work(event)


@receives(OrganisationSucceeded)
def go_on_under_the_successor(event: OrganisationSucceeded) -> None:
    succeed_organ(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)
