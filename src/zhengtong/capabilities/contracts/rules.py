"""What rows of a contract must be, compiled once and held against Arrow batches; what isn't so is held back.

Values come as text or typed; text is read as the agreed type, never guessed and never repaired but for full-width
digits and a lower-case x of a number. Columns come by their names in the source and leave by those they land under.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.contracts import reading
from zhengtong.capabilities.contracts.check_digits import find_bad
from zhengtong.capabilities.contracts.domain import ContractField
from zhengtong.capabilities.contracts.doubles import Seen
from zhengtong.capabilities.sources.public import Column, ColumnKind, arrow_type, compute

RULE_NAMES: Final = frozenset({"pattern", "least", "most", "one_of", "check"})
CHECKS: Final = ("GB11643", "GB32100")


@dataclass(frozen=True, slots=True)
class Held:
    """A row that broke a rule. ``key`` are the key's values as text, ``original`` the row as it came."""

    key: tuple[str, ...]
    column: str
    rule: str
    original: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What passed, named as it lands; what is held; how many rows that is; and the values that were normalised."""

    batch: pa.RecordBatch
    held: tuple[Held, ...] = ()
    held_rows: int = 0
    normalised: tuple[Held, ...] = ()


@dataclass(slots=True)
class _Findings:
    """Which rows of a batch break what: (column, rule) → a mask."""

    masks: list[tuple[str, str, pl.Series]] = field(default_factory=list)

    def add(self, column: str, rule: str, mask: pl.Series) -> None:
        if mask.any():
            self.masks.append((column, rule, mask.fill_null(False)))


class Rules:
    """The rules of a contract. Raises ValueError for a rule that nobody can hold a value against."""

    def __init__(
        self, fields: Sequence[ContractField], key: Sequence[str], *, is_unique: bool = False, removed: str = ""
    ) -> None:
        self._fields, self._key, self._removed = tuple(fields), tuple(key), removed
        self._seen = None if is_unique or not key else Seen()
        self._sources = {each.column.name: each.source for each in fields}
        for each in fields:
            check_rule(each.rule or {}, each.column)

    def check(self, batch: pa.RecordBatch) -> Checked:
        """Return what of ``batch`` may go on."""
        found, normalised = _Findings(), []
        arrays: list[pa.Array] = []
        for each in self._fields:
            read = reading.read_as(batch.column(each.source), each.column, bool((each.rule or {}).get("check")))
            for rule, mask in read.faults:
                found.add(each.column.name, rule, mask)
            if read.normalised is not None:
                normalised.append((each, read.normalised))
            arrays.append(read.values)
            self._judge(each, read, found)
        names = [each.column.name for each in self._fields]
        removed = None
        if self._removed:
            removed = pl.Series(batch.column(self._removed)).fill_null(False)
            arrays.append(batch.column(self._removed))
            names.append(self._removed)
            found.masks = [
                (column, rule, mask if column in self._key else mask & ~removed) for column, rule, mask in found.masks
            ]
        landing = pa.RecordBatch.from_arrays(arrays, names=names)
        bad = _union([mask for _column, _rule, mask in found.masks])
        if self._seen is not None and removed is None:
            keys = pl.DataFrame([pl.Series(name, landing.column(name)) for name in self._key])
            doubled = self._seen.find_doubled(keys, None if bad is None else ~bad)
            if doubled is not None:
                found.add(self._key[0], "key-doubled", doubled)
                bad = doubled if bad is None else bad | doubled
        if bad is None and not normalised:
            return Checked(landing)
        held = self._list_held(batch, found) if bad is not None else ()
        kept = self._list_normalised(batch, normalised, bad)
        count = 0 if bad is None else int(bad.sum())
        if bad is not None and count:
            landing = landing.filter((~bad).to_arrow())
        return Checked(landing, held, count, kept)

    def _judge(self, agreed: ContractField, read: reading.Read, found: _Findings) -> None:
        column, rule, values = agreed.column, agreed.rule or {}, read.values
        name = column.name
        is_required = not column.is_nullable or name in self._key
        if is_required and values.null_count:
            absent = pl.Series(values.is_null())
            for _rule, unread in read.faults:  # what can't be read is there, and has its own name
                absent = absent & ~unread
            found.add(name, "missing", absent)
        if column.kind is ColumnKind.TEXT and is_required:
            empty = compute.equal(compute.binary_length(values), 0)
            if compute.any(empty).as_py():
                found.add(name, "missing", pl.Series(empty))
        if column.length is not None and column.kind in (ColumnKind.TEXT, ColumnKind.BINARY):
            # Characters are at most as many as bytes, and bytes are counted at once.
            longest = compute.max(compute.binary_length(values)).as_py() or 0
            if longest > column.length:
                sizes = (
                    compute.binary_length(values) if column.kind is ColumnKind.BINARY else compute.utf8_length(values)
                )
                found.add(name, "too-long", pl.Series(compute.greater(sizes, column.length)))
        if column.kind in (ColumnKind.DATE, ColumnKind.DATETIME):
            low, high = reading.outer_bounds(column)
            _hold_bounds(values, low, high, name, "date-range", found)
        if rule:
            self._judge_rule(column, rule, values, found)

    def _judge_rule(self, column: Column, rule: Mapping[str, Any], values: pa.Array, found: _Findings) -> None:
        if check := rule.get("check"):
            found.add(column.name, f"check-{check}", find_bad(values, check))
        if pattern := rule.get("pattern"):
            series = pl.Series(values)
            found.add(column.name, "pattern", ~series.str.contains(f"^(?:{pattern})$") & series.is_not_null())
        if one_of := rule.get("one_of"):
            allowed = pa.array([str(each) for each in one_of], pa.large_string())
            text = values if column.kind is ColumnKind.TEXT else values.cast(pa.large_string())
            bad = compute.and_(compute.invert(compute.is_in(text, allowed)), compute.is_valid(text))
            found.add(column.name, "unknown-code", pl.Series(bad))
        least, most = (reading.read_bound(rule.get(each), column) for each in ("least", "most"))
        if least is not None or most is not None:
            rule_name = "date-range" if column.kind in (ColumnKind.DATE, ColumnKind.DATETIME) else "number-range"
            _hold_bounds(values, least, most, column.name, rule_name, found)

    def _list_held(self, batch: pa.RecordBatch, found: _Findings) -> tuple[Held, ...]:
        held = []
        for column, rule, mask in found.masks:
            rows = mask.arg_true()
            taken = _to_text(batch.take(pa.array(rows.to_list(), pa.int64())))
            for original in taken:
                held.append(Held(self._key_of(original), column, rule, original))
        return tuple(held)

    def _list_normalised(
        self, batch: pa.RecordBatch, normalised: Sequence[tuple[ContractField, pl.Series]], bad: pl.Series | None
    ) -> tuple[Held, ...]:
        kept = []
        for each, mask in normalised:
            rows = (mask if bad is None else mask & ~bad).arg_true()
            for original in _to_text(batch.take(pa.array(rows.to_list(), pa.int64()))):
                own = {each.source: original[each.source]}
                kept.append(Held(self._key_of(original), each.column.name, "normalised", own))
        return tuple(kept)

    def _key_of(self, original: Mapping[str, str | None]) -> tuple[str, ...]:
        return tuple(original[self._sources[name]] or "" for name in self._key)


def check_rule(rule: Mapping[str, Any], column: Column) -> None:
    """Raise ValueError, with a code, for a rule that can't be held against the column's values."""
    if unknown := rule.keys() - RULE_NAMES:
        raise ValueError(f"unknown-rule: {', '.join(sorted(unknown))}")
    if (check := rule.get("check")) and (check not in CHECKS or column.kind is not ColumnKind.TEXT):
        raise ValueError(f"unknown-check: {check}")
    if pattern := rule.get("pattern"):
        if column.kind is not ColumnKind.TEXT:
            raise ValueError("pattern-unfit")
        try:
            pl.Series([""]).str.contains(f"^(?:{pattern})$")
        except pl.exceptions.PolarsError as error:
            raise ValueError("bad-pattern") from error
    for name in ("least", "most"):
        try:
            reading.read_bound(rule.get(name), column)
        except (ValueError, ArithmeticError) as error:
            raise ValueError(f"bad-bound: {name}") from error


def _hold_bounds(values: pa.Array, low: object, high: object, column: str, rule: str, found: _Findings) -> None:
    """Find values outside of [low, high]; most often the extremes say that there is none."""
    if values.null_count == len(values):
        return
    plain = reading.to_plain(values)
    span = compute.min_max(plain)
    for bound, extreme, is_low in ((low, span["min"], True), (high, span["max"], False)):
        if bound is None:
            continue
        limit = pa.scalar(bound, plain.type) if not isinstance(bound, Decimal) else pa.scalar(bound)
        outside = compute.less if is_low else compute.greater
        if outside(extreme, limit).as_py():
            found.add(column, rule, pl.Series(outside(plain, limit)))


def _union(masks: Sequence[pl.Series]) -> pl.Series | None:
    if not masks:
        return None
    whole = masks[0]
    for mask in masks[1:]:
        whole = whole | mask
    return whole


def _to_text(batch: pa.RecordBatch) -> list[dict[str, str | None]]:
    """Return rows as they came, every value as text: what can't be in a calendar by its number of days."""
    columns = {name: reading.write_all(values) for name, values in zip(batch.schema.names, batch.columns, strict=True)}
    return [{name: values[row] for name, values in columns.items()} for row in range(batch.num_rows)]


def landing_schema(fields: Sequence[ContractField], removed: str = "") -> pa.Schema:
    """Return the schema in which batches leave."""
    schema = pa.schema([(each.column.name, arrow_type(each.column)) for each in fields])
    return schema.append(pa.field(removed, pa.bool_())) if removed else schema
