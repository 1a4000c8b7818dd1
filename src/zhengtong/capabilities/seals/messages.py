"""What applicants are told about their seals and uses."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.messages.public import MessageTemplate

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "seals.returned",
        _("印章申请退回修改"),
        _("{who}退回了“{seal}”的申请（{number}）：{opinion}"),
    ),
    MessageTemplate(
        "seals.refused",
        _("印章申请未获批准"),
        _("“{seal}”的申请（{number}）未获批准：{opinion}"),
    ),
    MessageTemplate(
        "seals.enabled",
        _("印章已启用"),
        _("“{seal}”已经启用，可以申请用印。"),
    ),
    MessageTemplate(
        "seals.destroyed", _("印章已注销"), _("“{seal}”已经注销，标识无效。注销前加盖的文件凭时间戳继续有效。")
    ),
    MessageTemplate(
        "seals.use_approved", _("用印申请已批准"), _("“{title}”（{number}）的用印申请已批准，请在{until}前用印。")
    ),
    MessageTemplate(
        "seals.use_refused", _("用印申请未获同意"), _("“{title}”（{number}）的用印申请未获同意：{opinion}")
    ),
    MessageTemplate(
        "seals.batch_done", _("批量用印已完成"), _("“{title}”批量用印已完成：{sealed}份已用印，{failed}份未能用印。")
    ),
)
