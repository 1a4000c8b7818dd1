"""What is refused about money, each with a sentence that says what to do."""

from typing import ClassVar

from zhengtong.capabilities.cases.public import HeldBack, Unacceptable


class PaymentRefused(Unacceptable):
    """Something can't be paid, collected, refunded or settled so. ``message`` is the sentence, filled in."""

    code: ClassVar[str] = "payment-refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message, field)

    def __str__(self) -> str:
        return self.message


class FeeUnpaid(HeldBack):
    """The case may not go on before its fee is paid."""

    code: ClassVar[str] = "fee-unpaid"
