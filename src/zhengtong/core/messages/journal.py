"""What acts on messages are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "messages",
    {
        "send_message": _("发送消息"),
        "mark_read": _("把消息标为已读"),
        "mark_all_read": _("把消息全部标为已读"),
        "deliver_message": _("送达短信或邮件"),
        "give_up_message": _("短信或邮件没有送达"),
        "skip_message": _("按本人设置不发消息"),
        "copy_to_mail": _("抄送邮箱"),
        "resend_message": _("重新发送消息"),
        "choose_notices": _("设置通知方式"),
        "set_mail_address": _("填写通知邮箱"),
        "verify_mail_address": _("核验通知邮箱"),
        "drop_mail_address": _("删除通知邮箱"),
    },
)
