"""What compilers are told about their drafts."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import MessageTemplate

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "powers.returned", _("权力事项退回修改"), _("{who}退回了“{name}”第{number}版：{opinion}。请修改后再送审。")
    ),
    MessageTemplate("powers.published", _("权力事项已发布"), _("{who}审核通过了“{name}”第{number}版，自{day}起生效。")),
)
