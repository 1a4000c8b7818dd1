"""Money that comes: told by the provider, asked of it, or taken at the counter. It is booked once."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhengtong.capabilities.cases.public import (
    Case,
    issue_case_paper,
    note_happening,
    resume_delivery,
    shown_date,
)
from zhengtong.capabilities.payments.domain import (
    OrderState,
    Verdict,
    Way,
    in_chinese,
    judge_receipt,
    lines_of_receipt,
)
from zhengtong.capabilities.payments.errors import PaymentRefused
from zhengtong.capabilities.payments.messages import tell_payer
from zhengtong.capabilities.payments.models import Notification, PaymentOrder, Receipt, Refund
from zhengtong.capabilities.payments.models import Way as WayWords
from zhengtong.capabilities.payments.permissions import COLLECT
from zhengtong.capabilities.payments.providers import (
    BadSignature,
    TradeNotice,
    TradeState,
    UnreadableNotice,
    get_provider,
)
from zhengtong.capabilities.payments.services.booking import post
from zhengtong.capabilities.payments.services.orders import find_order, lock_order, next_order_number, refuse_settled
from zhengtong.core.audit.public import record
from zhengtong.core.papers.public import Paper
from zhengtong.kernel.policy import SYSTEM, Actor
from zhengtong.kernel.steps import step

LONGEST_BODY = 4000
# What is left of an order that was paid at the counter while a trade was open goes back to where it came from.
_EXTRA = {
    Verdict.PAID_TWICE: "同一缴款单重复缴款，原路退回",
    Verdict.AFTER_CLOSE: "缴款单关闭后到账，原路退回",
}


def receive_notice(*, body: bytes, signature: str) -> Verdict:
    """Take what the provider told us: kept as it came, and booked where it is signed, right and new.

    Twice, late, out of order, with another amount or another signature: nothing moves that shouldn't, and the row says
    what was thought of it.
    """
    try:
        notice = get_provider().read_notice(body, signature)
    except BadSignature:
        return _keep_unusable(body, Verdict.WRONG_SIGNATURE)
    except UnreadableNotice:
        return _keep_unusable(body, Verdict.UNREADABLE)
    return take_notice(notice, body=body.decode(errors="replace"))


@step()
def _keep_unusable(body: bytes, verdict: Verdict) -> Verdict:
    _keep(body.decode(errors="replace"), verdict, None, TradeNotice("", TradeState.NONE))
    return verdict


@step()
def take_notice(notice: TradeNotice, *, body: str) -> Verdict:
    """Book what a provider said of a trade, told or asked, and keep it with what it led to."""
    found = find_order(notice.trade)
    if found is None:
        _keep(body, Verdict.UNKNOWN_ORDER, None, notice)
        return Verdict.UNKNOWN_ORDER
    order, case = lock_order(actor=SYSTEM, order_id=found.pk, permission=COLLECT)
    if notice.state is not TradeState.PAID or not notice.reference:
        _keep(body, Verdict.NOT_PAID, order, notice)
        return Verdict.NOT_PAID
    verdict = book_money(
        order,
        case,
        actor=SYSTEM,
        way=Way.ONLINE,
        reference=notice.reference,
        amount=notice.amount,
        at=notice.paid_at or timezone.now(),
    )
    _keep(body, verdict, order, notice)
    return verdict


def _keep(body: str, verdict: Verdict, order: PaymentOrder | None, notice: TradeNotice) -> None:
    kept = Notification.objects.create(
        provider=get_provider().code,
        received_at=timezone.now(),
        body=body.replace("\x00", "")[:LONGEST_BODY],
        verdict=verdict,
        order=order,
        trade=notice.trade.replace("\x00", "")[:64],
        reference=notice.reference.replace("\x00", "")[:64],
    )
    if verdict not in (Verdict.ACCEPTED, Verdict.REPEATED, Verdict.NOT_PAID, *_EXTRA):
        record(SYSTEM, "payments.notice_refused", kept, after={"verdict": verdict, "trade": kept.trade})


def book_money(
    order: PaymentOrder,
    case: Case,
    *,
    actor: Actor,
    way: Way,
    reference: str,
    amount: int,
    at: datetime,
) -> Verdict:
    """Book money that came for the locked order, and let its case go on. The same ``reference`` twice is once."""
    if Receipt.objects.filter(way=way, reference=reference).exists():
        return Verdict.REPEATED
    verdict = judge_receipt(OrderState(order.state), owed=order.amount, amount=amount)
    if verdict is Verdict.WRONG_AMOUNT:
        return verdict
    is_owed = verdict is Verdict.ACCEPTED
    receipt = Receipt.objects.create(
        order=order,
        way=way,
        reference=reference,
        amount=amount,
        is_owed=is_owed,
        at=at,
        collected_by_id=actor.appointment,
    )
    words = f"{order.number} {order.fee_name}"
    lines = lines_of_receipt(way, amount, is_owed=is_owed)
    post(key=f"receipt:{way}:{reference}", at=at, words=words, lines=lines, order=order)
    if is_owed:
        _settle(order, case, actor=actor, way=way, reference=reference, at=at)
    else:
        _keep_extra(receipt, order, actor=actor, reason=_EXTRA[verdict])
    return verdict


def _settle(order: PaymentOrder, case: Case, *, actor: Actor, way: Way, reference: str, at: datetime) -> None:
    order.state, order.paid, order.paid_at, order.way = OrderState.PAID, order.amount, at, way
    order.paper = _issue_receipt(order, case, way=way, reference=reference, at=at)
    order.save(update_fields=["state", "paid", "paid_at", "way", "paper"])
    record(
        actor,
        "payments.collect_fee" if actor.appointment else "payments.receive",
        order,
        before={"state": OrderState.DUE},
        after={"state": OrderState.PAID, "amount": order.amount, "way": way, "reference": reference},
    )
    note_happening(case, "fee_paid", actor=actor, words=f"已缴{order.fee_name} {order.yuan} 元。")
    tell_payer(case, "payments.paid", actor=actor, fee=order.fee_name, amount=order.yuan)
    if not PaymentOrder.objects.filter(case=case, state=OrderState.DUE).exists():
        resume_delivery(case_id=case.pk)


def _issue_receipt(order: PaymentOrder, case: Case, *, way: Way, reference: str, at: datetime) -> Paper:
    """Issue the 电子缴款凭证: it proves that the fee came in, and is no fiscal invoice (财政电子票据)."""
    with override("zh-hans"):
        way_words = str(WayWords(way).label)
    return issue_case_paper(
        case,
        "payments.receipt",
        actor=SYSTEM,  # the platform makes it of what was booked; who took the money is in the record of that
        word="缴",
        content={
            "order_number": order.number,
            "fee_name": order.fee_name,
            "fee_code": order.fee_code,
            "standard": order.standard,
            "exemption": order.exemption,
            "amount": f"{order.yuan:,.2f}",
            "amount_words": in_chinese(order.amount),
            "way": way_words,
            "reference": reference,
            "paid_at": at,
            "payer_name": order.payer_name,
        },
        facts=[
            ("收费项目", order.fee_name),
            ("金额", f"{order.yuan:,.2f}元"),
            ("缴款日期", shown_date(timezone.localdate(at))),
        ],
    )


def _keep_extra(receipt: Receipt, order: PaymentOrder, *, actor: Actor, reason: str) -> None:
    """Ask for the refund of money that nobody owed: it waits for an officer like any other."""
    record(
        actor,
        "payments.receive_extra",
        order,
        after={"amount": receipt.amount, "way": receipt.way, "reference": receipt.reference},
    )
    Refund.objects.create(
        number=next_order_number("TF"),
        order=order,
        organisation_id=order.organisation_id,
        receipt=receipt,
        amount=receipt.amount,
        is_owed=False,
        reason=reason,
        asked_at=timezone.now(),
        asked_by_name=actor.name or "系统",
    )


def ask_provider(*, order_id: int) -> Verdict:
    """Ask the provider how an order's trade stands, and book what it says. Raises ProviderDown."""
    order = PaymentOrder.objects.get(pk=order_id)
    notice = get_provider().query(order.number)
    PaymentOrder.objects.filter(pk=order_id).update(asked_at=timezone.now())
    if notice.state is not TradeState.PAID:
        return Verdict.NOT_PAID
    if Receipt.objects.filter(way=Way.ONLINE, reference=notice.reference).exists():
        return Verdict.REPEATED
    return take_notice(notice, body=f"query {order.number}")


@step()
def collect_fee(*, actor: Actor, order_id: int, way: str, receipt_number: str) -> PaymentOrder:
    """Take the fee at the counter, in cash or by card, under the number of the receipt that was written.

    Raises Denied, PaymentRefused.
    """
    order, case = lock_order(actor=actor, order_id=order_id, permission=COLLECT)
    refuse_settled(order)
    if way not in (Way.CASH, Way.CARD):
        raise PaymentRefused(_("请选择是现金还是刷卡。"), "way")
    reference = receipt_number.strip()
    if not reference:
        raise PaymentRefused(_("请填写收据号或者刷卡凭证号，对账时要用。"), "receipt_number")
    verdict = book_money(
        order, case, actor=actor, way=Way(way), reference=reference[:64], amount=order.amount, at=timezone.now()
    )
    if verdict is Verdict.REPEATED:
        raise PaymentRefused(_("收据号“%(number)s”已经用过，请核对。") % {"number": reference[:64]}, "receipt_number")
    return order
