"""What the acts on requests and contracts are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "contracts",
    {
        "draft_request": _("起草共享申请"),
        "save_request": _("修改共享申请"),
        "attach_paper": _("为共享申请附材料"),
        "remove_paper": _("删除共享申请的材料"),
        "submit_request": _("提交共享申请"),
        "resubmit_request": _("补正共享申请"),
        "pass_compliance": _("合规审查通过"),
        "approve_request": _("同意共享"),
        "return_request": _("要求补正共享申请"),
        "refuse_request": _("不予共享"),
        "open_dispute": _("提请共享争议协调"),
        "assign_coordinator": _("指定争议协调人"),
        "state_position": _("陈述争议意见"),
        "decide_dispute": _("作出争议协调决定"),
        "withdraw_request": _("撤回共享申请"),
        "lapse_request": _("逾期未补正，视为撤回"),
        "recompute_clock": _("重算共享申请期限"),
        "suspend_contract": _("暂停共享合约"),
        "resume_contract": _("恢复共享合约"),
        "revoke_contract": _("撤销共享合约"),
        "expire_contract": _("共享合约到期"),
        "resource_changed": _("合约的资源有变更"),
        "keep_contract": _("确认继续执行合约"),
        "set_rule": _("设定共享办理规则"),
        "verify_rule": _("核对共享办理规则"),
        "add_reason": _("新增不予共享的理由"),
        "end_reason": _("停用不予共享的理由"),
        "verify_reason": _("核对不予共享的理由"),
    },
    keys={
        "contract": _("合约"),
        "digest": _("摘要"),
        "state": _("状态"),
        "due_at": _("期限"),
        "opinion": _("意见"),
        "refusal": _("理由"),
        "masks": _("脱敏"),
        "basis": _("依据"),
        "resource": _("信息资源"),
        "parts": _("修改的部分"),
    },
    names={"contracts.datarequest": "number", "contracts.contract": "number"},
)
