"""Reading messages: a person's own, and the demo's texts."""

from uuid import UUID

from django.db.models import QuerySet

from zhengtong.core.crypto.public import digest
from zhengtong.core.identity.public import Account
from zhengtong.core.messages.models import Channel, DemoText, Message, MessageState

PAGE = 20
UNREAD_CAP = 99


def list_messages(account: Account, *, before: int | None = None, size: int = PAGE) -> QuerySet[Message]:
    """Return a person's messages, the newest first; ``before`` is the id of the last one already seen."""
    found = Message.objects.filter(recipient=account, is_listed=True)
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.order_by("-pk")[:size]


def count_unread(account: Account) -> int:
    """Return how many messages a person hasn't read, at most ``UNREAD_CAP`` + 1, which shows as 99+."""
    return Message.objects.filter(recipient=account, is_listed=True, read_at=None)[: UNREAD_CAP + 1].count()


def get_own_message(account: Account, public_id: UUID) -> Message | None:
    """Return the message if it is this person's, else None."""
    return Message.objects.filter(recipient=account, is_listed=True, public_id=public_id).first()


def list_outgoing() -> QuerySet[Message]:
    """Return what left, or was to leave, the platform by text or e-mail, the newest first."""
    return Message.objects.exclude(channel=Channel.IN_APP).order_by("-pk")


def count_failed() -> int:
    """Return how many messages couldn't be sent, at most a hundred."""
    return Message.objects.filter(state=MessageState.FAILED)[:100].count()


def list_demo_texts(phone: str = "", size: int = PAGE) -> QuerySet[DemoText]:
    """Return the demo's texts, the newest first, to one phone or to all."""
    found = DemoText.objects.filter(phone_digest=digest(phone)) if phone else DemoText.objects.all()
    return found.order_by("-pk")[:size]
