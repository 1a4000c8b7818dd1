"""Holiday notices as files state them, the seed of 2007–2026 among them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class DepartingDay:
    """A day against the weekend rule, and the holiday that it belongs to."""

    date: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A year's notice as a file or a form states it."""

    year: int
    title: str
    days: tuple[DepartingDay, ...]
    number: str = ""
    amended_by: str = ""


class UnusableNotice(ValueError):
    """A notice can't be imported; the sentence says why."""


def parse_notices(text: str) -> tuple[Notice, ...]:
    """Return the notices of a TOML file like ``kernel/seed/holidays.toml``. Raises :class:`UnusableNotice`."""
    try:
        return tuple(_parse_notice(row) for row in tomllib.loads(text)["notice"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnusableNotice(_("无法读取节假日文件：%(error)s") % {"error": error}) from error


def _parse_notice(row: Mapping[str, Any]) -> Notice:
    days = [
        DepartingDay(day, kind == "work", str(group["name"]))
        for group in row["days"]
        for kind in ("off", "work")
        for day in _dates(group.get(kind, ()))
    ]
    return Notice(
        year=int(row["year"]),
        title=str(row["title"]),
        number=str(row.get("number", "")),
        amended_by=str(row.get("amended_by", "")),
        days=tuple(sorted(days, key=lambda day: day.date)),
    )


def _dates(values: Iterable[object]) -> Iterable[date]:
    for value in values:
        if type(value) is not date:
            raise UnusableNotice(_("“%(value)s”不是日期。") % {"value": value})
        yield value


def read_seed() -> tuple[Notice, ...]:
    """Return the notices that come with the platform: 2007–2026."""
    return parse_notices(files("zhengtong.kernel").joinpath("seed", "holidays.toml").read_text("utf-8"))


def calendar_of(notices: Iterable[Notice], version: int = 0) -> WorkingCalendar:
    """Return the calendar that ``notices`` alone make, without a database."""
    notices = tuple(notices)
    departures = {day.date: day.is_working for notice in notices for day in notice.days}
    return WorkingCalendar(departures, (notice.year for notice in notices), version)
