"""What acts on messages are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "messages",
    {
        "send_message": _("发送消息"),
        "mark_read": _("把消息标为已读"),
        "mark_all_read": _("把消息全部标为已读"),
        "deliver_message": _("送达短信"),
        "give_up_message": _("短信没有送达"),
    },
)
