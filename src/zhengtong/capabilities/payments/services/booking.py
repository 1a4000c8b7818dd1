"""The books: one posting for what happened once, its lines adding up to nothing."""

from datetime import datetime

from zhengtong.capabilities.payments.domain import Lines
from zhengtong.capabilities.payments.models import LedgerLine, PaymentOrder, Posting


def post(*, key: str, at: datetime, words: str, lines: Lines, order: PaymentOrder | None = None) -> Posting | None:
    """Book ``lines`` under ``key`` in the caller's transaction; None when that was booked before.

    Raises ValueError for lines that don't add up to nothing: the database would refuse them as well.
    """
    if sum(amount for _account, amount in lines) != 0:
        raise ValueError(f"{key}: {lines}")
    posting, is_new = Posting.objects.get_or_create(key=key, defaults={"at": at, "words": words[:200], "order": order})
    if not is_new:
        return None
    LedgerLine.objects.bulk_create(
        LedgerLine(posting=posting, account=account, amount=amount) for account, amount in lines
    )
    return posting
