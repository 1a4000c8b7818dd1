"""Jobs of payments: notifications of the test provider, refunds, what nobody knows yet, the day's reconciliation."""

import logging
from datetime import timedelta

from django.utils import timezone

from zhengtong.kernel.jobs import job, periodic

logger = logging.getLogger(__name__)
# A payer who was sent is asked about from the first minute to the end of the third day.
ASK_AFTER, ASK_UNTIL, BATCH = timedelta(minutes=1), timedelta(days=3), 100


@job("payments.trial_notify")
def trial_notify(trade: str) -> None:
    """The test provider tells the platform of a payment, signed, as a real one does."""
    from zhengtong.capabilities.payments.models import TrialTrade
    from zhengtong.capabilities.payments.services.receiving import receive_notice
    from zhengtong.capabilities.payments.trial import make_notice

    body, signature = make_notice(TrialTrade.objects.get(trade=trade))
    receive_notice(body=body, signature=signature)


@job("payments.send_refund")
def send_refund(refund_id: int) -> None:
    from zhengtong.capabilities.payments.services.refunding import carry_out

    carry_out(refund_id=refund_id)


@job("payments.close_trade")
def close_trade(order_id: int) -> None:
    """Close the trade of a closed order. One that was paid meanwhile is told by the provider, and goes back."""
    from zhengtong.capabilities.payments.models import PaymentOrder
    from zhengtong.capabilities.payments.providers import ProviderDown, get_provider

    order = PaymentOrder.objects.get(pk=order_id)
    try:
        get_provider().close(order.number)
    except ProviderDown:
        logger.warning("trade not closed", extra={"order": order.number})


@periodic("payments.ask_provider", "* * * * *")
def ask_provider(timestamp: int) -> None:
    """Every minute: what was sent to the provider and isn't known to be paid; refunds that didn't come through."""
    from zhengtong.capabilities.payments.services.asking import ask_unknown, retry_refunds

    now = timezone.now()
    ask_unknown(since=now - ASK_UNTIL, before=now - ASK_AFTER, most=BATCH)
    retry_refunds(before=now - ASK_AFTER, most=BATCH)


@periodic("payments.reconcile", "30 1 * * *")
def reconcile(timestamp: int) -> None:
    """Every night: yesterday's books beside the provider's statement."""
    from zhengtong.capabilities.payments.errors import PaymentRefused
    from zhengtong.capabilities.payments.services.reconciling import reconcile_yesterday

    try:
        reconcile_yesterday(timezone.localdate())
    except PaymentRefused as error:
        logger.warning("not reconciled", extra={"why": str(error)})
