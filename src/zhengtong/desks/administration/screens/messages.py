"""Texts and e-mails that left the platform, or couldn't: why not, and sending them again."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import (
    RESEND,
    Channel,
    Message,
    MessageState,
    is_spent,
    list_outgoing,
    mask_address,
    resend_message,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import STAFF, Act, Column, Fields, Filter, History, ModelScreens

_TONES = {
    MessageState.QUEUED: "info",
    MessageState.SENT: "success",
    MessageState.FAILED: "danger",
    MessageState.SKIPPED: "neutral",
}


def _channels(_actor: Actor) -> list[tuple[str, str]]:
    return [(each.value, str(each.label)) for each in (Channel.SMS, Channel.MAIL)]


def _may_resend(row: Message) -> bool:
    return row.state == MessageState.FAILED and not is_spent(row)


STATE = Column("state", tone=lambda row: _TONES[MessageState(row.state)])
# An operator needs to know that a number is wrong, not whose it is.
ADDRESS = Column("address", title=_("发往"), mask=mask_address)


class MessageScreens(ModelScreens):
    model, module, code, title = Message, "administration", "messages", _("短信和邮件")
    audience, permission, icon, menu_order = STAFF, RESEND, "send", 71
    columns = (
        Column("subject", css="main"),
        "channel",
        ADDRESS,
        STATE,
        Column("attempts", css="number"),
        Column("error", css="wrap"),
        "created_at",
        "sent_at",
    )
    filters = ("state", Filter("channel", kind="choice", choices=_channels))
    order, name, api = ("-id",), "subject", False
    actions = (Act(resend_message, RESEND, title=_("重新发送"), row="message", when=_may_resend, is_bulk=True),)
    detail = (
        Fields(
            _("消息"),
            names=(
                "subject",
                "template",
                "channel",
                ADDRESS,
                STATE,
                "attempts",
                "error",
                "receipt",
                "created_at",
                "sent_at",
                "delivered_at",
            ),
        ),
        History(_("处理记录")),
    )
    help = _(
        "没有发出去的，隔一会儿自动再试，共五次；号码不存在的不再试。查明原因后可以重新发送。内容和收件人不在这里显示。"
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        return list_outgoing()

    def tone(self, row: Any) -> str:
        return "danger" if row.state == MessageState.FAILED else ""
