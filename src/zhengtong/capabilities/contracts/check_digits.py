"""Check digits of whole columns: identity numbers (GB 11643) and unified credit codes (GB 32100), by polars.

The bytes of 18-byte values lie one after another, so position ``i`` of all of them is every eighteenth byte from ``i``.
"""

from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

_LENGTH: Final = 18
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = b"10X98765432"
# Without I, O, S, V and Z.
_CREDIT: Final = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
# The organisation code inside it (GB 11714): eight characters and a check character, mod 11.
_BODY: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_NONE: Final = 255


def _table(alphabet: bytes) -> pl.Series:
    known = {byte: value for value, byte in enumerate(alphabet)}
    return pl.Series([known.get(byte, _NONE) for byte in range(256)], dtype=pl.Int32)


_DIGIT_VALUES, _CREDIT_VALUES, _BODY_VALUES = _table(b"0123456789"), _table(_CREDIT), _table(_BODY)
_IDENTITY_CHECK: Final = pl.Series(list(_IDENTITY_CHECKS), dtype=pl.UInt8)


def find_bad(values: pa.Array, check: str) -> pl.Series:
    """Return which of ``values`` (large_string) are no such number; an absent one isn't. Raises ValueError."""
    if check not in ("GB11643", "GB32100"):
        raise ValueError(check)
    fits = pc.fill_null(pc.equal(pc.binary_length(values), _LENGTH), False)
    whole = values.filter(fits)
    good = pl.Series("good", [], dtype=pl.Boolean)
    if len(whole):
        flat = _flatten(whole)
        good = _is_identity(flat, whole) if check == "GB11643" else _is_credit(flat)
    if len(whole) == len(values):
        return ~good
    present, measured = pl.Series(values.is_valid()), pl.Series(fits)
    bad = present & ~measured
    wrong = measured.arg_true().gather((~good).arg_true())
    return bad.scatter(wrong, True) if len(wrong) else bad


def _flatten(values: pa.Array) -> pl.Series:
    _valid, _offsets, content = values.buffers()
    offsets = pa.Array.from_buffers(pa.int64(), len(values) + 1, [None, values.buffers()[1]], offset=values.offset)
    start = offsets[0].as_py()
    return pl.Series(
        pa.Array.from_buffers(pa.uint8(), len(values) * _LENGTH, [None, content], offset=start)
    )


def _at(flat: pl.Series, place: int) -> pl.Series:
    return flat.gather_every(_LENGTH, place)


def _look_up(flat: pl.Series, table: pl.Series) -> pl.Series:
    return table.gather(flat.cast(pl.UInt32))


def _is_identity(flat: pl.Series, whole: pa.Array) -> pl.Series:
    values = _look_up(flat, _DIGIT_VALUES)
    total, most = _weigh(values, _IDENTITY_WEIGHTS, 0)
    expected = _IDENTITY_CHECK.gather((total % 11).cast(pl.UInt32))
    year, month, day = (_number(values, first, last) for first, last in ((6, 10), (10, 12), (12, 14)))
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    longest = _DAYS.gather(month.clip(0, 12).cast(pl.UInt32)) + ((month == 2) & leap).cast(pl.Int32)
    born = (year >= 1850) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    return (most < 10) & (expected == _at(flat, 17)) & born


_DAYS: Final = pl.Series([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=pl.Int32)


def _number(values: pl.Series, first: int, last: int) -> pl.Series:
    result = _at(values, first)
    for place in range(first + 1, last):
        result = result * 10 + _at(values, place)
    return result


def _is_credit(flat: pl.Series) -> pl.Series:
    values = _look_up(flat, _CREDIT_VALUES)
    total, most = _weigh(values, _CREDIT_WEIGHTS, 0)
    outer = (31 - total % 31) % 31 == _at(values, 17)
    bodies = _look_up(flat, _BODY_VALUES)
    inner, _most = _weigh(bodies, _BODY_WEIGHTS, 8)
    rest = 11 - inner % 11
    # 10 is written as X, 11 as 0.
    expected = rest.replace_strict([10, 11], [_BODY.index(b"X"), 0], default=rest, return_dtype=pl.Int32)
    return (most < 31) & (_at(values, 17) < 31) & outer & (expected == _at(bodies, 16))


def _weigh(values: pl.Series, weights: tuple[int, ...], first: int) -> tuple[pl.Series, pl.Series]:
    """Return the weighted sums, and the greatest value that went into each (``_NONE`` of a wrong character)."""
    columns = [_at(values, first + place).alias(str(place)) for place in range(len(weights))]
    frame = pl.DataFrame(columns)
    made = frame.select(
        pl.sum_horizontal(pl.col(str(place)) * weight for place, weight in enumerate(weights)).alias("total"),
        pl.max_horizontal(pl.all()).alias("most"),
    )
    return made["total"], made["most"]
