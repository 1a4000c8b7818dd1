"""Values as they come, read as the agreed type: text is read strictly, and what can't be read is named, not mended."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
import pyarrow as pa

from zhengtong.capabilities.sources.public import Column, ColumnKind, arrow_type, compute

# What a spreadsheet makes of a long number; its last digits are gone.
_SPREADSHEET: Final = r"^[+-]?\d(?:\.\d+)?[Ee]\+?\d{1,3}$"
_NUMBER: Final = r"^[+-]?\d+(?:\.\d+)?$"
_WHOLE: Final = r"^[+-]?\d{1,19}$"
_FULL_WIDTH: Final = "０１２３４５６７８９Ｘｘ"
_HALF_WIDTH: Final = "0123456789XX"
_DATES: Final = (
    (r"^\d{4}-\d{1,2}-\d{1,2}$", "%Y-%m-%d"),
    (r"^\d{4}/\d{1,2}/\d{1,2}$", "%Y/%m/%d"),
    (r"^\d{8}$", "%Y%m%d"),
    (r"^\d{4}年\d{1,2}月\d{1,2}日$", "%Y年%m月%d日"),
)
# A moment that is written as one; whether there is such a day is another question.
_MOMENT: Final = r"^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$"
_TRUE: Final = ("true", "t", "1", "是", "yes", "y")
_FALSE: Final = ("false", "f", "0", "否", "no", "n")
FIRST_DAY: Final = date(1, 1, 1)
LAST_DAY: Final = date(9999, 12, 31)
_EPOCH: Final = date(1970, 1, 1)
_DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Read:
    """A column as it travels. ``faults`` say which rows can't be read; ``normalised`` which came in another form."""

    values: pa.Array
    faults: tuple[tuple[str, pl.Series], ...] = ()
    normalised: pl.Series | None = None


def read_as(values: pa.Array, column: Column, is_number: bool = False) -> Read:
    """Return ``values`` as ``column`` travels. ``is_number``: an identifying number, whose digits may be normalised."""
    wanted = arrow_type(column)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        text = values if values.type == pa.large_string() else values.cast(pa.large_string())
        if column.kind is ColumnKind.TEXT:
            return _read_text(text, is_number)
        return _read_typed(text, column, wanted)
    if values.type == wanted:
        return Read(values)
    if column.kind is ColumnKind.TEXT:
        return Read(pa.array(write_all(values), pa.large_string()))
    if column.kind is ColumnKind.DECIMAL or pa.types.is_decimal(values.type):
        return _read_typed(pa.array(write_all(values), pa.large_string()), column, wanted)
    if pa.types.is_timestamp(values.type) and pa.types.is_date(wanted) and values.type.tz is None:
        return _read_days(values, wanted)
    try:
        if _is_kin(values.type, wanted):
            return Read(values.cast(wanted))
    except pa.ArrowInvalid:
        pass  # some value doesn't fit: which one, its text says
    return _read_typed(pa.array(write_all(values), pa.large_string()), column, wanted)


def _is_kin(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Return whether values of one type are of the other as they stand. Arrow also turns 7 into true, a number into
    the moment so long after 1970, and a moment into the day that it is in London: nobody agreed to that.
    """
    types = pa.types
    if types.is_integer(wanted) or types.is_floating(wanted):
        return bool(types.is_integer(given) or types.is_floating(given))
    if types.is_timestamp(wanted):
        return bool(types.is_timestamp(given) or types.is_date(given))
    for is_one in (types.is_date, types.is_time):
        if is_one(wanted):
            return bool(is_one(given))
    return bool(types.is_large_binary(wanted) and (types.is_binary(given) or types.is_fixed_size_binary(given)))


def _read_days(values: pa.Array, wanted: pa.DataType) -> Read:
    """Read moments without a zone as days: those at midnight are days."""
    days = values.cast(wanted)
    bad = pl.Series(compute.not_equal(days.cast(values.type), values)).fill_null(False)
    return Read(days, (("date-form", bad),) if bad.any() else ())


def _read_text(values: pa.Array, is_number: bool) -> Read:
    # All bytes of the column at once: what none of them can be, no value has to be asked about.
    content = _join(values)
    faults = []
    if b"\0" in content:
        faults.append(("nul", pl.Series(compute.match_substring(values, "\0"))))
    normalised = None
    if is_number and (not content.isascii() or b"x" in content):
        series = pl.Series(values)
        mended = series.str.strip_chars().str.replace_many(list(_FULL_WIDTH), list(_HALF_WIDTH)).str.replace("x$", "X")
        changed = (mended != series).fill_null(False)
        if changed.any():
            normalised, values = changed, _to_arrow(mended)
    if b"+" in content and (b"E+" in content or b"e+" in content):  # one byte is found much faster than two
        faults.append(("spreadsheet-number", pl.Series(values).str.contains(_SPREADSHEET)))
    return Read(values, tuple(faults), normalised)


def _join(values: pa.Array) -> bytes:
    _valid, places, content = values.buffers()
    if not len(values) or content is None:
        return b""
    offsets = pa.Array.from_buffers(pa.int64(), len(values) + 1, [None, places], offset=values.offset)
    first, last = offsets[0].as_py(), offsets[len(values)].as_py()
    joined: bytes = content.slice(first, last - first).to_pybytes()
    return joined


def _read_typed(values: pa.Array, column: Column, wanted: pa.DataType) -> Read:
    """Read text as the agreed type; an empty text is an absent value."""
    series = pl.Series(values).str.strip_chars()
    series = series.set(series == "", None)
    if series.null_count() == len(series):
        return Read(pa.nulls(len(series), wanted))
    match column.kind:
        case ColumnKind.INTEGER | ColumnKind.DECIMAL | ColumnKind.REAL:
            return _read_number(series, column, wanted)
        case ColumnKind.DATE:
            return _read_dates(series, wanted)
        case ColumnKind.DATETIME:
            return _read_moments(series, column, wanted)
        case ColumnKind.BOOLEAN:
            lower = series.str.to_lowercase()
            is_true, is_false = lower.is_in(_TRUE), lower.is_in(_FALSE)
            read = pl.select(pl.when(is_true).then(True).when(is_false).then(False).alias("v"))["v"]
            return _judged(read, series, "boolean-form", wanted)
        case ColumnKind.TIME:
            return _judged(series.str.to_time("%H:%M:%S%.f", strict=False), series, "time-form", wanted)
        case ColumnKind.JSON:
            return _read_json(series)
        case _:
            return Read(values.cast(pa.large_binary()))


def _judged(read: pl.Series, text: pl.Series, rule: str, wanted: pa.DataType) -> Read:
    bad = read.is_null() & text.is_not_null()
    return Read(_to_arrow(read).cast(wanted), ((rule, bad),) if bad.any() else ())


def _read_number(series: pl.Series, column: Column, wanted: pa.DataType) -> Read:
    faults: list[tuple[str, pl.Series]] = []
    digits = series.str.replace_many(list(_FULL_WIDTH[:10]), list(_HALF_WIDTH[:10]))
    if (damaged := digits.str.contains(_SPREADSHEET).fill_null(False)).any() and column.kind is not ColumnKind.REAL:
        faults.append(("spreadsheet-number", damaged))
        digits = digits.set(damaged, None)
    if column.kind is ColumnKind.REAL:
        read = digits.cast(pl.Float64, strict=False)
        return _judged(read, series, "number-form", wanted)
    malformed = ~digits.str.contains(_WHOLE if column.kind is ColumnKind.INTEGER else _NUMBER).fill_null(True)
    if malformed.any():
        faults.append(("number-form", malformed))
        digits = digits.set(malformed, None)
    if column.kind is ColumnKind.INTEGER:
        read = digits.cast(pl.Int64, strict=False)
        lost = read.is_null() & digits.is_not_null()
    else:
        scale, precision = wanted.scale, wanted.precision
        unsigned = digits.str.strip_chars_start("+-0")
        whole = unsigned.str.extract(r"^(\d*)").str.len_chars()
        # Zeros at the end say nothing that would be lost.
        parts = digits.str.extract(r"\.(\d*?)0*$").str.len_chars().fill_null(0)
        lost = ((whole > precision - scale) | (parts > scale)).fill_null(False)
        kept = digits.set(lost, None) if lost.any() else digits
        read = kept.str.replace(r"^\+", "").str.replace(rf"(\.\d{{{scale}}})\d*$", "${1}").str.to_decimal(scale=scale)
    if lost.any():
        faults.append(("number-size", lost))
    return Read(_to_arrow(read).cast(wanted), tuple(faults))


def _read_dates(series: pl.Series, wanted: pa.DataType) -> Read:
    read = pl.Series([None] * len(series), dtype=pl.Date)
    has_form = pl.Series([False] * len(series), dtype=pl.Boolean)
    for pattern, form in _DATES:
        here = series.str.contains(pattern).fill_null(False)
        if here.any():
            has_form = has_form | here
            tried = series.set(~here, None).str.to_date(form, strict=False)
            read = read.zip_with(~here, tried)
    malformed = ~has_form & series.is_not_null()
    impossible = has_form & read.is_null()
    faults = [(rule, mask) for rule, mask in (("date-form", malformed), ("date-impossible", impossible)) if mask.any()]
    return Read(_to_arrow(read).cast(wanted), tuple(faults))


def _read_moments(series: pl.Series, column: Column, wanted: pa.DataType) -> Read:
    bare = series.str.replace("T", " ").str.replace("/", "-").str.replace("/", "-")
    zoned = bare.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$").fill_null(False)
    long = bare.str.contains(r":").fill_null(False)
    full = pl.select(pl.when(long).then(bare).otherwise(bare + " 00:00:00").alias("v"))["v"]
    plain = full.set(zoned, None)
    naive = plain.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")
    if column.has_zone:
        # A wall clock's time without a zone is the country's.
        read = naive.dt.replace_time_zone("Asia/Shanghai", ambiguous="earliest", non_existent="null")
        read = read.dt.convert_time_zone("UTC")
    else:
        read = naive
    if zoned.any():
        fixed = full.set(~zoned, None).str.replace("Z$", "+0000").str.replace(r"([+-]\d{2}):(\d{2})$", "${1}${2}")
        told = fixed.str.to_datetime("%Y-%m-%d %H:%M:%S%.f%z", strict=False, time_unit="us")
        told = told.dt.convert_time_zone("UTC")
        if not column.has_zone:
            told = told.dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
        read = read.zip_with(~zoned, told)
    if not (bad := read.is_null() & series.is_not_null()).any():
        return Read(_to_arrow(read).cast(wanted))
    days = full.str.extract(r"^(\d{4}-\d{1,2}-\d{1,2}) ").str.to_date("%Y-%m-%d", strict=False)
    impossible = bad & full.str.contains(_MOMENT).fill_null(False) & days.is_null()
    faults = (("date-form", bad & ~impossible), ("date-impossible", impossible))
    return Read(_to_arrow(read).cast(wanted), tuple((rule, mask) for rule, mask in faults if mask.any()))


def _read_json(series: pl.Series) -> Read:
    written: list[str | None] = []
    bad: list[bool] = []
    for value in series.to_list():
        made = write_json(value)
        bad.append(value is not None and made is None)
        written.append(made)
    return Read(pa.array(written, pa.large_string()), (("json-form", pl.Series(bad)),) if any(bad) else ())


def write_json(value: str | None) -> str | None:
    """Return a JSON text in one form for all, None of what isn't one (or that PostgreSQL can't hold)."""
    if value is None:
        return None
    try:
        made = json.dumps(json.loads(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return None if "\\u0000" in made else made


def read_bound(text: object, column: Column) -> Any:
    """Return a bound of a rule as the plain value that :func:`to_plain` compares. Raises ValueError."""
    if text is None or text == "":
        return None
    match column.kind:
        case ColumnKind.DATE:
            return (date.fromisoformat(str(text)) - _EPOCH).days
        case ColumnKind.DATETIME:
            moment = datetime.fromisoformat(str(text))
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            return round(moment.timestamp() * 1_000_000)
        case ColumnKind.INTEGER:
            return int(str(text))
        case ColumnKind.DECIMAL:
            value = Decimal(str(text))
            if not value.is_finite():
                raise ValueError(text)
            return value
        case ColumnKind.REAL:
            return float(str(text))
        case ColumnKind.TEXT:
            return str(text)
        case _:
            raise ValueError(column.kind)


def outer_bounds(column: Column) -> tuple[int, int]:
    """Return the first and last value of a calendar that every database and program has: the years 1 to 9999."""
    first, last = (FIRST_DAY - _EPOCH).days, (LAST_DAY - _EPOCH).days
    return (first, last) if column.kind is ColumnKind.DATE else (first * _DAY, (last + 1) * _DAY - 1)


def to_plain(values: pa.Array) -> pa.Array:
    """Return the numbers behind days and moments; BC and infinity are numbers like others there."""
    if pa.types.is_date32(values.type):
        return values.view(pa.int32())
    if pa.types.is_timestamp(values.type):
        return values.view(pa.int64())
    return values


def write_all(values: pa.Array) -> list[str | None]:
    """Return values as text."""
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return list(values.to_pylist())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if each is None else each.hex() for each in values.to_pylist()]
    try:
        return [None if each is None else _write(each) for each in values.to_pylist()]
    except (OverflowError, ValueError):
        return [None if each is None else f"#{each}" for each in to_plain(values).to_pylist()]


def _write(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _to_arrow(values: pl.Series) -> pa.Array:
    return values.to_arrow(compat_level=pl.CompatLevel.oldest())
