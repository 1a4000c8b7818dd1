"""What letters do when something happens below them: a new calendar, work that changes hands, an office succeeded."""

from zhengtong.capabilities.letters.domain import Node, State
from zhengtong.capabilities.letters.models import Letter
from zhengtong.capabilities.letters.services.acceptance import sign_locked
from zhengtong.capabilities.letters.services.steps import note_act
from zhengtong.capabilities.letters.services.succeeding import succeed_office
from zhengtong.capabilities.letters.tasks import recompute_clocks
from zhengtong.core.identity.public import OrganisationSucceeded
from zhengtong.core.worklist.public import TransferAct, WorkItemMoved
from zhengtong.kernel.calendars import CalendarYearImported
from zhengtong.kernel.events import receives


@receives(CalendarYearImported)
def recompute_deadlines(event: CalendarYearImported) -> None:
    recompute_clocks.defer(after_id=0)


@receives(WorkItemMoved)
def follow_work(event: WorkItemMoved) -> None:
    """Whoever claims the handling of a letter has signed for it; other moves are noted."""
    if not event.kind.startswith("letters.") or not isinstance(event.held, Letter):
        return
    letter = event.held
    if event.act == TransferAct.CLAIMED:
        if event.kind == Node.HANDLING.kind and letter.state in (State.DISPATCHED, State.REOPENED):
            sign_locked(letter, actor=event.actor)
        return
    note_act(
        letter, "hand_over", actor=event.actor, note=f"{TransferAct(event.act).label}：{event.reason}".rstrip("：")
    )


@receives(OrganisationSucceeded)
def go_on_under_the_successor(event: OrganisationSucceeded) -> None:
    succeed_office(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)
