"""Sends what accounts ask for and are to be told: identity stands below messages and tells it by an event."""

from zhengtong.core.identity.public import Account, AccountNoticeRequested, AccountTextRequested
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


@receives(AccountNoticeRequested)
def send_account_notice(event: AccountNoticeRequested) -> None:
    send_message(
        actor=event.actor,
        recipient=Account.objects.get(pk=event.account_id),
        template=f"identity.{event.notice}",
        context=event.context,
        link=event.link,
    )
