"""What an order, a receipt and a refund may become, and how money is booked. Amounts are whole fen (分).

Every booking is double: its lines add up to nothing. Money comes into a channel (online, cash, card) and is owed to the
treasury (应缴财政款, 非税收入收缴分离), or, where nobody asked for it, kept until it goes back (暂收款).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """缴款单: due → paid → refunded in part or whole; closed when nothing is owed any more, waived when nothing was."""

    DUE = "due"
    PAID = "paid"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    CLOSED = "closed"
    WAIVED = "waived"


# Nothing is missing any more: the case may go on.
SETTLED: Final = frozenset({OrderState.PAID, OrderState.PART_REFUNDED, OrderState.REFUNDED, OrderState.WAIVED})
# An order that stands: there is one of them for a case and a fee.
STANDING: Final = SETTLED | {OrderState.DUE}


class Way(StrEnum):
    """How money came, and goes back."""

    ONLINE = "online"
    CASH = "cash"
    CARD = "card"


class LedgerAccount(StrEnum):
    """Where money is, or to whom it is owed."""

    ONLINE = "online"
    CASH = "cash"
    CARD = "card"
    TREASURY = "treasury"
    SUSPENSE = "suspense"


CHANNELS: Final[Mapping[Way, LedgerAccount]] = {
    Way.ONLINE: LedgerAccount.ONLINE,
    Way.CASH: LedgerAccount.CASH,
    Way.CARD: LedgerAccount.CARD,
}
Lines = tuple[tuple[LedgerAccount, int], ...]


class Verdict(StrEnum):
    """What a notification of the provider led to. Only the first three moved money in the books."""

    ACCEPTED = "accepted"
    PAID_TWICE = "paid_twice"
    AFTER_CLOSE = "after_close"
    REPEATED = "repeated"
    WRONG_SIGNATURE = "wrong_signature"
    UNREADABLE = "unreadable"
    UNKNOWN_ORDER = "unknown_order"
    WRONG_AMOUNT = "wrong_amount"
    NOT_PAID = "not_paid"


class DifferenceKind(StrEnum):
    """What a day's reconciliation finds: theirs only, ours only, both with other amounts."""

    LONG = "long"
    SHORT = "short"
    AMOUNT = "amount"


def lines_of_receipt(way: Way, amount: int, *, is_owed: bool) -> Lines:
    """Return the lines of money that came; ``is_owed`` when an order asked for it."""
    against = LedgerAccount.TREASURY if is_owed else LedgerAccount.SUSPENSE
    return (CHANNELS[way], amount), (against, -amount)


def lines_of_refund(way: Way, amount: int, *, is_owed: bool) -> Lines:
    """Return the lines of money that went back, the receipt's turned round."""
    return tuple((account, -each) for account, each in lines_of_receipt(way, amount, is_owed=is_owed))


def judge_receipt(state: OrderState, *, owed: int, amount: int) -> Verdict:
    """Return what money that came for an order leads to, as the order stands. A repeated one is known by its reference
    and not asked about here."""
    if amount != owed:
        return Verdict.WRONG_AMOUNT
    if state is OrderState.DUE:
        return Verdict.ACCEPTED
    return Verdict.AFTER_CLOSE if state in (OrderState.CLOSED, OrderState.WAIVED) else Verdict.PAID_TWICE


def state_after_refund(paid: int, refunded: int) -> OrderState:
    """Return how an order stands of which ``refunded`` of what was ``paid`` went back."""
    if refunded <= 0:
        return OrderState.PAID
    return OrderState.REFUNDED if refunded >= paid else OrderState.PART_REFUNDED


def left_to_refund(paid: int, *, refunded: int, asked: int) -> int:
    """Return how much may still be asked back of an order: what is asked and not refused counts as gone."""
    return max(0, paid - refunded - asked)


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")


def in_chinese(fen: int) -> str:
    """Return an amount as it is written on receipts (人民币大写): 壹佰零伍元伍角整."""
    yuan, rest = divmod(fen, 100)
    jiao, left = divmod(rest, 10)
    whole = _write_whole(yuan)
    said = f"{whole}元" if whole else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif left and said:
        said += "零"
    if left:
        return f"{said}{_DIGITS[left]}分"
    return f"{said or '零元'}整"


def _write_whole(number: int) -> str:
    said, is_gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if is_gap and said else "") + _DIGITS[digit] + _PLACES[place % 4]
            is_gap = False
        else:
            is_gap = True
        if place % 4 == 0 and number // 10**place % 10000:
            said += _GROUPS[place // 4]
    return said
