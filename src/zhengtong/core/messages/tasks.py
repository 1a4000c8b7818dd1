"""The job that sends."""

from zhengtong.core.messages.delivery import deliver_message
from zhengtong.kernel.jobs import job


@job("messages.deliver")
def deliver(message_id: int) -> None:
    """Send one message; when the provider can't, try again later and not in a hurry."""
    wait = deliver_message(message_id=message_id)
    if wait is not None:
        deliver.configure(schedule_in={"seconds": wait}).defer(message_id=message_id)
