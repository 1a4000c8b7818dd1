"""Sending messages and marking them read."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import Account, AccountKind, Refused
from zhengtong.core.messages.domain import MessageTemplate, is_local_link, mask_mail, mask_phone
from zhengtong.core.messages.models import Channel, Message, MessageState
from zhengtong.core.messages.tasks import deliver
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import Actor, Denied, require

RESEND = "messages.resend_message"


def send_message(
    *,
    actor: Actor,
    recipient: Account | None,
    template: str,
    context: Mapping[str, object],
    link: str = "",
    phone: str = "",
    mail: str = "",
) -> Message:
    """Send the declared ``template`` to ``recipient``'s messages, as a text to ``phone``, or both; or to ``mail`` only.

    What is listed in a citizen's messages is copied to her e-mail by the job, where she wants that.

    Runs in the caller's transaction, and so does the enqueueing of the job: a rollback takes back both. Raises
    LookupError for an unknown template or a missing placeholder, ValueError for nobody to send to or a link
    that leaves the platform.
    """
    if recipient is None and not phone and not mail:
        raise ValueError("a message needs a recipient, a phone or an e-mail address")
    if not is_local_link(link):
        raise ValueError("a message links to a page of the platform only")
    declared = registry.get(MessageTemplate, template)
    text, kept = declared.render(context), declared.render_redacted(context)
    now, address = timezone.now(), phone or mail
    channel = Channel.SMS if phone else Channel.MAIL if mail else Channel.IN_APP
    # No savepoint: whoever sends a message gives up its own transaction when that fails.
    with transaction.atomic(savepoint=False):
        message = Message.objects.create(
            recipient=recipient,
            address=address,
            channel=channel,
            template=declared.code,
            subject=str(declared.title)[:120],
            body=kept,
            outgoing=text if address and text != kept else "",
            link=link,
            is_listed=recipient is not None and not declared.sensitive,
            state=MessageState.QUEUED if address else MessageState.SENT,
            sent_at=None if address else now,
            delivered_at=None if address else now,
        )
        record(
            actor,
            "messages.send_message",
            message,
            after={
                "template": declared.code,
                "channel": message.channel,
                "recipient": recipient.public_id if recipient else None,
                "phone": mask_phone(phone) if phone else mask_mail(mail) if mail else "",
            },
        )
        if address or (recipient is not None and recipient.kind == AccountKind.CITIZEN):
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


@transaction.atomic
def resend_message(*, actor: Actor, message: Message) -> Message:
    """Try again to send what was given up, from the beginning. Raises Refused and Denied.

    A one-time code isn't kept once it was given up; whoever asked for it asks for another.
    """
    require(actor, RESEND)
    held = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.state != MessageState.FAILED:
        raise Refused("not-failed", _("这条消息已经不是发送失败的状态，可能刚被同事处理，请刷新页面"))
    if is_spent(held):
        raise Refused("spent", _("验证码不再保存，不能重发；请本人重新获取"))
    before = {"attempts": held.attempts, "error": held.error}
    held.state, held.attempts, held.error = MessageState.QUEUED, 0, ""
    held.save(update_fields=["state", "attempts", "error"])
    record(actor, "messages.resend_message", held, before=before, after={"channel": held.channel})
    enqueue(deliver, message_id=held.pk)
    return held


def is_spent(message: Message) -> bool:
    """Return whether what was to be sent is gone: of a message with a code only dots are kept."""
    return any(each.code == message.template and bool(each.sensitive) for each in registry.of(MessageTemplate))
