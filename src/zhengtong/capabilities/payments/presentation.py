"""What several desks show of a case's fees."""

from dataclasses import dataclass
from decimal import Decimal

from zhengtong.capabilities.cases.public import Case
from zhengtong.capabilities.payments.domain import OrderState
from zhengtong.capabilities.payments.models import PaymentOrder, in_yuan
from zhengtong.capabilities.payments.screens import order_tone
from zhengtong.capabilities.payments.selectors import list_orders_of

# Notices, decisions and proofs of payment.
_NEVER_WITHHELD = ("cases.", "bundles.", "payments.")


@dataclass(frozen=True)
class CaseFees:
    """The orders of a case as its pages show them; false when there are none."""

    orders: tuple[PaymentOrder, ...]

    def __bool__(self) -> bool:
        return bool(self.orders)

    @property
    def due(self) -> Decimal:
        """What is still to be paid, in yuan."""
        return in_yuan(sum(order.amount for order in self.orders if order.state == OrderState.DUE))

    @property
    def first_due(self) -> PaymentOrder | None:
        return next((order for order in self.orders if order.state == OrderState.DUE), None)

    def withholds(self, kind: str) -> bool:
        """Whether a paper of ``kind`` is handed over only when the fees are paid: what was decided and issued to the
        case is told, the licence itself waits."""
        return self.first_due is not None and not kind.startswith(_NEVER_WITHHELD)

    @property
    def rows(self) -> list[tuple[PaymentOrder, str]]:
        """Pairs of order and the tone of its state; those that were closed aren't of interest any more."""
        return [(order, order_tone(order)) for order in self.orders if order.state != OrderState.CLOSED]


def describe_fees(case: Case) -> CaseFees:
    """Return what a case owes and has paid."""
    return CaseFees(tuple(list_orders_of(case)))
