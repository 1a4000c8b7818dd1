"""Calendars from the database: loading one, cached in the process, and importing a year's notice."""

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import ClassVar

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from zhengtong.kernel.calendar import FIRST, LAST, WorkingCalendar
from zhengtong.kernel.events import Event, publish
from zhengtong.kernel.holidays import DepartingDay, Notice, UnusableNotice, read_seed
from zhengtong.kernel.models import CalendarDay, CalendarNotice
from zhengtong.kernel.modules import Permission
from zhengtong.kernel.policy import Actor, ActorKind, require

IMPORT_CALENDAR = Permission("calendar.import_year", _("导入节假日安排"))
CHECK_EVERY_SECONDS = 1.0
# Any number that no other advisory lock of the platform uses; it makes versions grow one import at a time.
_IMPORT_LOCK = 0x63616C


@dataclass(frozen=True, slots=True)
class CalendarYearImported(Event):
    """A year's notice was imported or changed: open clocks that reach ``first_date`` or later are to be recomputed.

    Clocks computed by another process in the second before keep an older ``calendar_version``, so a receiver
    compares versions rather than moments.
    """

    code: ClassVar[str] = "calendar.year_imported"
    region: str
    year: int
    version: int
    first_date: date


Stamp = tuple[int, datetime | None]


@dataclass(frozen=True, slots=True)
class _Cached:
    stamp: Stamp
    checked_at: float
    calendar: WorkingCalendar


_shared: dict[str, _Cached] = {}


class _Own(threading.local):
    """What this thread's open transaction has imported: nobody else may see it, and a rollback takes it back."""

    has_imported: bool = False

    def __init__(self) -> None:
        self.cache: dict[str, _Cached] = {}


_own = _Own()


def _regions(region: str) -> list[str]:
    """Return ``region`` and those above it, by the levels of GB/T 2260 and GB/T 10114; the country is ""."""
    return [region[:n] for n in (0, 2, 4, 6, 9, 12) if n <= len(region)]


def get_calendar(region: str = "") -> WorkingCalendar:
    """Return the working-day calendar of a division, cached in the process.

    Whether a newer version exists is asked at most once a second with one small query, and every time inside a
    transaction that has itself imported a year.
    """
    if _own.has_imported and not connection.in_atomic_block:
        forget()
    cache = _own.cache if _own.has_imported else _shared
    cached = cache.get(region)
    now = time.monotonic()
    if cached and not _own.has_imported and now - cached.checked_at < CHECK_EVERY_SECONDS:
        return cached.calendar
    notices = CalendarNotice.objects.filter(region__in=_regions(region))
    newest = notices.aggregate(v=Max("version"), at=Max("imported_at"))
    stamp = (newest["v"] or 0, newest["at"])
    calendar = cached.calendar if cached and cached.stamp == stamp else _load(region, stamp[0])
    cache[region] = _Cached(stamp, now, calendar)
    return calendar


def forget() -> None:
    """Drop every cached calendar of this process."""
    _own.has_imported = False
    _own.cache.clear()
    _shared.clear()


def _load(region: str, version: int) -> WorkingCalendar:
    regions = _regions(region)
    rows = CalendarDay.objects.filter(notice__region__in=regions).values_list("notice__region", "date", "is_working")
    # A division's own days come after the country's and so decide.
    departures = {day: is_working for _region, day, is_working in sorted(rows, key=lambda row: len(row[0]))}
    announced = CalendarNotice.objects.filter(region="").values_list("year", flat=True)
    return _make(tuple(departures.items()), frozenset(announced), version)


@lru_cache(maxsize=8)
def _make(departures: tuple[tuple[date, bool], ...], announced: frozenset[int], version: int) -> WorkingCalendar:
    """A century of days is counted once, however often the rows are read again."""
    return WorkingCalendar(dict(departures), announced, version)


def import_year(*, actor: Actor, notice: Notice, region: str = "") -> CalendarNotice:
    """Import a year's notice, replacing what was known of it; the same notice again changes nothing.

    Publishes :class:`CalendarYearImported` when something changed. Raises :class:`UnusableNotice`, and Denied
    unless ``actor`` is the system or has :data:`IMPORT_CALENDAR`.
    """
    if actor.kind is not ActorKind.SYSTEM:
        require(actor, IMPORT_CALENDAR.code)
    _check(notice, is_national=not region)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORT_LOCK])
        row = CalendarNotice.objects.filter(region=region, year=notice.year).first()
        known = {DepartingDay(d.date, d.is_working, d.name) for d in row.days.all()} if row else set()
        wanted = set(notice.days)
        head = (notice.title, notice.number, notice.amended_by)
        if row and known == wanted and (row.title, row.number, row.amended_by) == head:
            return row
        is_new = row is None
        row = row or CalendarNotice(region=region, year=notice.year)
        row.title, row.number, row.amended_by = head
        row.version = (CalendarNotice.objects.aggregate(v=Max("version"))["v"] or 0) + 1
        row.save()
        row.days.all().delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(notice=row, date=day.date, is_working=day.is_working, name=day.name) for day in notice.days
        )
        _own.has_imported = True
        _own.cache.clear()
        _shared.clear()
        transaction.on_commit(forget)
        # A first notice also settles the days that it leaves alone, the December before included.
        first = date(notice.year - 1, 12, 1) if is_new else min((d.date for d in known ^ wanted), default=None)
        if first:
            publish(
                CalendarYearImported(
                    actor=actor, region=region, year=notice.year, version=row.version, first_date=first
                )
            )
        return row


def _check(notice: Notice, *, is_national: bool) -> None:
    if not FIRST.year < notice.year <= LAST.year:
        raise UnusableNotice(_("年份应在 %(first)s 与 %(last)s 之间。") % {"first": FIRST.year + 1, "last": LAST.year})
    if not notice.title.strip():
        raise UnusableNotice(_("请填写通知标题。"))
    seen: set[date] = set()
    for day in notice.days:
        if day.date in seen:
            raise UnusableNotice(_("%(date)s 列了两次。") % {"date": day.date})
        if day.date.year != notice.year and (day.date.year, day.date.month) != (notice.year - 1, 12):
            raise UnusableNotice(_("%(date)s 不属于 %(year)s 年的安排。") % {"date": day.date, "year": notice.year})
        # A division's day may restore what the country's notice changed.
        if is_national and day.is_working != (day.date.weekday() >= 5):
            raise UnusableNotice(_("%(date)s 与周末规则一致，不必列出。") % {"date": day.date})
        seen.add(day.date)


@transaction.atomic
def load_seed(*, actor: Actor) -> int:
    """Import the country's notices that are not there yet, and return how many.

    A year that is there is left as it is: an administrator may have imported a later change to it.
    """
    known = set(CalendarNotice.objects.filter(region="").values_list("year", flat=True))
    missing = [notice for notice in read_seed() if notice.year not in known]
    for notice in missing:
        import_year(actor=actor, notice=notice)
    return len(missing)
