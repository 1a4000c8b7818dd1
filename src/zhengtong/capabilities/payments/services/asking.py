"""What nobody knows yet: payers who were sent to the provider and of whom nothing was heard, refunds under way."""

import logging
from datetime import datetime

from django.db.models import F, Q

from zhengtong.capabilities.payments.domain import OrderState, Way
from zhengtong.capabilities.payments.models import PaymentOrder, Refund, RefundState
from zhengtong.capabilities.payments.providers import ProviderDown
from zhengtong.capabilities.payments.services.receiving import ask_provider
from zhengtong.capabilities.payments.services.refunding import carry_out

logger = logging.getLogger(__name__)


def ask_unknown(*, since: datetime, before: datetime, most: int) -> int:
    """Ask the provider of the open orders whose payers were sent between the two moments, the longest unasked first;
    return how many were asked. When it is down, the next turn goes on."""
    waiting = PaymentOrder.objects.filter(state=OrderState.DUE, sent_at__gte=since, sent_at__lte=before)
    waiting = waiting.filter(Q(asked_at=None) | Q(asked_at__lte=before)).order_by(F("asked_at").asc(nulls_first=True))
    asked = 0
    for pk in waiting.values_list("pk", flat=True)[:most]:
        try:
            ask_provider(order_id=pk)
        except ProviderDown:
            logger.warning("provider down", extra={"order": pk})
            break
        asked += 1
    return asked


def retry_refunds(*, before: datetime, most: int) -> int:
    """Try again the approved refunds that the provider didn't carry out; return how many came through."""
    stuck = Refund.objects.filter(state=RefundState.APPROVED, receipt__way=Way.ONLINE, decided_at__lte=before)
    return sum(carry_out(refund_id=pk) for pk in stuck.order_by("id").values_list("pk", flat=True)[:most])
