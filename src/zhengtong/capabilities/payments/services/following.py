"""What becomes of fees when a case ends without being dealt with, and when an office is succeeded by another."""

from zhengtong.capabilities.cases.public import Case, get_definition
from zhengtong.capabilities.payments.domain import OrderState
from zhengtong.capabilities.payments.models import PaymentOrder, Refund
from zhengtong.capabilities.payments.services.refunding import ask_locked, get_refundable
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM, Actor


def ask_back_unserved(case: Case) -> None:
    """Ask back all that was paid for the locked ``case``, which wasn't accepted; an officer approves it."""
    if not get_definition(case.item_version_id).fees:
        return
    paid = PaymentOrder.objects.select_for_update(of=("self",)).filter(
        case=case, state__in=[OrderState.PAID, OrderState.PART_REFUNDED]
    )
    for order in paid:
        if left := get_refundable(order):
            ask_locked(order, case, actor=SYSTEM, amount=left, reason="申请没有受理，所缴费用退还")


def succeed_office(*, actor: Actor, organisation_id: int, successor_id: int) -> int:
    """Let the successor collect and give back what an office that ended had; return how many orders went over."""
    orders = PaymentOrder.objects.filter(organisation_id=organisation_id)
    going = list(orders.order_by("pk").values_list("pk", flat=True))
    Refund.objects.filter(organisation_id=organisation_id).update(organisation_id=successor_id)
    orders.update(organisation_id=successor_id)
    if going:
        record(
            actor,
            "payments.succeed_office",
            ("identity.organisation", organisation_id),
            after={"successor": successor_id, "orders": len(going)},
        )
    return len(going)
