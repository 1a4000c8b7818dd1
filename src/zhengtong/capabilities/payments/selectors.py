"""Reading orders, refunds, the books and the days' reconciliation."""

from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Sum

from zhengtong.capabilities.cases.public import Case, get_definition
from zhengtong.capabilities.payments.domain import LedgerAccount, OrderState
from zhengtong.capabilities.payments.models import Difference, LedgerLine, PaymentOrder, Reconciliation, Refund
from zhengtong.capabilities.payments.permissions import VIEW
from zhengtong.kernel.policy import Actor, visible

M = TypeVar("M", bound=Model)


def list_orders(actor: Actor) -> QuerySet[PaymentOrder]:
    """Return the orders that ``actor`` may see: a payer's own, an office's."""
    return visible(actor, VIEW, PaymentOrder.objects.select_related("case", "organisation"))


def get_order(actor: Actor, public_id: UUID) -> PaymentOrder | None:
    return list_orders(actor).select_related("paper").filter(public_id=public_id).first()


def get_order_by_number(actor: Actor, number: str) -> PaymentOrder | None:
    return list_orders(actor).select_related("paper").filter(number=number).first()


def list_orders_of(case: Case) -> list[PaymentOrder]:
    """Return the orders of a case; one whose item has no fees costs no look at the database."""
    if not get_definition(case.item_version_id).fees:
        return []
    return list(PaymentOrder.objects.filter(case=case).select_related("paper").order_by("id"))


def exclude_unpaid(rows: QuerySet[M], case: str = "case") -> QuerySet[M]:
    """Return ``rows`` without those whose case (the column ``case``) owes a fee: a licence is handed over when it is
    paid."""
    return rows.exclude(Exists(PaymentOrder.objects.filter(case=OuterRef(case), state=OrderState.DUE)))


def list_refunds(actor: Actor) -> QuerySet[Refund]:
    return visible(actor, VIEW, Refund.objects.select_related("order", "receipt"))


def list_reconciliations() -> QuerySet[Reconciliation]:
    """Return the days, each with how many differences wait."""
    waiting = Count("differences", filter=Q(differences__settled_at=None))
    return Reconciliation.objects.annotate(total=Count("differences"), waiting=waiting)


def count_open_differences() -> int:
    """Return how many differences wait for somebody to settle them."""
    return Difference.objects.filter(settled_at=None).count()


def get_reconciliation(day: date) -> Reconciliation | None:
    return list_reconciliations().filter(day=day).first()


def add_up_accounts() -> dict[LedgerAccount, int]:
    """Return the balance of each account in fen; all together they are nothing."""
    sums = dict(LedgerLine.objects.order_by().values_list("account").annotate(total=Sum("amount")))
    return {account: int(sums.get(account, 0)) for account in LedgerAccount}
