"""What the person who gave a bad rating is told while it is followed up."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import MessageTemplate

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "ratings.opened",
        _("差评整改"),
        _("您对“{item}”（{number}）的评价已转承办单位，最迟 {contact} 前联系您，{due} 前整改并答复。"),
        belongs_to="cases",
    ),
    MessageTemplate(
        "ratings.rectified",
        _("差评已整改"),
        _("您对“{item}”（{number}）提的意见已整改，答复请登录查看，并请您再评价一次。"),
        belongs_to="cases",
    ),
    MessageTemplate(
        "ratings.closed",
        _("差评整改已办结"),
        _("您对“{item}”（{number}）的差评整改已办结，感谢监督。"),
        belongs_to="cases",
    ),
)
