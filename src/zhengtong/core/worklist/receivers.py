"""What the worklist does when an appointment or an organisation below it ends: what is open there goes on."""

from zhengtong.core.identity.public import AppointmentEnded, OrganisationSucceeded
from zhengtong.core.worklist.services.leaving import hand_over
from zhengtong.core.worklist.services.succeeding import move_to_successor
from zhengtong.kernel.events import receives


@receives(AppointmentEnded)
def hand_over_open_work(event: AppointmentEnded) -> None:
    hand_over(
        actor=event.actor,
        appointment_id=event.appointment_id,
        successor_id=event.successor_id,
        reason=event.reason,
    )


@receives(OrganisationSucceeded)
def move_open_work(event: OrganisationSucceeded) -> None:
    move_to_successor(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)
