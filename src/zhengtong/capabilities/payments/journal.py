"""What the acts on money are called in the journal."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.audit.public import ActionWords

ACTION_WORDS = ActionWords(
    "payments",
    {
        "open_order": _("开具缴款单"),
        "not_charged": _("收费项目不在清单，不收费"),
        "close_order": _("关闭缴款单"),
        "send_payer": _("前往支付"),
        "receive": _("缴款入账"),
        "receive_extra": _("多收款暂收待退"),
        "notice_refused": _("支付通知未采用"),
        "collect_fee": _("窗口收费"),
        "ask_refund": _("申请退费"),
        "approve_refund": _("批准退费"),
        "refuse_refund": _("不予退费"),
        "finish_refund": _("退款入账"),
        "pay_out_refund": _("支付窗口退费"),
        "reconcile": _("每日对账"),
        "settle_difference": _("处理对账差异"),
        "succeed_office": _("承接被合并机构的缴款单"),
        "export": _("导出缴款明细"),
    },
    keys={
        "amount": _("金额（分）"),
        "way": _("方式"),
        "verdict": _("处理结果"),
        "reference": _("流水号"),
        "fee": _("收费项目"),
    },
    names={"payments.paymentorder": "number", "payments.refund": "number", "payments.reconciliation": "day"},
)
