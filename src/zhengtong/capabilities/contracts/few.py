"""A contract's rules and masks over the few rows of one call, where a column of its own for each costs more than all.

Nothing is decided here that ``rules`` and ``masks`` would decide otherwise: whatever isn't in a plain form, and every
contract with a rule that isn't known here, is theirs. Their answers and these are compared by a property.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

import polars as pl

from zhengtong.capabilities.catalogue.public import MaskKind
from zhengtong.capabilities.contracts import check_digits, reading
from zhengtong.capabilities.contracts.domain import ContractContent, ContractField
from zhengtong.capabilities.contracts.masks import ADDRESS, COVERED, DOUBLE_NAMES, STARS, secret_of
from zhengtong.capabilities.sources.public import Column, ColumnKind, arrow_type

MOST_ROWS: Final = 50
Row = dict[str, Any]

# What Unicode calls white space; Python's own strip() takes four control characters more.
_SPACE: Final = r"[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_LEADING: Final = re.compile(rf"\A{_SPACE}+")
_ADDRESS: Final = re.compile(ADDRESS)
_YEAR: Final = re.compile(rf"{_SPACE}*([0-9]{{4}})")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-5][0-9](?:\.[0-9]{1,6})?)"
    r"(Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?"
)
_COUNTRY: Final = timezone(timedelta(hours=8))
# Before, the country's clocks were put forward in summer.
_FIRST_PLAIN_YEAR: Final = 1992
_EXACT: Final = Context(prec=90)
_MOST_REAL: Final = Decimal(10) ** 300
_EPOCH: Final = datetime(1970, 1, 1)
_FIRST_ORDINAL: Final = date(1970, 1, 1).toordinal()
_KINDS: Final = frozenset(ColumnKind) - {ColumnKind.TIME, ColumnKind.BINARY, ColumnKind.JSON}


class Unplain(Exception):
    """A value whose reading is left to the whole columns' rules."""


@dataclass(frozen=True, slots=True)
class _Agreed:
    """One agreed column, compiled: a value is read, judged, and covered. ``pattern`` is judged with the others."""

    name: str
    source: str
    read: Callable[[Any], Any]
    is_bad: Callable[[Any], bool]
    pattern: str
    mask: Callable[[Any], Any] | None


class FewRows:
    """The rules and masks of a contract for up to ``MOST_ROWS`` rows of JSON (numbers with a point as Decimal)."""

    def __init__(self, content: ContractContent) -> None:
        secret = secret_of(content.number)
        self._agreed = tuple(_compile(each, content.key, secret) for each in content.fields)

    @staticmethod
    def fits(content: ContractContent) -> bool:
        """Say whether every column of a contract is known here."""
        sources = [each.source for each in content.fields]
        return len(set(sources)) == len(sources) and all(_fits(each) for each in content.fields)

    def shape(self, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Row], int]:
        """Return what of ``rows`` may go on, by its agreed names and covered, and how many stay behind.

        Raises Unplain.
        """
        bad: set[int] = set()
        columns: list[tuple[_Agreed, list[Any]]] = []
        for agreed in self._agreed:
            values = [agreed.read(row.get(agreed.source)) for row in rows]
            bad.update(place for place, value in enumerate(values) if agreed.is_bad(value))
            if agreed.pattern:
                fits = pl.Series(values, dtype=pl.String).str.contains(agreed.pattern).to_list()
                bad.update(place for place, fit in enumerate(fits) if fit is False)
            columns.append((agreed, values))
        return [
            {
                agreed.name: values[place] if agreed.mask is None else agreed.mask(values[place])
                for agreed, values in columns
            }
            for place in range(len(rows))
            if place not in bad
        ], len(bad)


def _fits(agreed: ContractField) -> bool:
    rule, kind = agreed.rule or {}, agreed.column.kind
    return kind in _KINDS and not (rule.get("one_of") and kind not in (ColumnKind.TEXT, ColumnKind.INTEGER))


def _compile(agreed: ContractField, key: Sequence[str], secret: bytes) -> _Agreed:
    column, rule = agreed.column, agreed.rule or {}
    pattern = rule.get("pattern")
    return _Agreed(
        column.name,
        agreed.source,
        _reader(column, bool(rule.get("check"))),
        _judge(column, rule, not column.is_nullable or column.name in key),
        f"^(?:{pattern})$" if pattern else "",
        _mask(MaskKind(agreed.mask), column, secret),
    )


# Reading -----------------------------------------------------------------------------------------------------


def _reader(column: Column, is_number: bool) -> Callable[[Any], Any]:
    match column.kind:
        case ColumnKind.TEXT:
            return _read_number_text if is_number else _read_text
        case ColumnKind.INTEGER:
            return _read_whole
        case ColumnKind.DECIMAL:
            return _decimal_reader(column)
        case ColumnKind.REAL:
            return _read_real
        case ColumnKind.BOOLEAN:
            return _read_boolean
        case ColumnKind.DATE:
            return _read_date
        case ColumnKind.DATETIME:
            return _read_zoned if column.has_zone else _read_unzoned
    raise ValueError(column.kind)


def _read_text(value: Any) -> str | None:
    kind = type(value)
    if kind is str:
        if "E+" in value or "e+" in value:
            raise Unplain
        return str(value)
    if value is None:
        return None
    if kind is int:
        return str(value)
    raise Unplain


def _read_number_text(value: Any) -> str | None:
    text = _read_text(value)
    # An identifying number in another form is mended, and that is noted, with the others of its column.
    if text is not None and (not text.isascii() or "x" in text):
        raise Unplain
    return text


def _read_whole(value: Any) -> int | None:
    if type(value) is int:
        if -(2**63) <= value < 2**63:
            return value
        raise Unplain
    if value is None or value == "":
        return None
    if type(value) is str and _WHOLE.fullmatch(value):
        return int(value)
    raise Unplain


def _decimal_reader(column: Column) -> Callable[[Any], Any]:
    wanted = arrow_type(column)
    step, most = Decimal(1).scaleb(-wanted.scale), Decimal(1).scaleb(wanted.precision - wanted.scale)

    def read(value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if type(value) is str:
            if not _NUMBER.fullmatch(value):
                raise Unplain
        elif type(value) is Decimal:
            if not value.is_finite() or "E" in str(value):
                raise Unplain
        elif type(value) is not int:
            raise Unplain
        exact = Decimal(value)
        try:
            found = exact.quantize(step, context=_EXACT)
        except InvalidOperation:
            raise Unplain from None
        if found != exact or abs(found) >= most:
            raise Unplain
        return found or abs(found)

    return read


def _read_real(value: Any) -> float | None:
    if value is None or value == "":
        return None
    if type(value) is str:
        if not _NUMBER.fullmatch(value):
            raise Unplain
    elif type(value) not in (int, Decimal) or abs(value) > _MOST_REAL:
        raise Unplain
    return float(value)


def _read_boolean(value: Any) -> bool | None:
    if value is None or value == "":
        return None
    if type(value) is bool:
        return value
    if type(value) is str and value in ("true", "false"):
        return value == "true"
    raise Unplain


def _read_date(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if type(value) is not str or not _DATE.fullmatch(value):
        raise Unplain
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unplain from None


def _read_zoned(value: Any) -> datetime | None:
    found = _read_moment(value)
    return None if found is None else found.astimezone(UTC)


def _read_unzoned(value: Any) -> datetime | None:
    found = _read_moment(value)
    return None if found is None else found.astimezone(_COUNTRY).replace(tzinfo=None)


def _read_moment(value: Any) -> datetime | None:
    """A wall clock's time without a zone is the country's."""
    if value is None or value == "":
        return None
    found = _MOMENT.fullmatch(value) if type(value) is str else None
    if found is None:
        raise Unplain
    day, clock, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{zone or '+08:00'}")
    except ValueError:
        raise Unplain from None
    if not _FIRST_PLAIN_YEAR <= moment.year <= 9998:
        raise Unplain
    return moment


# Judging -----------------------------------------------------------------------------------------------------


def _judge(column: Column, rule: Mapping[str, Any], is_required: bool) -> Callable[[Any], bool]:
    """Return what says whether a value that was read breaks a rule; a pattern is another matter."""
    is_text = column.kind is ColumnKind.TEXT
    length = column.length if is_text else None
    check = rule.get("check")
    allowed = frozenset(str(each) for each in rule["one_of"]) if rule.get("one_of") else None
    least, most = (reading.read_bound(rule.get(each), column) for each in ("least", "most"))
    is_bounded = least is not None or most is not None

    def is_bad(value: Any) -> bool:
        if value is None:
            return is_required
        if is_text:
            if (is_required and not value) or "\0" in value or (length is not None and len(value) > length):
                return True
            if check and not check_digits.is_good(value, check):
                return True
        if allowed is not None and str(value) not in allowed:
            return True
        if is_bounded:
            plain = _plain(value)
            return (least is not None and plain < least) or (most is not None and plain > most)
        return False

    return is_bad


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1)
    return value.toordinal() - _FIRST_ORDINAL if isinstance(value, date) else value


# Covering ----------------------------------------------------------------------------------------------------


def _mask(kind: MaskKind, column: Column, secret: bytes) -> Callable[[Any], Any] | None:
    match kind:
        case MaskKind.NONE:
            return None
        case MaskKind.HIDDEN:
            return lambda value: None
        case MaskKind.DIGEST:
            return lambda value: None if value is None else hmac.digest(secret, value.encode(), "sm3").hex()
        case MaskKind.DATE_TO_YEAR:
            return _cut_to_year
    covers = {MaskKind.NAME: _cover_name, MaskKind.ADDRESS: _cover_address}
    cover, length = covers.get(kind, _cover_middle), column.length
    return lambda value: cover(value)[:length] if value else value


def _cover_name(value: str) -> str:
    name = _LEADING.sub("", value)
    return f"{name[: 2 if len(name) > 2 and name[:2] in DOUBLE_NAMES else 1]}**"


def _cover_address(value: str) -> str:
    found = _ADDRESS.match(value)
    return f"{found[1] if found else ''}{COVERED}"


def _cover_middle(value: str) -> str:
    covered = len(value) - 7
    return f"{value[:3]}{STARS[:covered]}{value[-4:]}" if covered >= 3 else STARS[: len(value)]


def _cut_to_year(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    if isinstance(value, date):
        return value.replace(month=1, day=1)
    if value is None:
        return None
    if not value.isascii():
        raise Unplain
    found = _YEAR.match(value)
    return found[1] if found else None
