"""What the worklist does when an appointment below it ends: what is open there goes on."""

from zhengtong.core.identity.public import AppointmentEnded
from zhengtong.core.worklist.services.leaving import hand_over
from zhengtong.kernel.events import receives


@receives(AppointmentEnded)
def hand_over_open_work(event: AppointmentEnded) -> None:
    hand_over(
        actor=event.actor,
        appointment_id=event.appointment_id,
        successor_id=event.successor_id,
        reason=event.reason,
    )
