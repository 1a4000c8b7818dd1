"""Hands a queued message to the provider, once; and copies to e-mail what its recipient wants there too."""

import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.messages.choices import find_mail_address, is_wanted
from zhengtong.core.messages.domain import WAITS, MessageTemplate
from zhengtong.core.messages.models import Channel, Message, MessageState
from zhengtong.core.messages.providers import Receipt, SendFailed, get_mail_provider, get_provider
from zhengtong.kernel.jobs import once
from zhengtong.kernel.modules import registry
from zhengtong.kernel.policy import SYSTEM

logger = logging.getLogger(__name__)


def deliver_message(*, message_id: int) -> int | None:
    """Send the message; return after how many seconds to try again, None when it is sent or given up.

    The mark, the provider's receipt and the state are one transaction. Nothing of the text is logged. A text that its
    recipient has switched off isn't sent; the message stays in her list.
    """
    try:
        with once(f"messages.deliver:{message_id}") as is_first:
            message = Message.objects.select_for_update().filter(pk=message_id).first()
            if not is_first or message is None or message.state != MessageState.QUEUED:
                return None
            if not _is_wanted(message):
                message.state, message.outgoing = MessageState.SKIPPED, ""
                message.save(update_fields=["state", "outgoing"])
                record(SYSTEM, "messages.skip_message", message, after={"channel": message.channel})
                return None
            receipt = _send(message)
            message.state, message.sent_at = MessageState.SENT, timezone.now()
            message.delivered_at, message.receipt = receipt.delivered_at, receipt.reference[:120]
            message.attempts, message.error, message.outgoing = message.attempts + 1, "", ""
            message.save()
            record(SYSTEM, "messages.deliver_message", message, after={"attempts": message.attempts})
    except SendFailed as failure:
        return _note_failure(message_id, failure.code, is_permanent=failure.is_permanent)
    except Exception as error:  # whatever a provider's library raises may quote the text, so only its name is kept
        return _note_failure(message_id, type(error).__name__, is_permanent=False)
    return None


def _send(message: Message) -> Receipt:
    text, reference = message.outgoing or message.body, str(message.public_id)
    if message.channel == Channel.MAIL:
        return get_mail_provider().send(message.address, message.subject, text, reference)
    return get_provider().send(message.address, text, reference=reference)


def _declared(message: Message) -> MessageTemplate | None:
    try:
        return registry.get(MessageTemplate, message.template)
    except LookupError:  # a module was taken out meanwhile; what it had queued is sent as it is
        return None


def _is_wanted(message: Message) -> bool:
    template = _declared(message)
    if template is None or message.recipient_id is None or not template.may_be_switched_off:
        return True
    return is_wanted(message.recipient_id, template.topic, message.channel)


def copy_to_mail(*, message_id: int) -> Message | None:
    """Queue an e-mail with what a listed message says, where its recipient wants that; once, however often it is run.

    What only the recipient may read, a one-time code, never goes along.
    """
    message = Message.objects.filter(pk=message_id).first()
    if message is None or message.recipient_id is None or message.channel == Channel.MAIL or not message.is_listed:
        return None
    template = _declared(message)
    if template is None or not is_wanted(message.recipient_id, template.topic, Channel.MAIL):
        return None
    address = find_mail_address(message.recipient_id)
    if address is None:
        return None
    lines = [message.body]
    if message.link:
        lines += ["", f"查看：{settings.PUBLIC_URL}{message.link}"]
    lines += ["", f"{settings.SITE_NAME}（系统自动发送，请不要回复）"]
    try:
        with transaction.atomic():
            copy = Message.objects.create(
                recipient_id=message.recipient_id,
                address=address,
                channel=Channel.MAIL,
                template=message.template,
                subject=message.subject,
                body="\n".join(lines),
                is_listed=False,
                state=MessageState.QUEUED,
                copy_of=message,
            )
            record(SYSTEM, "messages.copy_to_mail", copy, after={"template": copy.template})
    except IntegrityError:
        return None
    return copy


@transaction.atomic
def _note_failure(message_id: int, error: str, *, is_permanent: bool) -> int | None:
    message = Message.objects.select_for_update().filter(pk=message_id, state=MessageState.QUEUED).first()
    logger.warning("message not sent", extra={"message_id": message_id, "error": error[:120]})
    if message is None:
        return None
    message.attempts, message.error = message.attempts + 1, error[:120]
    wait = None if is_permanent or message.attempts > len(WAITS) else WAITS[message.attempts - 1]
    if wait is None:
        message.state, message.outgoing = MessageState.FAILED, ""
        after = {"attempts": message.attempts, "error": message.error}
        record(SYSTEM, "messages.give_up_message", message, after=after)
    message.save()
    return wait
