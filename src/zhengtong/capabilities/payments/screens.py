"""The cashier's registers: payment orders, refunds, what providers told."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.payments.models import (
    OrderState,
    PaymentOrder,
    Refund,
    RefundState,
    Way,
    in_yuan,
)
from zhengtong.capabilities.payments.permissions import APPROVE_REFUND, ASK_REFUND, COLLECT, PAY_OUT, VIEW
from zhengtong.capabilities.payments.services.receiving import collect_fee
from zhengtong.capabilities.payments.services.refunding import (
    approve_refund,
    ask_refund,
    get_refundable,
    pay_out_refund,
    refuse_refund,
)
from zhengtong.kernel.policy import Actor
from zhengtong.screens.declaration import (
    STAFF,
    Act,
    Column,
    Fields,
    Filter,
    History,
    ModelScreens,
    Part,
    Related,
)

YUAN = _("元")
TONES = {
    OrderState.DUE: "warning",
    OrderState.PAID: "success",
    OrderState.PART_REFUNDED: "info",
    OrderState.REFUNDED: "neutral",
    OrderState.CLOSED: "neutral",
    OrderState.WAIVED: "success",
}
REFUND_TONES = {
    RefundState.ASKED: "warning",
    RefundState.APPROVED: "info",
    RefundState.REFUSED: "neutral",
    RefundState.DONE: "success",
}
COUNTER_WAYS = [(Way.CASH.value, Way.CASH.label), (Way.CARD.value, Way.CARD.label)]


def order_tone(order: PaymentOrder) -> str:
    return TONES.get(OrderState(order.state), "neutral")


def refund_tone(refund: Refund) -> str:
    return REFUND_TONES.get(RefundState(refund.state), "neutral")


def _money(name: str, title: Any, field: str) -> Column:
    return Column(
        name, title=title, value=lambda row: in_yuan(getattr(row, field)), needs=(field,), unit=YUAN, css="number"
    )


def _list_refunds(_actor: Actor, order: PaymentOrder) -> QuerySet[Any]:
    return order.refunds.order_by("-id")


def _list_receipts(_actor: Actor, order: PaymentOrder) -> QuerySet[Any]:
    return order.receipts.order_by("id")


def _list_notifications(_actor: Actor, order: PaymentOrder) -> QuerySet[Any]:
    return order.notifications.order_by("-id")


def _books(_actor: Actor, order: PaymentOrder) -> Mapping[str, Any]:
    return {"postings": order.postings.prefetch_related("lines").order_by("id")[:50]}


class OrderScreens(ModelScreens):
    model, module, code, title = PaymentOrder, "payments", "orders", _("缴款单")
    audience, permission, icon, menu_order = STAFF, VIEW, "list", 61
    columns = (
        Column("number", css="main nowrap"),
        "payer_name",
        Column("fee_name", css="nowrap"),
        _money("sum", _("金额"), "amount"),
        Column("state", tone=order_tone),
        "way",
        Column("case", title=_("办件编号"), related=("case",), css="nowrap"),
        "opened_at",
        "paid_at",
        _money("gone", _("已退"), "refunded"),
        Column("item_name", is_shown=False),
        Column("organisation", related=("organisation",), is_shown=False),
        Column("exemption", is_shown=False),
    )
    filters = (
        "state",
        "way",
        "due_before",
        Filter("organisation", kind="organisation"),
        Filter("paid_at", kind="dates"),
    )
    search = ("number", "payer_name")
    order, name, lookup = ("-id",), "number", "number"
    help = _("每个办件的每项收费一张缴款单，按现行收费清单开具，缴清后自动往下办。")
    empty = _("还没有缴款单。收费的事项有人申请以后，缴款单自动出现在这里。")
    actions = (
        Act(
            collect_fee,
            COLLECT,
            title=_("窗口收费"),
            row="order_id",
            asks={
                "way": forms.ChoiceField(label=_("收款方式"), choices=COUNTER_WAYS, widget=forms.RadioSelect),
                "receipt_number": forms.CharField(
                    label=_("收据号或者刷卡凭证号"), max_length=64, help_text=_("一个号码只能用一次，对账时要用")
                ),
            },
            when=lambda order: order.state == OrderState.DUE,
            help=_("收到现金或者刷卡成功以后登记，金额以缴款单为准。"),
            done=_("已登记收款"),
        ),
        Act(
            ask_refund,
            ASK_REFUND,
            title=_("申请退费"),
            row="order_id",
            asks={
                "amount": forms.DecimalField(label=_("退费金额（元）"), min_value=0, max_digits=12, decimal_places=2),
                "reason": forms.CharField(
                    label=_("退费原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
                ),
            },
            initial=lambda order: {"amount": in_yuan(get_refundable(order))},
            when=lambda order: order.state in (OrderState.PAID, OrderState.PART_REFUNDED),
            done=_("已提出，等待审批"),
        ),
    )
    detail = (
        Fields(
            _("缴款单"),
            names=(
                "number",
                Column("state", tone=order_tone),
                "payer_name",
                Column("case", title=_("办件编号"), related=("case",)),
                "item_name",
                "fee_name",
                "fee_code",
                "standard",
                "exemption",
                _money("sum", _("金额"), "amount"),
                "due_before",
                "way",
                "opened_at",
                "paid_at",
                _money("gone", _("已退"), "refunded"),
                "closed_at",
                "closed_reason",
            ),
        ),
        Related(_("来款"), rows=_list_receipts, columns=("at", "way", "reference", _money("sum", _("金额"), "amount"))),
        Related(
            _("退费"),
            rows=_list_refunds,
            columns=("number", _money("sum", _("金额"), "amount"), "reason", "state", "asked_at", "done_at", "trouble"),
        ),
        Part(_("记账"), template="payments/books.html", context=_books),
        Related(_("支付通知"), rows=_list_notifications, columns=("received_at", "verdict", "reference")),
        History(_("变更记录")),
    )


class RefundScreens(ModelScreens):
    model, module, code, title = Refund, "payments", "refunds", _("退费")
    audience, permission, icon, menu_order = STAFF, VIEW, "clock", 62
    columns = (
        Column("number", css="main nowrap"),
        Column("order__number", title=_("缴款单"), css="nowrap"),
        Column("payer", title=_("缴款人"), value=lambda row: row.order.payer_name, related=("order",)),
        _money("sum", _("退款金额"), "amount"),
        Column("reason", css="wrap"),
        Column("state", tone=refund_tone),
        Column("way", title=_("退款方式"), value=lambda row: row.receipt.get_way_display(), related=("receipt",)),
        "asked_at",
        Column("asked_by_name", is_shown=False),
        Column("done_at", is_shown=False),
        Column("trouble", css="wrap", is_shown=False),
    )
    filters = ("state", Filter("asked_at", kind="dates"))
    search = ("number",)
    order, name, lookup = ("-id",), "number", "number"
    help = _("退费由缴款人或者经办人申请，由退费审批员审批；网上支付的原路退回，窗口收的由出纳支付。")
    empty = _("还没有退费。")
    actions = (
        Act(
            approve_refund,
            APPROVE_REFUND,
            title=_("同意退费"),
            when=lambda refund: refund.state == RefundState.ASKED,
            asks={"opinion": forms.CharField(label=_("意见"), max_length=300, required=False)},
            help=_("网上支付的马上原路退回；窗口收的转出纳支付。"),
            done=_("已同意退费"),
        ),
        Act(
            refuse_refund,
            APPROVE_REFUND,
            title=_("不予退费"),
            when=lambda refund: refund.state == RefundState.ASKED and refund.is_owed,
            asks={
                "opinion": forms.CharField(label=_("理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
            },
            is_dangerous=True,
            done=_("已决定不予退费"),
        ),
        Act(
            pay_out_refund,
            PAY_OUT,
            title=_("支付退款"),
            when=lambda refund: refund.state == RefundState.APPROVED and refund.receipt.way != Way.ONLINE,
            asks={"receipt_number": forms.CharField(label=_("退款收据号或者刷卡撤销凭证号"), max_length=64)},
            done=_("已登记退款"),
        ),
    )
    detail = (
        Fields(
            _("退费"),
            names=(
                "number",
                Column("state", tone=refund_tone),
                Column("order__number", title=_("缴款单")),
                _money("sum", _("退款金额"), "amount"),
                "reason",
                "asked_by_name",
                "asked_at",
                "decided_at",
                "opinion",
                "reference",
                "done_at",
                "trouble",
            ),
        ),
        History(_("变更记录")),
    )


SCREENS: tuple[Any, ...] = (OrderScreens(), RefundScreens())
