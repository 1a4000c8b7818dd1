"""Hands a queued message to the provider, once."""

import logging

from django.db import transaction
from django.utils import timezone

from zhengtong.core.audit.public import record
from zhengtong.core.messages.domain import WAITS
from zhengtong.core.messages.models import Message, MessageState
from zhengtong.core.messages.providers import SendFailed, get_provider
from zhengtong.kernel.jobs import once
from zhengtong.kernel.policy import SYSTEM

logger = logging.getLogger(__name__)


def deliver_message(*, message_id: int) -> int | None:
    """Send the message; return after how many seconds to try again, None when it is sent or given up.

    The mark, the provider's receipt and the state are one transaction. Nothing of the text is logged.
    """
    try:
        with once(f"messages.deliver:{message_id}") as is_first:
            message = Message.objects.select_for_update().filter(pk=message_id).first()
            if not is_first or message is None or message.state != MessageState.QUEUED:
                return None
            receipt = get_provider().send(
                message.address, message.outgoing or message.body, reference=str(message.public_id)
            )
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
