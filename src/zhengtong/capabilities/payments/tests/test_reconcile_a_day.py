"""每日对账: books and statement are compared; each difference is settled once, by a person, with a reason."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from zhengtong.capabilities.payments import public as payments
from zhengtong.capabilities.payments.domain import DifferenceKind, in_chinese
from zhengtong.capabilities.payments.models import OrderState, Receipt, TrialTrade
from zhengtong.capabilities.payments.services.receiving import receive_notice
from zhengtong.capabilities.payments.services.reconciling import Entry, compare
from zhengtong.capabilities.payments.tests.samples import charge, order_of, pay_at_provider, submitted
from zhengtong.kernel.policy import Denied


def _lone_trade(number: str, amount: int) -> TrialTrade:
    now = timezone.now()
    return TrialTrade.objects.create(
        trade=number, subject="x", amount=amount, return_url="/", state="paid", reference=f"T-{number}",
        created_at=now, paid_at=now,
    )  # fmt: skip


def test_a_lost_notification_is_made_up_for_and_no_difference(cast: Cast) -> None:
    charge()
    case, order = submitted(cast)
    pay_at_provider(order)
    kept = payments.reconcile_day(actor=cast.cashier, day=timezone.localdate())
    assert (kept.our_count, kept.our_sum, kept.their_sum) == (1, order.amount, order.amount)
    assert not kept.differences.exists()
    assert order_of(case).state == OrderState.PAID


def test_long_short_and_other_amounts_are_found_and_settled_once(cast: Cast) -> None:
    charge()
    _case, order = submitted(cast)
    body, signature = pay_at_provider(order)
    receive_notice(body=body, signature=signature)
    _lone_trade("JK20200101000001", 500)  # an order that we don't know
    TrialTrade.objects.filter(trade=order.number).update(amount=order.amount + 1)
    Receipt.objects.create(order=order, way="online", reference="T-OURS", amount=700, is_owed=False, at=timezone.now())
    today = timezone.localdate()
    kept = payments.reconcile_day(actor=cast.cashier, day=today)
    found = {each.reference: each for each in kept.differences.all()}
    assert {each.kind for each in found.values()} == {"long", "short", "amount"}
    assert found["T-JK20200101000001"].order is None
    long = found["T-JK20200101000001"]
    with pytest.raises(payments.PaymentRefused, match="写明"):
        payments.settle_difference(actor=cast.cashier, difference_id=long.pk, reason=" ")
    payments.settle_difference(actor=cast.cashier, difference_id=long.pk, reason="外地缴款误入，已通知渠道退回")
    with pytest.raises(payments.PaymentRefused, match="已经处理过"):
        payments.settle_difference(actor=cast.cashier, difference_id=long.pk, reason="再来一次")
    again = payments.reconcile_day(actor=cast.cashier, day=today)
    assert again.differences.count() == 3
    assert again.differences.filter(settled_at=None).count() == 2
    gone = found["T-OURS"]
    Receipt.objects.filter(reference="T-OURS").update(at=timezone.now() - timedelta(days=3))
    payments.reconcile_day(actor=cast.cashier, day=today)
    with pytest.raises(payments.PaymentRefused, match="已经没有了"):
        payments.settle_difference(actor=cast.cashier, difference_id=gone.pk, reason="查过")


def test_only_the_cashier_reconciles_and_no_day_to_come(cast: Cast) -> None:
    for actor in (cast.counter, cast.refund_approver, cast.owner):
        with pytest.raises(Denied):
            payments.reconcile_day(actor=actor, day=timezone.localdate())
    with pytest.raises(payments.PaymentRefused, match="还没到"):
        payments.reconcile_day(actor=cast.cashier, day=timezone.localdate() + timedelta(days=1))


entries = st.builds(
    Entry, trade=st.just("JK"), reference=st.sampled_from("abcdefg"), amount=st.integers(1, 9), is_refund=st.booleans()
)
sides = st.lists(entries, max_size=8, unique_by=lambda each: each.key)


@given(ours=sides, theirs=sides)
def test_what_differs_is_exactly_what_parts_the_two_sums(ours: list[Entry], theirs: list[Entry]) -> None:
    found = compare(ours, theirs)
    parted = sum((each.theirs - each.ours) * (-1 if each.is_refund else 1) for each in found)
    assert parted == sum(each.net for each in theirs) - sum(each.net for each in ours)
    assert len({(each.reference, each.is_refund) for each in found}) == len(found)
    assert compare(ours, ours) == []
    assert {each.kind for each in compare(ours, [])} <= {DifferenceKind.SHORT}


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (8000, "捌拾元整"),
        (55000, "伍佰伍拾元整"),
        (10005, "壹佰元零伍分"),
        (10050, "壹佰元伍角整"),
        (1000000, "壹万元整"),
        (100010000, "壹佰万零壹佰元整"),
        (5, "伍分"),
        (10000000001, "壹亿元零壹分"),
    ],
)
def test_an_amount_is_written_as_on_receipts(fen: int, said: str) -> None:
    assert in_chinese(fen) == said
