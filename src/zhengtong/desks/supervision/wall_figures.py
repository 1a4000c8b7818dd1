"""What the wall shows: all of it from tallies, in a handful of statements whose cost doesn't grow with the cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from zhengtong.capabilities.cases.public import CaseKind, ServiceItem
from zhengtong.capabilities.supervision.public import (
    Card,
    CardStatus,
    Gauge,
    Measure,
    Urging,
    read_days,
    read_hours,
    read_standing,
    read_sums,
)
from zhengtong.core.identity.public import Organisation, Region
from zhengtong.desks.supervision.figures import Figures, add_up, total_of
from zhengtong.kernel.calendars import get_calendar
from zhengtong.kernel.reach import reached

MOST_LINES = 8
WORK_BEGINS, WORK_ENDS = 8, 18
# What is shown of more than today: the fewer measures, the fewer rows.
_OF_MONTH = (
    Measure.RECEIVED,
    Measure.DECIDED_ON_TIME,
    Measure.DECIDED_LATE,
    Measure.WORKING_DAYS,
    Measure.APPRAISED,
    Measure.APPRAISAL_POINTS,
)
_ENDINGS = (Measure.DELIVERED, Measure.WITHDRAWN, Measure.TURNED_AWAY)


@dataclass(frozen=True, slots=True)
class Line:
    """An organ, item or county: what runs there, how much of it is late or warned, what came in and went out today."""

    key: str
    name: str
    figures: Figures

    @property
    def calm(self) -> int:
        """What runs and isn't warned."""
        return max(self.figures.running - self.figures.yellow - self.figures.red, 0)


@dataclass(frozen=True, slots=True)
class Hour:
    hour: int
    received: int
    decided: int


@dataclass(frozen=True, slots=True)
class Wall:
    """``now`` is the moment of all figures. ``before`` is the last working day before today, as a whole."""

    now: datetime
    today: Figures
    month: Figures
    before_day: date
    before: Figures
    bundles: int
    unanswered: int
    to_review: int
    hours: list[Hour]
    offices: list[Line]
    items: list[Line]
    counties: list[Line]

    @property
    def net(self) -> int:
        """By how many the running cases grew since midnight."""
        return self.today.received - sum(self.today.count(each) for each in _ENDINGS)


def read_wall(organisations: Iterable[int], now: datetime | None = None) -> Wall:
    """Return the figures of ``organisations``; bundles count apart, since their parts are counted."""
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    month = today.replace(day=1)
    before = _working_day_before(today)
    known = list(ServiceItem.objects.values_list("pk", "code", "name", "kind"))
    items = [pk for pk, _code, _name, kind in known if kind == CaseKind.LICENCE]
    stands = read_standing(organisations, with_bundles=True)
    ours = frozenset(items)
    licences = {key: amount for key, amount in stands.items() if key[1] in ours}
    happened = read_sums(organisations, today, today, items=items or [0])
    days = read_days(organisations, min(month, before), today, _OF_MONTH, items=items or [0])
    places = _places({organisation for organisation, _item, _measure in (*licences, *happened)})
    counties = dict(
        Region.objects.filter(code__in={county for _name, county in places.values()}).values_list("code", "name")
    )
    offices = add_up(happened, licences, lambda organisation, _item: organisation)
    by_item = add_up(happened, licences, lambda _organisation, item: item)
    by_county = add_up(happened, licences, lambda organisation, _item: places.get(organisation, ("", ""))[1])
    titles = {pk: (code, name) for pk, code, name, _kind in known}
    return Wall(
        now=moment,
        today=total_of(happened, licences),
        month=Figures(_between(days, month, today), {}),
        before_day=before,
        before=Figures(_between(days, before, before), {}),
        bundles=sum(
            amount for (_o, item, gauge), amount in stands.items() if gauge == Gauge.RUNNING and item not in ours
        ),
        unanswered=_count_unanswered(organisations),
        to_review=_count_to_review(organisations),
        hours=_list_hours(organisations, today, items, timezone.localtime(moment).hour),
        offices=_lines((str(pk), places[pk][0], found) for pk, found in offices.items() if pk in places),
        items=_lines((*titles[pk], found) for pk, found in by_item.items() if pk in titles),
        counties=_lines((code, counties[code], found) for code, found in by_county.items() if code in counties),
    )


def _working_day_before(day: date) -> date:
    calendar = get_calendar()
    before = day - timedelta(days=1)
    while not calendar.is_working(before):
        before -= timedelta(days=1)
    return before


def _between(days: dict[tuple[date, str], int], first: date, last: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for (day, measure), amount in days.items():
        if first <= day <= last:
            found[measure] = found.get(measure, 0) + amount
    return found


def _places(organisations: set[int]) -> dict[int, tuple[str, str]]:
    """Return name and county of each; what isn't in a county belongs to the city itself."""
    rows = Organisation.objects.filter(reached("id", organisations))
    return {pk: (name, code[:6]) for pk, name, code in rows.values_list("pk", "short_name", "region__code")}


def _lines(found: Iterable[tuple[str, str, Figures]]) -> list[Line]:
    """Return the worst first: late, then warned, then running."""
    lines = [Line(*each) for each in found if not each[2].is_empty]
    lines.sort(key=lambda line: (-line.figures.red, -line.figures.yellow, -line.figures.running, line.key))
    return lines[:MOST_LINES]


def _list_hours(organisations: Iterable[int], today: date, items: list[int], this: int) -> list[Hour]:
    """Return every hour from the beginning of work until now, and those outside of work in which something was."""
    sums = read_hours(organisations, today, items=items or [0])
    seen = [hour for hour, _measure in sums]
    first, last = min([*seen, WORK_BEGINS]), max([*seen, this, WORK_ENDS])
    return [
        Hour(
            hour,
            sums.get((hour, Measure.RECEIVED), 0),
            sums.get((hour, Measure.GRANTED), 0) + sums.get((hour, Measure.REFUSED), 0),
        )
        for hour in range(first, last + 1)
    ]


def _count_to_review(organisations: Iterable[int]) -> int:
    """How many explanations and appeals of cards wait for supervision: few, found by their status."""
    waiting = Card.objects.filter(status__in=(CardStatus.EXPLAINED, CardStatus.APPEALED))
    return waiting.filter(reached("case__organisation_id", organisations)).count()


def _count_unanswered(organisations: Iterable[int]) -> int:
    found = Urging.objects.filter(reached("organisation_id", organisations), answered_at=None)
    return found.aggregate(count=Count("pk"))["count"] or 0
