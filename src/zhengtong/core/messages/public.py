"""The messages module's door."""

from zhengtong.core.messages.domain import MessageTemplate, NoticeTopic, mask_address
from zhengtong.core.messages.models import Channel, Message, MessageState
from zhengtong.core.messages.providers import MailProvider, Receipt, SendFailed, SmsProvider
from zhengtong.core.messages.selectors import count_failed, count_unread, list_demo_texts, list_messages, list_outgoing
from zhengtong.core.messages.services import RESEND, is_spent, mark_all_read, mark_read, resend_message, send_message

__all__ = [
    "RESEND",
    "Channel",
    "MailProvider",
    "Message",
    "MessageState",
    "MessageTemplate",
    "NoticeTopic",
    "Receipt",
    "SendFailed",
    "SmsProvider",
    "count_failed",
    "count_unread",
    "is_spent",
    "list_demo_texts",
    "list_messages",
    "list_outgoing",
    "mark_all_read",
    "mark_read",
    "mask_address",
    "resend_message",
    "send_message",
]
