"""However often, late and mixed up a provider tells of payments: the same end, and books that add up to nothing."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast, make_cast
from tests.together import at_once
from zhengtong.capabilities.cases import public as cases
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.domain import Verdict
from zhengtong.capabilities.payments.models import OrderState, PaymentOrder, Posting, Receipt, Refund
from zhengtong.capabilities.payments.services.receiving import ask_provider, receive_notice
from zhengtong.capabilities.payments.services.refunding import carry_out
from zhengtong.capabilities.payments.tests.samples import charge, forge, order_of, pay_at_provider, submitted

NOISE = ("again", "open", "cheaper", "dearer", "forged", "stranger", "garbled", "ask")


def tell(what: str, body: bytes, signature: str, order: PaymentOrder) -> None:
    match what:
        case "open":
            _receive(forge(body, state="open"))
        case "cheaper" | "dearer":
            _receive(forge(body, amount=order.amount + (1 if what == "dearer" else -1)))
        case "forged":
            receive_notice(body=body, signature=signature[::-1])
        case "stranger":
            _receive(forge(body, trade="JK19990101000001"))
        case "garbled":
            receive_notice(body=body[:-3], signature=signature)
        case "ask":
            ask_provider(order_id=order.pk)
        case _:
            receive_notice(body=body, signature=signature)


def _receive(pair: tuple[bytes, str]) -> None:
    receive_notice(body=pair[0], signature=pair[1])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(st.sampled_from(NOISE), max_size=6), after=st.lists(st.sampled_from(NOISE), max_size=6))
def test_any_order_and_number_of_callbacks_ends_the_same(cast: Cast, before: list[str], after: list[str]) -> None:
    with transaction.atomic():
        charge()
        case, order = submitted(cast)
        body, signature = pay_at_provider(order)
        for what in [*before, "paid", *after]:
            tell(what, body, signature, order)
            assert sum(payments.add_up_accounts().values()) == 0
        paid = order_of(case)
        assert (paid.state, paid.paid, Receipt.objects.count(), Posting.objects.count()) == ("paid", order.amount, 1, 1)
        assert not Refund.objects.exists()
        transaction.set_rollback(True)


ACTS = ("pay", "tell", "collect", "withdraw", "ask", "refund", "approve")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=12))
def test_whatever_people_and_provider_do_the_books_add_up(cast: Cast, acts: list[str]) -> None:
    with transaction.atomic():
        charge(formula="100")
        case, order = submitted(cast)
        notice: list[tuple[bytes, str]] = []
        for act in acts:
            try:
                with transaction.atomic():
                    _do(act, cast, case, order, notice)
            except cases.RuleBroken:
                continue
        order.refresh_from_db()
        gone = sum(each.amount for each in order.refunds.filter(state="done"))
        came = sum(each.amount for each in order.receipts.all())
        sums = payments.add_up_accounts()
        assert sum(sums.values()) == 0
        kept = sum(sums[each] for each in (payments.LedgerAccount.ONLINE, payments.LedgerAccount.CASH))
        assert kept == came - gone >= 0
        assert order.refunded <= order.paid in (0, order.amount)
        assert (order.state == OrderState.CLOSED) <= (order.paid == 0)
        # What nobody owed is all on its way back.
        extra = order.receipts.filter(is_owed=False).count()
        assert extra == order.refunds.filter(is_owed=False).count()
        transaction.set_rollback(True)


def _do(act: str, cast: Cast, case: cases.Case, order: PaymentOrder, notice: list[tuple[bytes, str]]) -> None:
    match act:
        case "pay":
            notice.append(pay_at_provider(order))
        case "tell":
            for body, signature in notice:
                receive_notice(body=body, signature=signature)
        case "collect":
            payments.collect_fee(actor=cast.counter, order_id=order.pk, way="cash", receipt_number="SJ-1")
        case "withdraw":
            cases.withdraw_case(actor=cast.owner, case_id=case.pk)
        case "ask":
            ask_provider(order_id=order.pk)
        case "refund":
            payments.ask_refund(actor=cast.owner, order_id=order.pk, amount=Decimal("33.33"), reason="退一部分")
        case "approve":
            for refund in Refund.objects.filter(state="asked"):
                payments.approve_refund(actor=cast.refund_approver, refund=refund)
                carry_out(refund_id=refund.pk)


@pytest.mark.django_db(transaction=True)
def test_a_callback_a_question_and_the_counter_at_once() -> None:
    cast = make_cast()
    charge()
    case, order = submitted(cast)
    body, signature = pay_at_provider(order)
    _case, pk = case, order.pk

    def told() -> Verdict:
        return receive_notice(body=body, signature=signature)

    acts: list[Callable[[], object]] = [
        told,
        told,
        lambda: ask_provider(order_id=pk),
        lambda: payments.collect_fee(actor=cast.counter, order_id=pk, way="cash", receipt_number="SJ-7"),
    ]
    said = at_once(*acts)
    assert not [each for each in said if isinstance(each, Exception) and not isinstance(each, cases.RuleBroken)]
    paid = order_of(case)
    assert paid.state == OrderState.PAID
    assert sum(payments.add_up_accounts().values()) == 0
    assert Receipt.objects.filter(way="online").count() == 1
    assert Receipt.objects.filter(is_owed=True).count() == 1
    assert Refund.objects.count() == Receipt.objects.filter(is_owed=False).count()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_ask_for_the_same_money_back_and_two_officers_approve() -> None:
    cast = make_cast()
    charge(formula="100")
    _case, order = submitted(cast)
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    pk = order.pk

    def ask() -> Refund:
        return payments.ask_refund(actor=cast.owner, order_id=pk, amount=Decimal(100), reason="不办了")

    said = at_once(ask, ask, ask)
    assert sum(isinstance(each, Refund) for each in said) == 1
    assert sum(isinstance(each, payments.PaymentRefused) for each in said) == 2
    refund = Refund.objects.get()
    said = at_once(*[lambda: payments.approve_refund(actor=cast.refund_approver, refund=refund)] * 2)
    assert sum(isinstance(each, payments.PaymentRefused) for each in said) == 1
    at_once(*[lambda: carry_out(refund_id=refund.pk)] * 3)
    order.refresh_from_db()
    assert (order.state, order.refunded) == (OrderState.REFUNDED, 10000)
    assert payments.add_up_accounts() == dict.fromkeys(payments.LedgerAccount, 0)
