"""What acts on keys are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "keys",
    {
        "rotate_key": _("轮换密钥"),
        "ask_custodians": _("向密钥保管员提出申请"),
        "approve_request": _("密钥保管员批准"),
        "decline_request": _("密钥保管员不同意"),
        "withdraw_request": _("撤回密钥申请"),
        "perform_request": _("执行已批准的密钥申请"),
        "collect_key": _("领取托管的加密密钥"),
        "enroll_custodian": _("登记密钥保管员"),
        "export": _("导出密钥台账"),
        "find_break": _("密钥台账核对不上"),
    },
    keys={
        "work": _("事项"),
        "key": _("密钥"),
        "reason": _("原因"),
        "state": _("结果"),
        "successor": _("接替的密钥"),
        "slot": _("席位"),
        "row": _("台账序号"),
        "form": _("形式"),
    },
)
