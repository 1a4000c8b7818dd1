"""An item that charges, cases of it, and rows of the registers for the conformance tests."""

import json
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.cast import ITEM, Cast
from tests.conformance.samples import Sample
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.cases.public import Case, Channel, ItemOffice
from zhengtong.capabilities.payments.models import OrderState, PaymentOrder, Receipt, Refund, TrialTrade
from zhengtong.capabilities.payments.trial import make_notice, pay_trade, sign
from zhengtong.capabilities.powers import public as powers
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.kernel.policy import SYSTEM

FEE = "SF-TEST-01"
ENTRY = {
    "code": FEE,
    "name": "测试检验费",
    "list": "fee",
    "kind": "levy",
    "organ": "市场监督管理局",
    "level": "county",
    "procedure": ["核定", "缴纳"],
    "responsibilities": ["按标准收取。"],
    "effective_from": date(2020, 1, 1),
    "basis": [{"title": "测试收费办法", "article": "第一条", "text": "按件收取。"}],
}
SPEC: dict[str, Any] = {
    "code": FEE,
    "name": "检验费",
    "when": "acceptance",
    "formula": "100 + 0.5 * number(premises_area)",
    "standard": "每件100元，按经营面积每平方米加收0.5元。",
}


def charge(*, has_entry: bool = True, **changes: Any) -> None:
    """Let the food licence of the tests charge a fee, as the fee list has it."""
    if has_entry:
        powers.load_powers(actor=SYSTEM, rows=[ENTRY], source="tests")
    item = cases.get_item(ITEM)
    assert item is not None
    text = cases.get_definition(cases.get_live_version(item).pk).text
    fee = {"amount": 100, "basis": "测试收费办法"}
    cases.publish_item(actor=SYSTEM, raw={**text, "fee": fee, "fees": [{**SPEC, **changes}]})


def order_of(case: Case) -> PaymentOrder:
    return PaymentOrder.objects.exclude(state="closed").get(case=case)


def pay_at_provider(order: PaymentOrder) -> tuple[bytes, str]:
    """Open the trade and pay it at the test provider; return its notification and the signature of that."""
    TrialTrade.objects.get_or_create(
        trade=order.number,
        defaults={"amount": order.amount, "subject": "测试", "return_url": "/", "created_at": timezone.now()},
    )
    paid = pay_trade(order.number)
    assert paid is not None
    return make_notice(paid)


def forge(body: bytes, **changes: Any) -> tuple[bytes, str]:
    """Return a rightly signed notification that says something else."""
    other = json.dumps({**json.loads(body), **changes}, sort_keys=True).encode()
    return other, sign(other)


def submitted(cast: Cast) -> tuple[Case, PaymentOrder]:
    case = cast.submitted()
    return case, order_of(case)


# Rows for the conformance tests ----------------------------------------------------------------------------


def make_order(organisation: Organisation, number: int) -> PaymentOrder:
    office = ItemOffice.objects.filter(item__code=ITEM).order_by("pk")[0]
    case = Case.objects.create(
        item_version=office.item.versions.latest("number"),
        item_name=office.item.name,
        office=office,
        organisation=organisation,
        channel=Channel.ONLINE,
        applicant_name="澜水面馆",
        number=f"PY-{organisation.pk:04d}-{number:06d}",
        state="submitted",
    )
    return PaymentOrder.objects.create(
        number=f"JK{organisation.pk:04d}{number:010d}",
        case=case,
        organisation=organisation,
        payer_name="澜水面馆",
        item_name=office.item.name,
        fee_code=FEE,
        fee_name="检验费",
        standard="每件100元。",
        due_before="acceptance",
        amount=10000,
        opened_at=timezone.now() - timedelta(minutes=number),
    )


def settle(order: PaymentOrder) -> Receipt:
    """Let an order be paid in cash."""
    known = order.receipts.first()
    if known is not None:
        return known
    now = timezone.now()
    PaymentOrder.objects.filter(pk=order.pk).update(state=OrderState.PAID, paid=order.amount, paid_at=now, way="cash")
    return Receipt.objects.create(order=order, way="cash", reference=f"C{order.number}", amount=order.amount, at=now)


def make_refund(organisation: Organisation, number: int) -> Refund:
    order = make_order(organisation, number + 5000)
    return Refund.objects.create(
        number=f"TF{organisation.pk:04d}{number:010d}",
        order=order,
        organisation=organisation,
        receipt=settle(order),
        amount=5000,
        reason="多缴",
        asked_at=timezone.now(),
        asked_by_name="王晓岚",
    )


def _ask(refund: Refund) -> None:
    Refund.objects.filter(pk=refund.pk).update(state="asked", decided_at=None, decided_by=None)


def _approve(refund: Refund) -> None:
    by = Appointment.objects.order_by("pk")[0]
    Refund.objects.filter(pk=refund.pk).update(state="approved", decided_at=timezone.now(), decided_by=by)


SAMPLES = {
    "payments.orders": Sample(
        make_order,
        acts={
            "collect-fee": lambda order: {"way": "cash", "receipt_number": f"SJ{order.pk}"},
            "ask-refund": lambda _order: {"amount": "10", "reason": "重复办理"},
        },
        before={
            "collect-fee": lambda order: PaymentOrder.objects.filter(pk=order.pk).update(
                state=OrderState.DUE, paid=0, refunded=0
            ),
            "ask-refund": settle,
        },
    ),
    "payments.refunds": Sample(
        make_refund,
        acts={
            "approve-refund": lambda _refund: {"opinion": "同意"},
            "refuse-refund": lambda _refund: {"opinion": "已经提供服务"},
            "pay-out-refund": lambda refund: {"receipt_number": f"TK{refund.pk}"},
        },
        before={"approve-refund": _ask, "refuse-refund": _ask, "pay-out-refund": _approve},
    ),
}
