"""What the acts of the supervision of sharing are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "sharing",
    {
        "set_target": _("设定共享考核指标"),
        "verify_target": _("核对共享考核指标"),
        "set_allowance": _("设定更新间隔"),
        "demand_rectification": _("下发共享整改通知"),
        "answer_rectification": _("反馈共享整改情况"),
        "accept_rectification": _("共享整改通过验收"),
        "return_rectification": _("共享整改退回"),
        "withdraw_rectification": _("撤回共享整改通知"),
        "draft_circular": _("起草共享通报"),
        "amend_circular": _("修改共享通报"),
        "issue_circular": _("印发共享通报"),
        "export": _("导出共享考核数字"),
    },
    keys={"measure": _("指标"), "percent": _("目标（%）"), "weight": _("权重"), "month": _("月份"), "days": _("天数")},
    names={"sharing.rectification": "number", "sharing.circular": "title"},
)
