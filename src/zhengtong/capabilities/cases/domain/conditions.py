"""When something is asked for: conditions over the answers given so far, as the text of an item states them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

# How a condition may name a box that is ticked.
_TICKED = ("on", "true", "是")


class UnreadableCondition(ValueError):
    """A condition of a text names an unknown field or says nothing that can hold."""


class Condition(Protocol):
    """Holds for some answers and not for others. Answers are as they were typed: drafts are asked too."""

    def holds(self, form: Mapping[str, Any]) -> bool: ...

    def fields(self) -> Iterator[str]:
        """Yield the fields whose answers it depends on."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The answer to ``field`` is (or, for several answers, contains) one of ``values``."""

    field: str
    values: tuple[str, ...]

    def holds(self, form: Mapping[str, Any]) -> bool:
        answer = form.get(self.field)
        answers = answer if isinstance(answer, list) else [*_TICKED] if answer in (True, "on") else [answer]
        return any(value in answers for value in self.values)

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The answer to ``field`` is a number, and not below ``amount``."""

    field: str
    amount: Decimal

    def holds(self, form: Mapping[str, Any]) -> bool:
        try:
            number = Decimal(str(form.get(self.field)).strip())
        except InvalidOperation:
            return False
        return number.is_finite() and number >= self.amount

    def fields(self) -> Iterator[str]:
        yield self.field


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def holds(self, form: Mapping[str, Any]) -> bool:
        return any(part.holds(form) for part in self.parts)

    def fields(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.fields()


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]

    def holds(self, form: Mapping[str, Any]) -> bool:
        return all(part.holds(form) for part in self.parts)

    def fields(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.fields()


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def holds(self, form: Mapping[str, Any]) -> bool:
        return not self.part.holds(form)

    def fields(self) -> Iterator[str]:
        yield from self.part.fields()


def read_condition(raw: Mapping[str, Any]) -> Condition:
    """Return the condition that ``raw`` states. Raises UnreadableCondition.

    One of ``{field, values}``, ``{field, at_least}``, ``{any: […]}``, ``{all: […]}``, ``{not: {…}}``. A threshold by
    the code of its dated rule has become a number before: see :func:`settle`.
    """
    match raw:
        case {"any": [*parts]} if parts:
            return AnyOf(tuple(read_condition(part) for part in parts))
        case {"all": [*parts]} if parts:
            return AllOf(tuple(read_condition(part) for part in parts))
        case {"not": part}:
            return Not(read_condition(part))
        case {"field": str(field), "values": [*values]} if values:
            return OneOf(field, tuple(str(value) for value in values))
        case {"field": str(field), "at_least": amount}:
            return AtLeast(field, Decimal(str(amount)))
    raise UnreadableCondition(f"{raw!r} is no condition")


def settle(raw: Any, amount_of: Callable[[str], Decimal]) -> Any:
    """Return ``raw``, any text, with each threshold in it replaced by the number that ``amount_of`` its code gives.

    The code stays beside the number as ``rule``, so that a settled text can be settled again on a later day. Raises
    what ``amount_of`` raises.
    """
    if isinstance(raw, Mapping):
        code = str(raw.get("threshold") or raw.get("rule") or "")
        if code and "field" in raw:
            return {"field": raw["field"], "at_least": float(amount_of(code)), "rule": code}
        return {key: settle(value, amount_of) for key, value in raw.items()}
    return [settle(each, amount_of) for each in raw] if isinstance(raw, list) else raw
