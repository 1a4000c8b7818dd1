"""A fee goes back: asked by the payer or a clerk, decided by another officer, never more than was paid, never twice."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.cast import Cast
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.models import OrderState, PaymentOrder, Refund
from zhengtong.capabilities.payments.providers import ProviderDown
from zhengtong.capabilities.payments.services.asking import retry_refunds
from zhengtong.capabilities.payments.services.receiving import receive_notice
from zhengtong.capabilities.payments.services.refunding import carry_out
from zhengtong.capabilities.payments.tests.samples import charge, pay_at_provider, submitted
from zhengtong.capabilities.payments.trial import TrialProvider
from zhengtong.kernel.policy import Denied

Run = Callable[[], None]


class DownProvider(TrialProvider):
    """A provider that nobody can reach."""

    def refund(self, *, trade: str, number: str, amount: int, reason: str) -> str:
        raise ProviderDown

    def create(self, *, trade: str, amount: int, subject: str, return_url: str) -> str:
        raise ProviderDown


DOWN = f"{__name__}.DownProvider"


@pytest.fixture
def paid(cast: Cast) -> PaymentOrder:
    charge(formula="100")
    _case, order = submitted(cast)
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    order.refresh_from_db()
    return order


def ask(cast: Cast, order: PaymentOrder, amount: str) -> Refund:
    return payments.ask_refund(actor=cast.owner, order_id=order.pk, amount=Decimal(amount), reason="不办了")


def test_in_part_then_the_rest(cast: Cast, paid: PaymentOrder, run_jobs: Run) -> None:
    for amount, state in (("30.50", OrderState.PART_REFUNDED), ("69.50", OrderState.REFUNDED)):
        refund = ask(cast, paid, amount)
        payments.approve_refund(actor=cast.refund_approver, refund=refund)
        run_jobs()
        paid.refresh_from_db()
        assert paid.state == state
    assert payments.add_up_accounts() == dict.fromkeys(payments.LedgerAccount, 0)
    with pytest.raises(payments.PaymentRefused, match="全部退过"):
        ask(cast, paid, "1")


def test_more_than_was_paid_or_twice_is_refused(cast: Cast, paid: PaymentOrder) -> None:
    with pytest.raises(payments.PaymentRefused, match=r"最多还能退 100[.]00 元"):
        ask(cast, paid, "100.01")
    with pytest.raises(payments.PaymentRefused, match="大于零"):
        ask(cast, paid, "0")
    ask(cast, paid, "100")
    with pytest.raises(payments.PaymentRefused, match="不能重复申请"):
        ask(cast, paid, "100")


def test_what_isnt_paid_has_nothing_to_go_back(cast: Cast) -> None:
    charge()
    _case, order = submitted(cast)
    with pytest.raises(payments.PaymentRefused, match="没有缴款"):
        ask(cast, order, "1")


def test_who_asks_doesnt_approve_and_the_cashier_never_does(cast: Cast, paid: PaymentOrder) -> None:
    refund = payments.ask_refund(actor=cast.counter, order_id=paid.pk, amount=Decimal(10), reason="多收")
    for actor in (cast.counter, cast.cashier, cast.owner):
        with pytest.raises(Denied):
            payments.approve_refund(actor=actor, refund=refund)
    Refund.objects.filter(pk=refund.pk).update(asked_by=cast.refund_approver.appointment)
    with pytest.raises(payments.PaymentRefused, match="不能审批自己"):
        payments.approve_refund(actor=cast.refund_approver, refund=refund)


def test_a_refusal_says_why_and_frees_the_sum(cast: Cast, paid: PaymentOrder) -> None:
    refund = ask(cast, paid, "100")
    with pytest.raises(payments.PaymentRefused, match="理由"):
        payments.refuse_refund(actor=cast.refund_approver, refund=refund, opinion=" ")
    payments.refuse_refund(actor=cast.refund_approver, refund=refund, opinion="检验已经完成")
    with pytest.raises(payments.PaymentRefused, match="已经审批过"):
        payments.approve_refund(actor=cast.refund_approver, refund=refund)
    assert payments.get_refundable(paid) == paid.amount


def test_taken_in_cash_goes_back_over_the_counter(cast: Cast) -> None:
    charge(formula="100")
    _case, order = submitted(cast)
    payments.collect_fee(actor=cast.counter, order_id=order.pk, way="cash", receipt_number="SJ-1")
    refund = ask(cast, order, "40")
    with pytest.raises(payments.PaymentRefused, match="最新状态"):
        payments.pay_out_refund(actor=cast.cashier, refund=refund, receipt_number="TK-1")
    payments.approve_refund(actor=cast.refund_approver, refund=refund)
    assert not carry_out(refund_id=refund.pk)
    payments.pay_out_refund(actor=cast.cashier, refund=refund, receipt_number="TK-1")
    assert payments.add_up_accounts()[payments.LedgerAccount.CASH] == 6000


def test_a_provider_that_is_down_loses_nothing(cast: Cast, paid: PaymentOrder, run_jobs: Run) -> None:
    refund = ask(cast, paid, "100")
    with override_settings(PAYMENT_PROVIDER=DOWN):
        payments.approve_refund(actor=cast.refund_approver, refund=refund)
        run_jobs()
        refund.refresh_from_db()
        assert (refund.state, refund.trouble) == ("approved", "支付渠道没有响应，稍后自动再试")
    assert retry_refunds(before=timezone.now() + timedelta(minutes=1), most=10) == 1
    assert retry_refunds(before=timezone.now() + timedelta(minutes=1), most=10) == 0
    refund.refresh_from_db()
    assert (refund.state, refund.trouble) == ("done", "")
    assert TrialProvider().refund(trade=paid.number, number=refund.number, amount=10000, reason="") == refund.reference


def test_a_payer_is_told_when_the_provider_is_down(cast: Cast) -> None:
    charge()
    _case, order = submitted(cast)
    with override_settings(PAYMENT_PROVIDER=DOWN), pytest.raises(payments.PaymentRefused, match="没有扣款"):
        payments.start_payment(actor=cast.owner, order_id=order.pk, return_url="/")
    order.refresh_from_db()
    assert order.sent_at is not None  # asked about until it is known
