"""What payers are told about their fees, in their messages and as a text."""

from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import Case, tell_applicant
from zhengtong.core.messages.public import MessageTemplate
from zhengtong.kernel.policy import Actor

MESSAGE_TEMPLATES = (
    MessageTemplate(
        "payments.due",
        _("请缴费"),
        _("您申请的“{item}”（{number}）应缴{fee} {amount} 元，请{before}缴清。登录“我的缴费”或者到窗口缴。"),
    ),
    MessageTemplate(
        "payments.paid",
        _("已收到缴款"),
        _("您申请的“{item}”（{number}）的{fee} {amount} 元已收到，缴款凭证可以登录下载。"),
    ),
    MessageTemplate(
        "payments.refund_refused",
        _("退费申请未获同意"),
        _("您申请的“{item}”（{number}）的退费没有同意。理由：{reason}"),
    ),
    MessageTemplate(
        "payments.refunded",
        _("退款已办理"),
        _("您申请的“{item}”（{number}）退款 {amount} 元已按原路退回，请留意到账。"),
    ),
)


def tell_payer(case: Case, template: str, *, actor: Actor, **context: object) -> None:
    """Tell the payer, where there is a way to: money is booked whether or not anybody can be told."""
    if case.account_id is not None or case.applicant_phone:
        tell_applicant(case, template, actor=actor, **context)
