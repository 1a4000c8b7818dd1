"""What halls do when somebody leaves or an office is succeeded."""

from zhengtong.capabilities.reservations.services.calling import vacate_windows
from zhengtong.capabilities.reservations.services.halls import hand_over_halls
from zhengtong.core.identity.public import AppointmentEnded, OrganisationSucceeded
from zhengtong.kernel.events import receives


@receives(AppointmentEnded)
def leave_the_window(event: AppointmentEnded) -> None:
    vacate_windows(actor=event.actor, appointment_id=event.appointment_id)


@receives(OrganisationSucceeded)
def go_on_under_the_successor(event: OrganisationSucceeded) -> None:
    hand_over_halls(actor=event.actor, organisation_id=event.organisation_id, successor_id=event.successor_id)
