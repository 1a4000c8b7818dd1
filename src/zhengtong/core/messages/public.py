"""The messages module's door."""

from zhengtong.core.messages.domain import MessageTemplate
from zhengtong.core.messages.models import Channel, Message, MessageState
from zhengtong.core.messages.providers import Receipt, SendFailed, SmsProvider
from zhengtong.core.messages.selectors import count_unread, list_demo_texts, list_messages
from zhengtong.core.messages.services import mark_all_read, mark_read, send_message

__all__ = [
    "Channel",
    "Message",
    "MessageState",
    "MessageTemplate",
    "Receipt",
    "SendFailed",
    "SmsProvider",
    "count_unread",
    "list_demo_texts",
    "list_messages",
    "mark_all_read",
    "mark_read",
    "send_message",
]
