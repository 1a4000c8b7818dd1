"""The payments module's door."""

from zhengtong.capabilities.payments.domain import SETTLED, LedgerAccount, Verdict, Way
from zhengtong.capabilities.payments.errors import FeeUnpaid, PaymentRefused
from zhengtong.capabilities.payments.models import (
    Difference,
    DifferenceKind,
    OrderState,
    PaymentOrder,
    Receipt,
    Reconciliation,
    Refund,
    RefundState,
    in_yuan,
)
from zhengtong.capabilities.payments.models import LedgerAccount as AccountWords
from zhengtong.capabilities.payments.permissions import APPROVE_REFUND, ASK_REFUND, COLLECT, PAY, RECONCILE, VIEW
from zhengtong.capabilities.payments.presentation import CaseFees, describe_fees
from zhengtong.capabilities.payments.providers import PaymentProvider, ProviderDown, get_provider
from zhengtong.capabilities.payments.screens import COUNTER_WAYS, order_tone, refund_tone
from zhengtong.capabilities.payments.selectors import (
    add_up_accounts,
    count_open_differences,
    exclude_unpaid,
    get_order,
    get_order_by_number,
    get_reconciliation,
    list_orders,
    list_orders_of,
    list_reconciliations,
    list_refunds,
)
from zhengtong.capabilities.payments.services.orders import start_payment
from zhengtong.capabilities.payments.services.receiving import ask_provider, collect_fee
from zhengtong.capabilities.payments.services.reconciling import reconcile_day, settle_difference
from zhengtong.capabilities.payments.services.refunding import (
    approve_refund,
    ask_refund,
    get_refundable,
    pay_out_refund,
    refuse_refund,
)

__all__ = [
    "APPROVE_REFUND",
    "ASK_REFUND",
    "COLLECT",
    "COUNTER_WAYS",
    "PAY",
    "RECONCILE",
    "SETTLED",
    "VIEW",
    "AccountWords",
    "CaseFees",
    "Difference",
    "DifferenceKind",
    "FeeUnpaid",
    "LedgerAccount",
    "OrderState",
    "PaymentOrder",
    "PaymentProvider",
    "PaymentRefused",
    "ProviderDown",
    "Receipt",
    "Reconciliation",
    "Refund",
    "RefundState",
    "Verdict",
    "Way",
    "add_up_accounts",
    "approve_refund",
    "ask_provider",
    "ask_refund",
    "collect_fee",
    "count_open_differences",
    "describe_fees",
    "exclude_unpaid",
    "get_order",
    "get_order_by_number",
    "get_provider",
    "get_reconciliation",
    "get_refundable",
    "in_yuan",
    "list_orders",
    "list_orders_of",
    "list_reconciliations",
    "list_refunds",
    "order_tone",
    "pay_out_refund",
    "reconcile_day",
    "refund_tone",
    "refuse_refund",
    "settle_difference",
    "start_payment",
]
