"""每日对账: the books of a day beside the provider's statement; each difference stays until a person settles it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.capabilities.payments.domain import DifferenceKind, OrderState, Way
from zhengtong.capabilities.payments.errors import PaymentRefused
from zhengtong.capabilities.payments.models import (
    Difference,
    PaymentOrder,
    Receipt,
    Reconciliation,
    Refund,
    RefundState,
)
from zhengtong.capabilities.payments.permissions import RECONCILE
from zhengtong.capabilities.payments.providers import ProviderDown, StatementRow, get_provider
from zhengtong.capabilities.payments.services.receiving import ask_provider
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM, Actor, require
from zhengtong.kernel.steps import step


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of a day, ours or theirs."""

    trade: str
    reference: str
    amount: int
    is_refund: bool

    @property
    def key(self) -> tuple[str, bool]:
        return self.reference, self.is_refund

    @property
    def net(self) -> int:
        return -self.amount if self.is_refund else self.amount


@dataclass(frozen=True, slots=True)
class Found:
    """A difference, not stored yet."""

    kind: DifferenceKind
    trade: str
    reference: str
    is_refund: bool
    ours: int
    theirs: int


def compare(ours: Iterable[Entry], theirs: Iterable[Entry]) -> list[Found]:
    """Return what differs between the books and a statement, by the provider's numbers of the movements."""
    mine, given = {each.key: each for each in ours}, {each.key: each for each in theirs}
    found = []
    for key in sorted(mine.keys() | given.keys()):
        one, other = mine.get(key), given.get(key)
        known = one or other
        assert known is not None  # of the union
        a, b = one.amount if one else 0, other.amount if other else 0
        if one and other and a == b:
            continue
        kind = DifferenceKind.AMOUNT if one and other else DifferenceKind.SHORT if one else DifferenceKind.LONG
        found.append(Found(kind, known.trade, known.reference, known.is_refund, a, b))
    return found


def list_ours(day: date) -> list[Entry]:
    """Return what the books say of ``day``."""
    came = Receipt.objects.filter(way=Way.ONLINE, at__date=day).select_related("order")
    gone = Refund.objects.filter(receipt__way=Way.ONLINE, state=RefundState.DONE, done_at__date=day)
    return [
        *(Entry(each.order.number if each.order else "", each.reference, each.amount, False) for each in came),
        *(Entry(each.order.number, each.reference, each.amount, True) for each in gone.select_related("order")),
    ]


def _read(rows: Iterable[StatementRow]) -> list[Entry]:
    return [Entry(each.trade, each.reference, each.amount, each.is_refund) for each in rows]


def reconcile_day(*, actor: Actor, day: date) -> Reconciliation:
    """Compare ``day`` with the provider's statement. What the provider has of our open orders is asked for and booked
    first: a notification that was lost is no difference. Run again it takes up what has changed; the settled stays.

    Raises Denied, and PaymentRefused when there is no statement.
    """
    require(actor, RECONCILE)
    if day > timezone.localdate():
        raise PaymentRefused(_("还没到的日子不能对账。"), "day")
    try:
        theirs = _read(get_provider().download_statement(day))
        trades = {each.trade for each in theirs if not each.is_refund}
        for order in PaymentOrder.objects.filter(number__in=trades, state=OrderState.DUE):
            ask_provider(order_id=order.pk)
    except ProviderDown:
        raise PaymentRefused(_("支付渠道没有响应，对账单没有取到。请稍后再对账，已有的记录不受影响。")) from None
    return _keep(actor=actor, day=day, theirs=theirs)


@step()
def _keep(*, actor: Actor, day: date, theirs: list[Entry]) -> Reconciliation:
    kept, _is_new = Reconciliation.objects.get_or_create(day=day, defaults={"run_at": timezone.now()})
    kept = Reconciliation.objects.select_for_update().get(pk=kept.pk)
    ours = list_ours(day)
    kept.run_at, kept.run_by_name = timezone.now(), actor.name or "系统"
    kept.our_count, kept.our_sum = len(ours), sum(each.net for each in ours)
    kept.their_count, kept.their_sum = len(theirs), sum(each.net for each in theirs)
    kept.save()
    found = compare(ours, theirs)
    kept.differences.filter(settled_at=None).delete()
    settled = set(kept.differences.values_list("reference", "is_refund"))
    orders = {order.number: order for order in PaymentOrder.objects.filter(number__in={each.trade for each in found})}
    Difference.objects.bulk_create(
        Difference(
            reconciliation=kept,
            kind=each.kind,
            trade=each.trade,
            reference=each.reference,
            is_refund=each.is_refund,
            our_amount=each.ours,
            their_amount=each.theirs,
            order=orders.get(each.trade),
        )
        for each in found
        if (each.reference, each.is_refund) not in settled
    )
    record(actor, "payments.reconcile", kept, after={"day": str(day), "differences": len(found)})
    return kept


@step()
def settle_difference(*, actor: Actor, difference_id: int, reason: str) -> Difference:
    """Settle a difference with what was found out. Raises Denied, PaymentRefused."""
    require(actor, RECONCILE)
    found = Difference.objects.select_for_update().filter(pk=difference_id).first()
    if found is None:
        raise PaymentRefused(_("这条差异已经没有了：重新对账后两边一致。"))
    if found.settled_at is not None:
        raise PaymentRefused(_("这条差异已经处理过，请刷新页面。"))
    if not reason.strip():
        raise PaymentRefused(_("请写明查到的原因和怎样处理。"), "reason")
    found.settled_at, found.settled_by_id = timezone.now(), actor.appointment
    found.reason = " ".join(reason.split())[:300]
    found.save(update_fields=["settled_at", "settled_by", "reason"])
    record(
        actor,
        "payments.settle_difference",
        found.reconciliation,
        after={"trade": found.trade, "reference": found.reference, "reason": found.reason},
    )
    return found


def reconcile_yesterday(today: date) -> None:
    """Compare the day before ``today``, as the periodic job does every night."""
    reconcile_day(actor=SYSTEM, day=date.fromordinal(today.toordinal() - 1))
