"""Sending messages and marking them read."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account
from zhengtong.core.messages.domain import MessageTemplate, is_local_link, mask_phone
from zhengtong.core.messages.models import Channel, Message, MessageState
from zhengtong.core.messages.tasks import deliver
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied


def send_message(
    *,
    actor: Actor,
    recipient: Account | None,
    template: str,
    context: Mapping[str, object],
    link: str = "",
    phone: str = "",
) -> Message:
    """Send the declared ``template`` to ``recipient``'s messages, as a text to ``phone``, or both.

    Runs in the caller's transaction, and so does the enqueueing of the job: a rollback takes back both. Raises
    LookupError for an unknown template or a missing placeholder, ValueError for nobody to send to or a link
    that leaves the platform.
    """
    if recipient is None and not phone:
        raise ValueError("a message needs a recipient or a phone")
    if not is_local_link(link):
        raise ValueError("a message links to a page of the platform only")
    declared = registry.get(MessageTemplate, template)
    text, kept = declared.render(context), declared.render_redacted(context)
    now = timezone.now()
    # No savepoint: whoever sends a message gives up its own transaction when that fails.
    with transaction.atomic(savepoint=False):
        message = Message.objects.create(
            recipient=recipient,
            address=phone,
            channel=Channel.SMS if phone else Channel.IN_APP,
            template=declared.code,
            subject=str(declared.title)[:120],
            body=kept,
            outgoing=text if phone and text != kept else "",
            link=link,
            is_listed=recipient is not None and not declared.sensitive,
            state=MessageState.QUEUED if phone else MessageState.SENT,
            sent_at=None if phone else now,
            delivered_at=None if phone else now,
        )
        record(
            actor,
            "messages.send_message",
            message,
            after={
                "template": declared.code,
                "channel": message.channel,
                "recipient": recipient.public_id if recipient else None,
                "phone": mask_phone(phone) if phone else "",
            },
        )
        if phone:
            enqueue(deliver, message_id=message.pk)
    return message


@transaction.atomic
def mark_read(*, actor: Actor, message: Message) -> Message:
    """Note that its recipient has read the message. Raises Denied for anybody else's."""
    if actor.account_id is None or message.recipient_id != actor.account_id:
        raise Denied("messages.mark_read", visible=False)
    if Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now()):
        record(actor, "messages.mark_read", message)
    message.refresh_from_db(fields=["read_at"])
    return message


@transaction.atomic
def mark_all_read(*, actor: Actor) -> int:
    """Note that the actor has read all her messages; return how many were unread."""
    if actor.account_id is None:
        raise Denied("messages.mark_read")
    unread = Message.objects.filter(recipient_id=actor.account_id, is_listed=True, read_at=None)
    count = unread.update(read_at=timezone.now())
    if count:
        record(actor, "messages.mark_all_read", ("identity.account", actor.account_id), after={"count": count})
    return count
