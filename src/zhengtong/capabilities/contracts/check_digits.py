"""Check digits of whole columns: identity numbers (GB 11643) and unified credit codes (GB 32100), by polars.

The bytes of 18-byte values lie one after another, so position ``i`` of all of them is every eighteenth byte from ``i``.
"""

from datetime import date
from typing import Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.sources.public import compute

_LENGTH: Final = 18
_IDENTITY_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS: Final = b"10X98765432"
# Without I, O, S, V and Z.
_CREDIT: Final = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
# The organisation code inside it (GB 11714): eight characters and a check character, mod 11.
_BODY: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
# Beyond every value of an alphabet, and small enough that no weighted sum leaves sixteen bits.
_NONE: Final = 63


def _table(alphabet: bytes) -> pl.Series:
    known = {byte: value for value, byte in enumerate(alphabet)}
    return pl.Series([known.get(byte, _NONE) for byte in range(256)], dtype=pl.Int16)


_CREDIT_VALUES: Final = _table(_CREDIT)
_DAYS: Final = pl.Series([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=pl.Int16)
_IDENTITY_CHECK: Final = pl.Series(list(_IDENTITY_CHECKS), dtype=pl.UInt8)


def find_bad(values: pa.Array, check: str) -> pl.Series:
    """Return which of ``values`` (large_string) are no such number; an absent one isn't. Raises ValueError."""
    if check not in ("GB11643", "GB32100"):
        raise ValueError(check)
    fits = compute.fill_null(compute.equal(compute.binary_length(values), _LENGTH), False)
    whole = values.filter(fits)
    good = pl.Series("good", [], dtype=pl.Boolean)
    if len(whole):
        flat = _flatten(whole)
        good = _is_identity(flat) if check == "GB11643" else _is_credit(flat)
    if len(whole) == len(values):
        return ~good
    present, measured = pl.Series(values.is_valid()), pl.Series(fits)
    bad = present & ~measured
    wrong = measured.arg_true().gather((~good).arg_true())
    return bad.scatter(wrong, True) if len(wrong) else bad


def is_good(value: str, check: str) -> bool:
    """Say whether one value is such a number: the same as :func:`find_bad`, without a column. Raises ValueError."""
    if check not in ("GB11643", "GB32100"):
        raise ValueError(check)
    content = value.encode()
    if len(content) != _LENGTH:
        return False
    return _is_one_identity(content) if check == "GB11643" else _is_one_credit(content)


def _is_one_identity(content: bytes) -> bool:
    body = content[:17]
    if not body.isdigit():
        return False
    rest = sum((byte - 48) * weight for byte, weight in zip(body, _IDENTITY_WEIGHTS, strict=True)) % 11
    try:
        born = date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    except ValueError:
        return False
    return born.year >= 1850 and content[17] == _IDENTITY_CHECKS[rest]


def _is_one_credit(content: bytes) -> bool:
    values = [_CREDIT.find(byte) for byte in content]
    if -1 in values:
        return False
    outer = sum(value * weight for value, weight in zip(values[:17], _CREDIT_WEIGHTS, strict=True))
    if (31 - outer % 31) % 31 != values[17]:
        return False
    inner = sum(_BODY.index(byte) * weight for byte, weight in zip(content[8:16], _BODY_WEIGHTS, strict=True))
    return content[16] == b"0123456789X"[(11 - inner % 11) % 11]


def _flatten(values: pa.Array) -> pl.Series:
    _valid, offsets, content = values.buffers()
    start = pa.Array.from_buffers(pa.int64(), 1, [None, offsets], offset=values.offset)[0].as_py()
    return pl.Series("b", pa.Array.from_buffers(pa.uint8(), len(values) * _LENGTH, [None, content], offset=start))


_SPREAD: Final = [pl.col("b").gather_every(_LENGTH, place).cast(pl.Int16).alias(str(place)) for place in range(_LENGTH)]


def _at(place: int) -> pl.Expr:
    return pl.col(str(place))


def _weigh(weights: tuple[int, ...]) -> pl.Expr:
    return pl.sum_horizontal(_at(place) * weight for place, weight in enumerate(weights))


def _number(first: int, last: int) -> pl.Expr:
    return pl.sum_horizontal((_at(place) - 48) * 10 ** (last - 1 - place) for place in range(first, last))


def _judge_identity() -> pl.Expr:
    # Characters as they are: each is 48 more than its digit.
    rest = (_weigh(_IDENTITY_WEIGHTS) - 48 * sum(_IDENTITY_WEIGHTS)) % 11
    expected = pl.lit(_IDENTITY_CHECK).gather(rest.cast(pl.UInt32))
    year, month, day = (_number(first, last) for first, last in ((6, 10), (10, 12), (12, 14)))
    is_leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    longest = pl.lit(_DAYS).gather(month.clip(0, 12).cast(pl.UInt32)) + ((month == 2) & is_leap).cast(pl.Int16)
    born = (year >= 1850) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= longest)
    body = [_at(place) for place in range(17)]
    are_digits = (pl.min_horizontal(body) >= 48) & (pl.max_horizontal(body) <= 57)
    return are_digits & (expected == _at(17)) & born


def _judge_credit() -> pl.Expr:
    outer = (31 - _weigh(_CREDIT_WEIGHTS) % 31) % 31 == _at(17)
    known = pl.max_horizontal(pl.all()) < 31
    # The organisation code's own alphabet has the letters that the outer one leaves out, so its values are others.
    inner_values = (pl.lit(_BODY_OF_CREDIT).gather(_at(place).clip(0, 31).cast(pl.UInt32)) for place in range(8, 16))
    weighed = pl.sum_horizontal(value * weight for value, weight in zip(inner_values, _BODY_WEIGHTS, strict=True))
    # The check character X stands for ten.
    at_end = pl.when(_at(16) == _CREDIT.index(b"X")).then(10).when(_at(16) <= 9).then(_at(16)).otherwise(-1)
    return known & outer & ((11 - weighed % 11) % 11 == at_end)


# From an outer value to the inner one.
_BODY_OF_CREDIT: Final = pl.Series([_BODY.index(byte) for byte in _CREDIT] + [_NONE], dtype=pl.Int16)
_IDENTITY: Final = _judge_identity().alias("good")
_CREDIT_CODE: Final = _judge_credit().alias("good")


def _is_identity(flat: pl.Series) -> pl.Series:
    return _spread(flat).select(_IDENTITY)["good"]


def _is_credit(flat: pl.Series) -> pl.Series:
    return _spread(_CREDIT_VALUES.gather(flat.cast(pl.UInt32)).alias("b")).select(_CREDIT_CODE)["good"]


def _spread(flat: pl.Series) -> pl.DataFrame:
    """Return the values as columns ``0`` to ``17``, one a position."""
    return pl.DataFrame([flat]).select(_SPREAD)
