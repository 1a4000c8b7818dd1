"""What the text of a cell means: one rule a type. Text comes first; a type is never guessed from how a cell looks.

Every rule takes a stripped, non-empty text and returns a value or raises :class:`CellRefused` with a stable code.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from zhengtong.screens.sheets.problems import CellRefused

Cast = Callable[[str], object]

_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
# Full-width digits, letters and the signs that numbers and dates are written with; Chinese punctuation stays.
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NARROW |= {ord("．"): ".", ord("－"): "-", ord("／"): "/", ord("："): ":", ord("，"): ",", ord("＋"): "+"}
_CITIZEN_X = re.compile(r"\d{17}x", re.ASCII)
# From 16 digits on a spreadsheet keeps only fifteen of them.
_SCIENTIFIC = re.compile(r"[+-]?[1-9](\.\d+)?[Ee]\+?(1[1-9]|[2-9]\d|[1-9]\d\d)", re.ASCII)
_CELL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?|[+-]?\.\d+", re.ASCII)
_DATE = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*(日?)", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.0+)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?", re.ASCII)
_MIDNIGHT = re.compile(r"[\sT]+0?0:00(:00(\.0+)?)?")
# Day 60 of a spreadsheet is 29 February 1900, which never was; from day 61 on this epoch holds.
_EPOCH = date(1899, 12, 30)
_YEARS = range(1800, 2201)
YES = frozenset(("是", "有", "true", "yes", "y", "1", "√", "✓"))
NO = frozenset(("否", "无", "没有", "false", "no", "n", "0", "×"))


def strip(text: str) -> str:
    """Return ``text`` without blanks at its ends, ideographic and zero-width ones included."""
    return text.strip(_BLANKS)


def narrow(text: str) -> str:
    """Return a code, number or date with full-width digits and letters made half-width and its check sign ``X``."""
    if not text.isascii():
        text = text.translate(_NARROW)
    return text.upper() if len(text) == 18 and _CITIZEN_X.fullmatch(text) else text


def check_text(text: str) -> None:
    """Refuse what no column holds: error values, numbers that lost their digits, invisible control characters."""
    if "\x00" in text:
        raise CellRefused("nul")
    if text.startswith("#") and _CELL_ERROR.fullmatch(text):
        raise CellRefused("cell_error")
    if "+" in text and _SCIENTIFIC.fullmatch(text):
        raise CellRefused("scientific")
    if not text.isprintable() and _CONTROL.search(text):
        raise CellRefused("control_character")


def text_of(limit: int | None) -> Cast:
    """Text of at most ``limit`` characters."""

    def cast(text: str) -> str:
        if limit is not None and len(text) > limit:
            raise CellRefused("too_long", {"length": len(text), "limit": limit})
        return text

    return cast


def _number(text: str) -> str:
    plain = narrow(text)
    if _SCIENTIFIC.fullmatch(plain):
        raise CellRefused("scientific")
    if not _NUMBER.fullmatch(plain):
        raise CellRefused("not_a_number")
    return plain.replace(",", "")


def whole_number(least: int, most: int) -> Cast:
    """A whole number within the range of its column; ``1,234`` and ``86.0`` are read."""

    def cast(text: str) -> int:
        whole, _dot, fraction = _number(text).partition(".")
        if fraction.strip("0"):
            raise CellRefused("not_whole")
        if len(whole) > 20 or not least <= int(whole or "0") <= most:
            raise CellRefused("too_large_number")
        return int(whole)

    return cast


def decimal_number(digits: int, places: int) -> Cast:
    """A decimal number of at most ``digits`` digits, ``places`` of them after the point; never rounded."""

    def cast(text: str) -> Decimal:
        whole, _dot, fraction = _number(text).partition(".")
        fraction = fraction.rstrip("0")
        if len(fraction) > places:
            raise CellRefused("too_precise", {"places": places})
        if len(whole.lstrip("+-").lstrip("0")) > digits - places:
            raise CellRefused("too_large_number")
        return Decimal(f"{whole or '0'}.{fraction.ljust(places, '0')}" if places else whole)

    return cast


def real_number(text: str) -> float:
    """A number whose precision isn't promised."""
    return float(_number(text))


def a_date(text: str) -> date:
    """A day: 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, or a spreadsheet's serial number of five digits.

    Day and month without the year first can't be told apart and are refused, as is a year of two digits.
    """
    plain = narrow(text)
    if found := _MIDNIGHT.search(plain):
        plain = plain[: found.start()]
    if len(plain) == 10 and plain[4] == "-" == plain[7]:
        try:
            return _within(date.fromisoformat(plain))
        except ValueError:
            pass  # the general way says why
    if match := _DATE.fullmatch(plain):
        year, first, month, second, day, last = match.groups()
        if (first, second) not in {("-", "-"), ("/", "/"), (".", "."), ("年", "月")} or (last and first != "年"):
            raise CellRefused("not_a_date")
        return _day(int(year), int(month), int(day))
    if match := _COMPACT_DATE.fullmatch(plain):
        return _day(*(int(part) for part in match.groups()))
    if _SERIAL.fullmatch(plain):
        return _EPOCH + timedelta(days=int(plain[:5]))
    raise CellRefused("not_a_date")


def _day(year: int, month: int, day: int) -> date:
    try:
        return _within(date(year, month, day))
    except ValueError:
        raise CellRefused("impossible_date") from None


def _within(day: date) -> date:
    if day.year not in _YEARS:
        raise CellRefused("impossible_date")
    return day


def a_moment(text: str) -> datetime:
    """A moment in local time: a day as above, then ``14:30`` or ``14:30:00``; a day alone is its beginning."""
    plain = narrow(text)
    day, _space, clock = plain.replace("T", " ").partition(" ")
    when = a_date(day)
    if not (clock := clock.strip()):
        return timezone.make_aware(datetime(when.year, when.month, when.day))
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise CellRefused("not_a_moment")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    fraction = int((match[4] or "").ljust(6, "0"))
    if hour > 23 or minute > 59 or second > 59:
        raise CellRefused("not_a_moment")
    return timezone.make_aware(datetime(when.year, when.month, when.day, hour, minute, second, fraction))


def yes_or_no(text: str) -> bool:
    """是 or 否, and what spreadsheets write for them."""
    word = narrow(text).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellRefused("not_yes_or_no")


def one_of(words: Mapping[str, object], shown: str) -> Cast:
    """A word of a dictionary or its code; ``shown`` names the words for whoever typed another one."""

    def cast(text: str) -> object:
        try:
            return words[text]
        except KeyError:
            pass
        plain = unicodedata.normalize("NFKC", text)
        if plain not in words:
            raise CellRefused("unknown_word", {"words": shown})
        return words[plain]

    return cast


# Text that a spreadsheet would run when it opens a csv (OWASP: CSV injection), full-width signs included.
_FORMULA_START = r"[=+\-@\t\r＝＋－＠]"
_RISKY = re.compile(rf"'*{_FORMULA_START}")
_QUOTED = re.compile(rf"'+{_FORMULA_START}")


def neutralise(text: str) -> str:
    """Return ``text`` for a csv cell: an apostrophe goes before what would be run. :func:`restore` takes it away."""
    return f"'{text}" if _RISKY.match(text) else text


def restore(text: str) -> str:
    """Return what :func:`neutralise` was given."""
    return text[1:] if _QUOTED.match(text) else text
