"""测试支付: a provider that lives in the platform and moves no money, but behaves like one: own page, own books, signed
notifications, a daily statement."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from zhengtong.capabilities.payments.models import TrialRefund, TrialTrade
from zhengtong.capabilities.payments.providers import (
    BadSignature,
    ProviderRefused,
    StatementRow,
    TradeNotice,
    TradeState,
    UnreadableNotice,
)


def sign(body: bytes) -> str:
    """Return the provider's signature of ``body``: HMAC-SHA256 under ``settings.PAYMENT_NOTIFY_KEY``."""
    return hmac.new(settings.PAYMENT_NOTIFY_KEY, body, hashlib.sha256).hexdigest()


def make_notice(trade: TrialTrade) -> tuple[bytes, str]:
    """Return the notification of ``trade`` as it is sent, and its signature."""
    said = {
        "trade": trade.trade,
        "state": trade.state,
        "amount": trade.amount,
        "reference": trade.reference,
        "paid_at": trade.paid_at.isoformat() if trade.paid_at else "",
    }
    body = json.dumps(said, sort_keys=True).encode()
    return body, sign(body)


@transaction.atomic
def pay_trade(trade: str) -> TrialTrade | None:
    """Let the payer pay at the provider: an open trade is paid, any other stays as it is. None when there is none."""
    found = TrialTrade.objects.select_for_update().filter(trade=trade).first()
    if found is not None and found.state == TradeState.OPEN:
        found.state, found.paid_at, found.reference = TradeState.PAID, timezone.now(), f"T{uuid4().hex[:20]}"
        found.save(update_fields=["state", "paid_at", "reference"])
    return found


class TrialProvider:
    """The only provider of the demo and of tests; an installation that takes money has another one."""

    code = "trial"
    title = "测试支付"

    @transaction.atomic
    def create(self, *, trade: str, amount: int, subject: str, return_url: str) -> str:
        if not settings.DEMO:
            raise ProviderRefused("no money is moved by the test provider: set PAYMENT_PROVIDER")
        found, _is_new = TrialTrade.objects.get_or_create(
            trade=trade,
            defaults={
                "amount": amount,
                "subject": subject[:200],
                "return_url": return_url,
                "created_at": timezone.now(),
            },
        )
        if found.amount != amount:
            raise ProviderRefused(f"{trade}: another amount")
        return reverse("payments:trial", args=[trade])

    def query(self, trade: str) -> TradeNotice:
        found = TrialTrade.objects.filter(trade=trade).first()
        if found is None:
            return TradeNotice(trade, TradeState.NONE)
        return TradeNotice(trade, TradeState(found.state), found.amount, found.reference, found.paid_at)

    @transaction.atomic
    def close(self, trade: str) -> None:
        TrialTrade.objects.filter(trade=trade, state=TradeState.OPEN).update(state=TradeState.CLOSED)

    @transaction.atomic
    def refund(self, *, trade: str, number: str, amount: int, reason: str) -> str:
        found = TrialTrade.objects.select_for_update().filter(trade=trade, state=TradeState.PAID).first()
        if found is None:
            raise ProviderRefused(f"{trade}: not paid")
        known = found.refunds.filter(number=number).first()
        if known is not None:
            return known.reference
        gone = found.refunds.aggregate(total=Sum("amount"))["total"] or 0
        if gone + amount > found.amount:
            raise ProviderRefused(f"{trade}: more than was paid")
        return TrialRefund.objects.create(
            trade=found, number=number, amount=amount, reference=f"R{uuid4().hex[:20]}", at=timezone.now()
        ).reference

    def read_notice(self, body: bytes, signature: str) -> TradeNotice:
        if not hmac.compare_digest(sign(body).encode(), signature.encode()):
            raise BadSignature
        try:
            said = json.loads(body)
            paid_at = datetime.fromisoformat(said["paid_at"]) if said["paid_at"] else None
            amount = said["amount"]
            if isinstance(amount, bool) or not isinstance(amount, int) or amount < 0:
                raise UnreadableNotice(f"amount {amount!r}")
            if paid_at is not None and paid_at.tzinfo is None:
                raise UnreadableNotice("no time zone")
            trade, reference = str(said["trade"])[:64], str(said["reference"])[:64]
            return TradeNotice(trade, TradeState(said["state"]), amount, reference, paid_at)
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableNotice(str(error)) from error

    def download_statement(self, day: date) -> Iterator[StatementRow]:
        for each in TrialTrade.objects.filter(paid_at__date=day).order_by("paid_at", "id"):
            assert each.paid_at is not None  # found by it
            yield StatementRow(each.trade, each.trade, each.reference, each.amount, each.paid_at)
        for gone in TrialRefund.objects.filter(at__date=day).select_related("trade").order_by("at", "id"):
            yield StatementRow(gone.trade.trade, gone.number, gone.reference, gone.amount, gone.at, is_refund=True)
