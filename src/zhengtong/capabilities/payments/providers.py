"""What a payment provider does for the platform, and the one that the settings name.

A real one (a bank's, 云闪付's, a province's unified payment platform) is a class with these methods; ``docs/howto``
says how it is put in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class ProviderDown(Exception):
    """The provider can't be reached or doesn't answer: what it was asked is unknown and is asked again later."""


class ProviderRefused(Exception):
    """The provider answered, and refuses. The message is for the journal, not for the public."""


class BadSignature(Exception):
    """A notification isn't signed with the provider's key."""


class UnreadableNotice(Exception):
    """A notification is signed, but doesn't say what it must."""


class TradeState(StrEnum):
    NONE = "none"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TradeNotice:
    """What a provider says of a trade. ``amount`` in fen, ``reference`` is its own number of the payment."""

    trade: str
    state: TradeState
    amount: int = 0
    reference: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One line of a daily statement. ``number`` is ours, of trade or refund; a refund's amount is positive."""

    trade: str
    number: str
    reference: str
    amount: int
    at: datetime
    is_refund: bool = False


class PaymentProvider(Protocol):
    """Takes money for the platform. All but ``read_notice`` raise ProviderDown; creating, refunding and closing twice
    under one number is once."""

    code: str
    title: str

    def create(self, *, trade: str, amount: int, subject: str, return_url: str) -> str:
        """Open a trade and return the address at which the payer pays. Raises ProviderRefused."""

    def query(self, trade: str) -> TradeNotice:
        """Return how a trade stands."""

    def close(self, trade: str) -> None:
        """Close a trade that isn't paid; of one that is, nothing happens."""

    def refund(self, *, trade: str, number: str, amount: int, reason: str) -> str:
        """Give money back and return the provider's number of it. Raises ProviderRefused."""

    def read_notice(self, body: bytes, signature: str) -> TradeNotice:
        """Return what a signed notification says. Raises BadSignature, UnreadableNotice."""

    def download_statement(self, day: date) -> Iterable[StatementRow]:
        """Return what came and went on ``day``."""


def get_provider() -> PaymentProvider:
    """Return the provider that ``settings.PAYMENT_PROVIDER`` names."""
    return cast(PaymentProvider, import_string(settings.PAYMENT_PROVIDER)())
