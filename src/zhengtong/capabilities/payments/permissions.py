"""Who may do what with fees and the money paid for them, and the roles made of it."""

from django.utils.translation import gettext_lazy as _

from zhengtong.core.identity.public import IncompatibleRoles
from zhengtong.kernel.modules import Permission, Role

VIEW = "payments.view_order"
PAY = "payments.pay_order"
COLLECT = "payments.collect_fee"
ASK_REFUND = "payments.ask_refund"
APPROVE_REFUND = "payments.approve_refund"
PAY_OUT = "payments.pay_out"
RECONCILE = "payments.reconcile"
OWN = frozenset({VIEW, PAY, ASK_REFUND})

PERMISSIONS = (
    Permission(VIEW, _("查看缴款单")),
    Permission(PAY, _("缴纳自己的费用")),
    Permission(COLLECT, _("窗口收费")),
    Permission(ASK_REFUND, _("申请退费")),
    Permission(APPROVE_REFUND, _("审批退费")),
    Permission(PAY_OUT, _("支付窗口退费")),
    Permission(RECONCILE, _("每日对账和处理差异")),
)
ROLES = (
    Role("cashier", _("收费出纳员"), (VIEW, COLLECT, ASK_REFUND, PAY_OUT, RECONCILE)),
    Role("refund_approver", _("退费审批员"), (VIEW, APPROVE_REFUND)),
    IncompatibleRoles(
        "payments.cashier",
        frozenset({"cashier", "refund_approver"}),
        _("收费和退费审批应由不同的人担任（《会计法》：出纳人员不得兼任稽核和账目登记）"),
    ),
)
