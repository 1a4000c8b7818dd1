"""What an item's text says of its fees (``[[fees]]``): which entry of the fee list, how much, when due, who is exempt.

行政许可法 第五十八条、第五十九条: no fee unless a law or an administrative regulation sets it, by items and standards
that are published; so a fee names its entry in the fee list, and its amount is a formula over the applicant's answers.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from zhengtong.kernel.expressions import Expression, ExpressionError, parse

FEN_PER_YUAN = 100
# More than any fee of a matter is: an amount beyond it is a formula gone wrong.
MOST_FEN = 10**11


class FeeTime(StrEnum):
    """Before which step a fee has to be paid."""

    ACCEPTANCE = "acceptance"
    DELIVERY = "delivery"


class UnusableFee(ValueError):
    """A fee can't be read, or can't be computed from the answers. The message is for people."""


@dataclass(frozen=True)
class ExemptionSpec:
    """减免: where ``condition`` holds the fee is what ``formula`` says, nothing without one. The first counts."""

    name: str
    condition: Expression
    basis: str
    formula: Expression | None = None


@dataclass(frozen=True)
class FeeCharge:
    """What one fee comes to in one case, in fen."""

    code: str
    amount: int
    exemption: str = ""
    basis: str = ""


@dataclass(frozen=True)
class FeeSpec:
    """One fee. ``code`` is its entry in the fee list, ``standard`` the tariff in words; formulas are in yuan over the
    form's fields. With a ``condition`` it is charged only where that holds."""

    code: str
    name: str
    when: FeeTime
    formula: Expression
    standard: str
    exemptions: tuple[ExemptionSpec, ...] = ()
    condition: Expression | None = None

    @property
    def names(self) -> set[str]:
        """The fields that the amount depends on."""
        used = [self.formula, self.condition]
        used += [each for exemption in self.exemptions for each in (exemption.condition, exemption.formula)]
        return {name.partition(".")[0] for each in used if each is not None for name in each.names}

    def charge(self, form: Mapping[str, Any]) -> FeeCharge | None:
        """Return what is due for these answers, None where this fee isn't charged at all. Raises UnusableFee."""
        try:
            if self.condition is not None and not self.condition.holds(form):
                return None
            for each in self.exemptions:
                if each.condition.holds(form):
                    amount = _to_fen(each.formula.evaluate(form), self.name) if each.formula else 0
                    return FeeCharge(self.code, amount, each.name, each.basis)
            return FeeCharge(self.code, _to_fen(self.formula.evaluate(form), self.name))
        except ExpressionError as error:
            raise UnusableFee(f"{self.name}: {error}") from error


def _to_fen(value: Any, name: str) -> int:
    """Return an amount in yuan as whole fen, half a fen upwards. Raises UnusableFee."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise UnusableFee(f"{name}: {value!r}")
    fen = int((Decimal(str(value)) * FEN_PER_YUAN).to_integral_value(ROUND_HALF_UP))
    if not 0 <= fen <= MOST_FEN:
        raise UnusableFee(f"{name}: {value}")
    return fen


def read_fees(raw: Mapping[str, Any], fields: Container[str]) -> tuple[FeeSpec, ...]:
    """Return the fees of an item's text. Raises UnusableFee naming the one that is wrong, KeyError what is missing."""
    found: list[FeeSpec] = []
    for each in raw.get("fees", ()):
        spec = _read_fee(each)
        if unknown := sorted(name for name in spec.names if name not in fields):
            said = {"name": spec.name, "code": spec.code, "fields": "、".join(unknown)}
            raise UnusableFee(_("收费“%(name)s”（%(code)s）的公式用到了表单里没有的项目：%(fields)s") % said)
        if any(spec.code == other.code for other in found):
            raise UnusableFee(_("收费项目 %(code)s 写了两次") % {"code": spec.code})
        found.append(spec)
    return tuple(found)


def _read_fee(raw: Mapping[str, Any]) -> FeeSpec:
    place = f"fees.{raw['code']}"
    try:
        return FeeSpec(
            code=str(raw["code"]),
            name=str(raw["name"]),
            when=FeeTime(raw["when"]),
            formula=parse(str(raw["formula"])),
            standard=str(raw["standard"]),
            condition=parse(str(raw["condition"])) if raw.get("condition") else None,
            exemptions=tuple(
                ExemptionSpec(
                    name=str(row["name"]),
                    condition=parse(str(row["condition"])),
                    basis=str(row["basis"]),
                    formula=parse(str(row["formula"])) if row.get("formula") else None,
                )
                for row in raw.get("exemptions", ())
            ),
        )
    except ValueError as error:
        raise UnusableFee(f"{place}: {error}") from error
