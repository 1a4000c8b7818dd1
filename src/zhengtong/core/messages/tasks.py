"""The job that sends."""

from zhengtong.core.messages.delivery import copy_to_mail, deliver_message
from zhengtong.kernel.jobs import job


@job("messages.deliver")
def deliver(message_id: int) -> None:
    """Send one message; when the provider can't, try again later and not in a hurry. Its e-mail copy is a job too."""
    copy = copy_to_mail(message_id=message_id)
    if copy is not None:
        deliver.defer(message_id=copy.pk)
    wait = deliver_message(message_id=message_id)
    if wait is not None:
        deliver.configure(schedule_in={"seconds": wait}).defer(message_id=message_id)
