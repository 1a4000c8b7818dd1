"""Sends the texts that accounts ask for: identity stands below messages and tells it by an event."""

from zhengtong.core.identity.public import AccountTextRequested
from zhengtong.core.messages.services import send_message
from zhengtong.kernel.events import receives


@receives(AccountTextRequested)
def send_account_text(event: AccountTextRequested) -> None:
    send_message(
        actor=event.actor,
        recipient=None,
        template=f"identity.{event.text}",
        context={"digits": event.digits, "minutes": event.minutes},
        phone=event.phone,
    )
