"""Payment orders: opened when a case comes to where a fee is due, closed when nothing is owed any more.

Locks are always taken in one order, the case and then its payment order, so that a payment and an act on the case never
wait for each other.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from zhengtong.capabilities.cases.public import (
    Act,
    Case,
    FeeSpec,
    FeeTime,
    LegalState,
    Unacceptable,
    UnusableFee,
    get_definition,
    lock_case,
    next_number,
    note_happening,
)
from zhengtong.capabilities.payments.domain import OrderState
from zhengtong.capabilities.payments.errors import FeeUnpaid, PaymentRefused
from zhengtong.capabilities.payments.messages import tell_payer
from zhengtong.capabilities.payments.models import PaymentOrder, in_yuan
from zhengtong.capabilities.payments.permissions import PAY
from zhengtong.capabilities.payments.providers import ProviderDown, ProviderRefused, get_provider
from zhengtong.capabilities.payments.tasks import close_trade
from zhengtong.capabilities.powers.public import find_live
from zhengtong.core.audit.public import record
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.rows import find_sole
from zhengtong.kernel.steps import step

_BEFORE = {FeeTime.ACCEPTANCE: "在受理前", FeeTime.DELIVERY: "在领证前"}


def next_order_number(letters: str) -> str:
    """Return the next number of today: ``JK`` orders, ``TF`` refunds."""
    day = timezone.localdate()
    return f"{letters}{day:%Y%m%d}{next_number(f'payments:{letters}:{day:%Y%m%d}'):06d}"


def lock_order(*, actor: Actor, order_id: int, permission: str) -> tuple[PaymentOrder, Case]:
    """Return an order and its case, both locked until the end of the transaction. Raises Denied."""
    order = PaymentOrder.objects.get(pk=order_id)
    require(actor, permission, order)
    case = lock_case(order.case_id, actor=SYSTEM, permission="cases.view_case")
    locked = PaymentOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    locked.case = case
    return locked, case


# Opening and closing -------------------------------------------------------------------------------------


def check_charges(case: Case) -> None:
    """Compute all fees of a case that is being submitted: one that can't be is told now. Raises Unacceptable."""
    for spec in get_definition(case.item_version_id).fees:
        _charge(spec, case)


def _charge(spec: FeeSpec, case: Case) -> tuple[int, str] | None:
    try:
        charge = spec.charge(case.form)
    except UnusableFee as error:
        raise Unacceptable(
            "“%(fee)s”按所填内容算不出金额，请核对与收费有关的数字，或者联系受理窗口。", fee=spec.name
        ) from error
    if charge is None:
        return None
    return charge.amount, f"{charge.exemption}（{charge.basis}）" if charge.exemption else ""


def open_orders(case: Case, when: FeeTime, *, actor: Actor) -> list[PaymentOrder]:
    """Open the orders that the locked ``case`` owes before ``when``; those that stand already stay.

    A fee whose entry has left the list since the item was published isn't charged. Corrected answers may change an
    amount that isn't paid yet: the order is closed and another one opened.
    """
    specs = [spec for spec in get_definition(case.item_version_id).fees if spec.when == when]
    if not specs:
        return []
    standing = {
        order.fee_code: order
        for order in PaymentOrder.objects.select_for_update(of=("self",))
        .filter(case=case)
        .exclude(state=OrderState.CLOSED)
    }
    opened = []
    for spec in specs:
        charge = _charge(spec, case)
        known = standing.get(spec.code)
        if known is not None:
            if known.state != OrderState.DUE or (charge is not None and charge[0] == known.amount):
                continue
            _close(known, actor=actor, reason="申请内容更正后金额有变化，另开缴款单")
        if charge is None:
            continue
        entry = find_live(spec.code, timezone.localdate())
        if entry is None:
            record(actor, "payments.not_charged", case, after={"fee": spec.code})
            continue
        opened.append(_open(case, spec, *charge, actor=actor))
    return opened


def _open(case: Case, spec: FeeSpec, amount: int, exemption: str, *, actor: Actor) -> PaymentOrder:
    now = timezone.now()
    order = PaymentOrder.objects.create(
        number=next_order_number("JK"),
        case=case,
        organisation_id=case.organisation_id,
        account_id=case.account_id,
        legal_entity_id=case.legal_entity_id,
        payer_name=case.applicant_name,
        item_name=case.item_name,
        fee_code=spec.code,
        fee_name=spec.name,
        standard=spec.standard[:300],
        exemption=exemption[:300],
        due_before=spec.when,
        amount=amount,
        state=OrderState.DUE if amount else OrderState.WAIVED,
        opened_at=now,
    )
    record(actor, "payments.open_order", order, after={"number": order.number, "fee": spec.code, "amount": amount})
    before = _BEFORE[spec.when]
    if not amount:
        note_happening(case, "fee_waived", actor=actor, words=f"{spec.name}依规定免缴：{exemption}。")
        return order
    said = f"应缴{spec.name} {in_yuan(amount)} 元，请{before}缴清。"
    note_happening(case, "fee_due", actor=actor, words=f"{said}{f'已按“{exemption}”减收。' if exemption else ''}")
    tell_payer(case, "payments.due", actor=actor, fee=spec.name, amount=in_yuan(amount), before=before)
    return order


def close_orders(case: Case, *, actor: Actor, reason: str) -> None:
    """Close what the locked ``case`` doesn't owe any more."""
    if not get_definition(case.item_version_id).fees:
        return
    for order in PaymentOrder.objects.select_for_update(of=("self",)).filter(case=case, state=OrderState.DUE):
        _close(order, actor=actor, reason=reason)


def _close(order: PaymentOrder, *, actor: Actor, reason: str) -> None:
    order.state, order.closed_at, order.closed_reason = OrderState.CLOSED, timezone.now(), reason
    order.save(update_fields=["state", "closed_at", "closed_reason"])
    record(
        actor,
        "payments.close_order",
        order,
        before={"state": OrderState.DUE},
        after={"state": OrderState.CLOSED, "reason": reason},
    )
    if order.sent_at is not None:
        enqueue(close_trade, order_id=order.pk)


def refuse_unpaid(case: Case, act: Act) -> None:
    """Hold the locked ``case`` back where a fee is due and not paid; a refusal is delivered all the same.

    A case whose item has no fees costs no look at the database. Raises FeeUnpaid.
    """
    fees = get_definition(case.item_version_id).fees
    if act is Act.ACCEPT:
        fees = tuple(spec for spec in fees if spec.when == FeeTime.ACCEPTANCE)
    elif case.state != LegalState.GRANTED:
        return
    if not fees:
        return
    unpaid = PaymentOrder.objects.filter(case=case, state=OrderState.DUE).order_by("id")
    if act is Act.ACCEPT:
        unpaid = unpaid.filter(due_before=FeeTime.ACCEPTANCE)
    order = unpaid.first()
    if order is not None:
        said: dict[str, Any] = {"fee": order.fee_name, "amount": order.yuan, "number": order.number}
        if act is Act.ACCEPT:
            raise FeeUnpaid("%(fee)s %(amount)s 元还没有缴（缴款单 %(number)s），缴清后才能受理。", **said)
        raise FeeUnpaid("%(fee)s %(amount)s 元还没有缴（缴款单 %(number)s），缴清后才能发证送达。", **said)


# Paying --------------------------------------------------------------------------------------------------


def start_payment(*, actor: Actor, order_id: int, return_url: str) -> str:
    """Return the address at which the payer pays; clicked twice, or in two tabs, it is one trade.

    That she was sent is kept before the provider is asked: whatever becomes of the answer, it is asked again later.
    Raises Denied, PaymentRefused.
    """
    order = _mark_sent(actor=actor, order_id=order_id)
    # What payers read at the provider is Chinese, whatever language the page was in.
    with override("zh-hans"):
        subject = f"{order.item_name} {order.fee_name}"
    try:
        return get_provider().create(trade=order.number, amount=order.amount, subject=subject, return_url=return_url)
    except ProviderDown:
        raise PaymentRefused(_("支付渠道暂时没有响应，没有扣款。请过几分钟再试，或者到窗口缴费。")) from None
    except ProviderRefused:
        raise PaymentRefused(_("支付渠道没有接受这张缴款单，没有扣款。请到窗口缴费，或者联系办理机关。")) from None


@step()
def _mark_sent(*, actor: Actor, order_id: int) -> PaymentOrder:
    order, _case = lock_order(actor=actor, order_id=order_id, permission=PAY)
    refuse_settled(order)
    if order.sent_at is None:
        record(actor, "payments.send_payer", order, after={"amount": order.amount})
    order.sent_at = timezone.now()
    order.save(update_fields=["sent_at"])
    return order


def refuse_settled(order: PaymentOrder) -> None:
    """Raise PaymentRefused, saying how it stands, for an order that isn't to be paid (any more)."""
    if order.state == OrderState.DUE:
        return
    if order.state == OrderState.CLOSED:
        said = _("这张缴款单已经关闭（%(reason)s），不用再缴。") % {"reason": order.closed_reason}
    elif order.state == OrderState.WAIVED:
        said = _("这笔费用已经免缴，不用再缴。")
    else:
        said = _("这张缴款单已经缴过，不用再缴。")
    raise PaymentRefused(said)


def find_order(number: str) -> PaymentOrder | None:
    return find_sole(PaymentOrder.objects.filter(number=number))
