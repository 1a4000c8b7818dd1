"""What a request asks for, as a plain value: columns, conditions on rows, how often; and what of it can't be asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from croniter import croniter

from zhengtong.capabilities.sources.public import ColumnKind, Condition, Operator

MOST_CONDITIONS, MOST_VALUES, LONGEST_VALUE = 20, 200, 500
# The words of an operator take so many values; ONE_OF takes any number from one.
_ARITY = {Operator.IS_EMPTY: 0, Operator.IS_FILLED: 0}
_ORDERED = frozenset(
    {ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.REAL, ColumnKind.DATE, ColumnKind.DATETIME, ColumnKind.TIME}
)
# A code of fixed width is ordered as well (of an administrative division, of an industry).
_RANGED = _ORDERED | {ColumnKind.TEXT}
# Values of these are never compared: only whether there is one.
_OPAQUE = frozenset({ColumnKind.BINARY, ColumnKind.JSON})
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")


class BadTerms(ValueError):
    """Something that can't be asked for. ``code`` is stable; ``about`` is the column or condition that it is about."""

    def __init__(self, code: str, about: str = "", value: str = "") -> None:
        super().__init__(f"{code} {about} {value}".strip())
        self.code, self.about, self.value = code, about, value


class Frequency(StrEnum):
    """How often, in words; a batch of a day comes in the night, when sources are idle."""

    MANUAL = "manual"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Timing:
    """When it runs: ``at`` HH:MM (of an hour only the minute), ``weekday`` 1 (Monday) … 7, ``day`` of the month 1 … 28.

    ``cron`` has five fields and counts for CUSTOM only. ``working_days_only``: turns on days off are left out.
    """

    frequency: Frequency = Frequency.MANUAL
    at: str = "02:30"
    weekday: int = 1
    day: int = 1
    cron: str = ""
    working_days_only: bool = False

    def schedule(self) -> str:
        """Return five cron fields, "" for by hand only. Raises BadTerms."""
        if self.frequency is Frequency.MANUAL:
            return ""
        if self.frequency is Frequency.CUSTOM:
            return check_cron(self.cron)
        try:
            moment = time.fromisoformat(self.at)
        except ValueError:
            raise BadTerms("bad-time", value=self.at) from None
        if not 1 <= self.weekday <= 7 or not 1 <= self.day <= 28:
            raise BadTerms("bad-day")
        match self.frequency:
            case Frequency.HOURLY:
                return f"{moment.minute} * * * *"
            case Frequency.WEEKLY:
                return f"{moment.minute} {moment.hour} * * {self.weekday % 7}"
            case Frequency.MONTHLY:
                return f"{moment.minute} {moment.hour} {self.day} * *"
            case _:
                return f"{moment.minute} {moment.hour} * * *"


def check_cron(text: str) -> str:
    """Return a schedule of five fields, its spaces put in order; at most four turns an hour. Raises BadTerms."""
    fields = text.split()
    written = " ".join(fields)
    if len(fields) != 5 or len(written) > 100 or not re.fullmatch(r"[0-9*,/ \-]+", written):
        raise BadTerms("bad-cron", value=text[:100])
    if not croniter.is_valid(written):  # type: ignore[no-untyped-call]  # it has no types
        raise BadTerms("bad-cron", value=written)
    minutes = croniter.expand(written)[0][0]
    if "*" in minutes or len(minutes) > 4:
        raise BadTerms("too-often", value=written)
    return written


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for. ``columns`` are codes of the version's fields, in its order; ``reasons`` says of each personal
    one why it is needed. ``conditions`` name fields by code. ``rows_a_call`` and ``calls_a_day`` limit an interface.
    """

    columns: tuple[str, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    timing: Timing = Timing()
    calls_a_day: int = 1000
    rows_a_call: int = 100

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Terms":
        """Raises KeyError, TypeError or ValueError when it isn't one; an empty mapping is an empty request."""
        if not stored:
            return cls()
        timing = stored["timing"]
        return cls(
            columns=tuple(stored["columns"]),
            reasons=dict(stored["reasons"]),
            conditions=tuple(
                Condition(each["column"], Operator(each["operator"]), tuple(each["values"]))
                for each in stored["conditions"]
            ),
            timing=Timing(**{**timing, "frequency": Frequency(timing["frequency"])}),
            calls_a_day=int(stored["calls_a_day"]),
            rows_a_call=int(stored["rows_a_call"]),
        )

    def asks_no_more_than(self, other: "Terms") -> bool:
        """Whether whoever agreed to ``other`` has agreed to this: no further column, no row filter less."""
        return (
            set(self.columns) <= set(other.columns)
            and set(other.conditions) <= set(self.conditions)
            and self.timing == other.timing
            and self.calls_a_day <= other.calls_a_day
            and self.rows_a_call <= other.rows_a_call
        )


def list_operators(kind: ColumnKind) -> tuple[Operator, ...]:
    """Return what a column of ``kind`` can be asked for."""
    found = [Operator.IS_EMPTY, Operator.IS_FILLED]
    if kind not in _OPAQUE:
        found += [Operator.EQUAL, Operator.UNEQUAL]
        if kind is not ColumnKind.BOOLEAN:
            found.append(Operator.ONE_OF)
    if kind in _RANGED:
        found += [Operator.AT_LEAST, Operator.AT_MOST]
    if kind is ColumnKind.TEXT:
        found.append(Operator.BEGINS_WITH)
    return tuple(each for each in Operator if each in found)


def check_condition(condition: Condition, kind: ColumnKind, *, has_zone: bool = False) -> Condition:
    """Return the condition with its values as the source is to read them. Raises BadTerms.

    Nothing here goes into SQL as text: a driver binds values. Still what isn't of the column's kind is refused, since
    a source that casts it fails in the night, and a control character means nothing in any of them.
    """
    name = condition.column
    if condition.operator not in list_operators(kind):
        raise BadTerms("operator-not-for-kind", name, condition.operator)
    wanted = _ARITY.get(condition.operator, 1)
    if condition.operator is Operator.ONE_OF:
        if not 1 <= len(condition.values) <= MOST_VALUES:
            raise BadTerms("too-many-values" if condition.values else "no-value", name)
    elif len(condition.values) != wanted:
        raise BadTerms("no-value" if len(condition.values) < wanted else "too-many-values", name)
    values = tuple(read_value(value, kind, name, has_zone=has_zone) for value in condition.values)
    return Condition(name, condition.operator, values)


def read_value(text: str, kind: ColumnKind, name: str, *, has_zone: bool = False) -> str:
    """Return a value of ``kind`` as text that every source reads alike. Raises BadTerms."""
    said = text.strip()
    if not said or len(said) > LONGEST_VALUE or any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in said):
        raise BadTerms("bad-value", name, said[:40])
    try:
        match kind:
            case ColumnKind.INTEGER:
                if not _INTEGER.fullmatch(said) or not -(2**63) <= int(said) < 2**63:
                    raise ValueError
                return str(int(said))
            case ColumnKind.DECIMAL | ColumnKind.REAL:
                number = Decimal(said)
                if not said.isascii() or "_" in said or not number.is_finite() or number.adjusted() > 37:
                    raise ValueError
                return format(number, "f")
            case ColumnKind.BOOLEAN:
                return {"true": "true", "false": "false", "1": "true", "0": "false", "是": "true", "否": "false"}[
                    said.lower()
                ]
            case ColumnKind.DATE:
                return date.fromisoformat(said).isoformat()
            case ColumnKind.TIME:
                return time.fromisoformat(said).isoformat()
            case ColumnKind.DATETIME:
                moment = datetime.fromisoformat(said)
                if (moment.tzinfo is not None) is not has_zone:
                    raise ValueError
                return moment.isoformat()
            case _:
                return said
    except (ValueError, KeyError, InvalidOperation):
        raise BadTerms("bad-value", name, said[:40]) from None


def check_conditions(
    conditions: Sequence[Condition], kinds: Mapping[str, tuple[ColumnKind, bool]]
) -> tuple[Condition, ...]:
    """Check all conditions of a filter; ``kinds`` says of each column that may be asked its kind and zone.

    Raises BadTerms.
    """
    if len(conditions) > MOST_CONDITIONS:
        raise BadTerms("too-many-conditions")
    checked = []
    for each in conditions:
        if each.column not in kinds:
            raise BadTerms("unknown-column", each.column[:63])
        kind, has_zone = kinds[each.column]
        checked.append(check_condition(each, kind, has_zone=has_zone))
    return tuple(dict.fromkeys(checked))
