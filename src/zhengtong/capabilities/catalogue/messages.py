"""What compilers are told about their entries."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import MessageTemplate

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "catalogue.returned", _("目录退回修改"), _("{who}退回了“{name}”第{number}版：{opinion}。请修改后再送审。")
    ),
    MessageTemplate("catalogue.passed", _("目录通过部门审核"), _("“{name}”第{number}版通过部门审核，已送目录主管。")),
    MessageTemplate("catalogue.published", _("目录已发布"), _("{who}发布了“{name}”第{number}版。")),
    MessageTemplate("catalogue.retired", _("信息资源已停用"), _("{who}停用了“{name}”：{reason}。")),
)
