"""退费: asked by the payer or a clerk, decided by another officer, carried out the way the money came."""

from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.cases.public import Case, lock_case, note_happening
from zhengtong.capabilities.payments.domain import (
    OrderState,
    Way,
    left_to_refund,
    lines_of_refund,
    state_after_refund,
)
from zhengtong.capabilities.payments.errors import PaymentRefused
from zhengtong.capabilities.payments.messages import tell_payer
from zhengtong.capabilities.payments.models import FEN, PaymentOrder, Refund, RefundState, in_yuan
from zhengtong.capabilities.payments.permissions import APPROVE_REFUND, ASK_REFUND, PAY_OUT
from zhengtong.capabilities.payments.providers import ProviderDown, ProviderRefused, get_provider
from zhengtong.capabilities.payments.services.booking import post
from zhengtong.capabilities.payments.services.orders import lock_order, next_order_number
from zhengtong.capabilities.payments.tasks import send_refund
from zhengtong.core.audit.public import record
from zhengtong.core.identity.public import is_same_person
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step

OPEN = (RefundState.ASKED, RefundState.APPROVED)


def get_refundable(order: PaymentOrder) -> int:
    """Return how many fen may still be asked back of an order."""
    asked = order.refunds.filter(is_owed=True, state__in=OPEN).aggregate(total=Sum("amount"))["total"] or 0
    return left_to_refund(order.paid, refunded=order.refunded, asked=asked)


@step()
def ask_refund(*, actor: Actor, order_id: int, amount: Decimal, reason: str) -> Refund:
    """Ask for money back, in yuan. Raises Denied, PaymentRefused."""
    order, case = lock_order(actor=actor, order_id=order_id, permission=ASK_REFUND)
    return ask_locked(order, case, actor=actor, amount=int((amount * FEN).to_integral_value()), reason=reason)


def ask_locked(order: PaymentOrder, case: Case, *, actor: Actor, amount: int, reason: str) -> Refund:
    """Ask for ``amount`` fen of a locked order back."""
    if order.state not in (OrderState.PAID, OrderState.PART_REFUNDED):
        if order.state == OrderState.REFUNDED:
            raise PaymentRefused(_("这张缴款单已经全部退过，不能再退。"))
        raise PaymentRefused(_("这张缴款单没有缴款，不需要退费。"))
    left = get_refundable(order)
    if not reason.strip():
        raise PaymentRefused(_("请写明退费的原因。"), "reason")
    if amount <= 0:
        raise PaymentRefused(_("退费金额应当大于零。"), "amount")
    if amount > left:
        if left == 0:
            raise PaymentRefused(_("这笔缴款已经全部申请退费，不能重复申请。"), "amount")
        said = _("最多还能退 %(left)s 元：已缴 %(paid)s 元，已经退的和正在退的要除去。")
        raise PaymentRefused(said % {"left": in_yuan(left), "paid": in_yuan(order.paid)}, "amount")
    refund = Refund.objects.create(
        number=next_order_number("TF"),
        order=order,
        organisation_id=order.organisation_id,
        receipt=order.receipts.get(is_owed=True),
        amount=amount,
        reason=" ".join(reason.split())[:300],
        asked_at=timezone.now(),
        asked_by_name=actor.name or "系统",
        asked_by_id=actor.appointment,
    )
    record(actor, "payments.ask_refund", refund, after={"order": order.number, "amount": amount})
    note_happening(case, "refund_asked", actor=actor, words=f"申请退费 {refund.yuan} 元，等待审批。")
    return refund


def _lock_refund(refund: Refund) -> tuple[Refund, PaymentOrder, Case]:
    case = lock_case(refund.order.case_id, actor=SYSTEM, permission="cases.view_case")
    order = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=refund.order_id)
    locked = Refund.objects.select_for_update(of=("self",)).select_related("receipt").get(pk=refund.pk)
    locked.order = order
    return locked, order, case


def _take_to_decide(refund: Refund, actor: Actor) -> tuple[Refund, PaymentOrder, Case]:
    require(actor, APPROVE_REFUND, refund)
    locked, order, case = _lock_refund(refund)
    if locked.state != RefundState.ASKED:
        raise PaymentRefused(_("这笔退费已经审批过：%(state)s。") % {"state": locked.get_state_display()})
    if locked.asked_by_id is not None and is_same_person(actor, [locked.asked_by_id]):
        raise PaymentRefused(_("不能审批自己提出的退费，请由其他审批人员办理。"))
    return locked, order, case


@step()
def approve_refund(*, actor: Actor, refund: Refund, opinion: str = "") -> Refund:
    """Approve a refund: the provider gives it back, or the cashier pays it out. Raises Denied, PaymentRefused."""
    locked, _order, _case = _take_to_decide(refund, actor)
    _decide(locked, RefundState.APPROVED, actor=actor, opinion=opinion)
    record(actor, "payments.approve_refund", locked, after={"amount": locked.amount, "opinion": opinion})
    if locked.receipt.way == Way.ONLINE:
        enqueue(send_refund, refund_id=locked.pk)
    return locked


@step()
def refuse_refund(*, actor: Actor, refund: Refund, opinion: str) -> Refund:
    """Refuse a refund with reasons. What came by mistake can't be kept. Raises Denied, PaymentRefused."""
    locked, _order, case = _take_to_decide(refund, actor)
    if not locked.is_owed:
        raise PaymentRefused(_("这笔钱是多收的，应当退还，不能不予退费。"))
    if not opinion.strip():
        raise PaymentRefused(_("请写明不予退费的理由，缴款人会看到。"), "opinion")
    _decide(locked, RefundState.REFUSED, actor=actor, opinion=opinion)
    record(actor, "payments.refuse_refund", locked, after={"opinion": opinion})
    note_happening(case, "refund_refused", actor=actor, words=f"退费申请没有同意：{opinion.strip()}")
    tell_payer(case, "payments.refund_refused", actor=actor, reason=opinion.strip())
    return locked


def _decide(refund: Refund, state: RefundState, *, actor: Actor, opinion: str) -> None:
    refund.state, refund.decided_at, refund.decided_by_id = state, timezone.now(), actor.appointment
    refund.opinion = " ".join(opinion.split())[:300]
    refund.save(update_fields=["state", "decided_at", "decided_by", "opinion"])


def carry_out(*, refund_id: int) -> bool:
    """Have the provider give an approved refund back and book it; whether it is done now. Twice is once.

    A provider that is down, or refuses, leaves it approved with the trouble named; it is tried again.
    """
    refund = Refund.objects.select_related("order", "receipt").get(pk=refund_id)
    if refund.state != RefundState.APPROVED or refund.receipt.way != Way.ONLINE:
        return False
    try:
        reference = get_provider().refund(
            trade=refund.order.number, number=refund.number, amount=refund.amount, reason=refund.reason
        )
    except ProviderDown:
        Refund.objects.filter(pk=refund_id).update(trouble="支付渠道没有响应，稍后自动再试")
        return False
    except ProviderRefused as error:
        Refund.objects.filter(pk=refund_id).update(trouble=f"支付渠道没有办理：{error}"[:200])
        return False
    return finish_refund(actor=SYSTEM, refund=refund, reference=reference)


@step()
def finish_refund(*, actor: Actor, refund: Refund, reference: str) -> bool:
    """Book an approved refund that went out under ``reference``; whether it wasn't booked before."""
    locked, order, case = _lock_refund(refund)
    if locked.state != RefundState.APPROVED:
        return False
    now = timezone.now()
    way = Way(locked.receipt.way)
    post(
        key=f"refund:{locked.number}",
        at=now,
        words=f"{locked.number} 退 {order.number} {order.fee_name}",
        lines=lines_of_refund(way, locked.amount, is_owed=locked.is_owed),
        order=order,
    )
    locked.state, locked.reference, locked.done_at, locked.trouble = RefundState.DONE, reference[:64], now, ""
    locked.save(update_fields=["state", "reference", "done_at", "trouble"])
    if locked.is_owed:
        order.refunded += locked.amount
        order.state = state_after_refund(order.paid, order.refunded)
        order.save(update_fields=["refunded", "state"])
    record(
        actor,
        "payments.pay_out_refund" if actor.appointment else "payments.finish_refund",
        locked,
        after={"amount": locked.amount, "reference": reference},
    )
    note_happening(case, "refunded", actor=actor, words=f"退款 {locked.yuan} 元已原路退回。")
    tell_payer(case, "payments.refunded", actor=actor, amount=locked.yuan)
    return True


@step()
def pay_out_refund(*, actor: Actor, refund: Refund, receipt_number: str) -> Refund:
    """Pay an approved refund out at the counter, where the fee was collected there. Raises Denied, PaymentRefused."""
    require(actor, PAY_OUT, refund)
    fresh = Refund.objects.select_related("receipt", "order").get(pk=refund.pk)
    if fresh.state != RefundState.APPROVED or fresh.receipt.way == Way.ONLINE:
        raise PaymentRefused(_("这笔退费现在不能在窗口支付，请看最新状态。"))
    if not receipt_number.strip():
        raise PaymentRefused(_("请填写退款收据号或者刷卡撤销凭证号。"), "receipt_number")
    finish_refund(actor=actor, refund=fresh, reference=receipt_number.strip())
    fresh.refresh_from_db()
    return fresh
