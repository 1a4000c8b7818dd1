"""What a contract says, as whoever moves data reads it: a frozen value, written as canonical JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zhengtong.capabilities.sources.public import Column, ColumnKind, Condition, Operator


@dataclass(frozen=True, slots=True)
class ContractField:
    """One agreed column: ``source`` is its name where it comes from, ``column`` what it is where it lands.

    ``mask`` is a ``catalogue.MaskKind``, ``rule`` what values obey: {"pattern", "least", "most", "one_of", "check"}.
    """

    source: str
    column: Column
    mask: str = "none"
    rule: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ContractContent:
    """The agreed terms. ``key`` names target columns; ``schedule`` is five cron fields, "" for by hand only.

    ``most_rejected`` and ``most_deleted`` are shares of 1.0: a batch with more stops before the target is touched.
    ``working_days_only``: the schedule's turns on days off are left out. ``calls_a_day`` and ``rows_a_call`` limit an
    interface. ``purpose``, ``matter`` and ``legal_basis`` are the words that every read carries.
    """

    number: str
    resource: str
    version: int
    provider: str
    consumer: str
    purpose: str
    matter: str
    legal_basis: str
    mode: str
    fields: tuple[ContractField, ...]
    key: tuple[str, ...]
    conditions: tuple[Condition, ...]
    source: str
    place: str
    watermark: str
    target: str
    target_table: str
    schedule: str
    working_days_only: bool
    most_rejected: float
    most_deleted: float
    calls_a_day: int
    rows_a_call: int
    valid_from: str
    valid_until: str

    @property
    def landing_columns(self) -> tuple[Column, ...]:
        return tuple(each.column for each in self.fields)

    def to_json(self) -> dict[str, Any]:
        """Return what is stored and signed; :meth:`from_json` reads it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ContractContent":
        """Raises KeyError, TypeError or ValueError when it isn't one."""
        values = dict(stored)
        values["fields"] = tuple(
            ContractField(
                each["source"],
                Column(**(each["column"] | {"kind": ColumnKind(each["column"]["kind"])})),
                each["mask"],
                each["rule"],
            )
            for each in stored["fields"]
        )
        values["conditions"] = tuple(
            Condition(each["column"], Operator(each["operator"]), tuple(each["values"]))
            for each in stored["conditions"]
        )
        values["key"] = tuple(stored["key"])
        return cls(**values)
