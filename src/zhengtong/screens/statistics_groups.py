"""The groups of a statistic: named, in an order that says something, each with the address of the list behind it."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from zhengtong.screens.choosing import Chosen, is_tree
from zhengtong.screens.columns import find_path
from zhengtong.screens.declaration import Count
from zhengtong.screens.filters import BoundFilter, TreeFilter
from zhengtong.screens.linking import url_with
from zhengtong.screens.listing import Listing

# Gaps in time are shown as zeros, unless someone was born in the year 1.
MOST_PERIODS = 600
# Further groups of a long list are added up into one.
MOST_GROUPS = 100


@dataclass(frozen=True)
class Group:
    """One line: ``value`` rows, or the sum over them. ``further`` leads to the statistics of what is below a place."""

    title: str
    value: Any
    url: str = ""
    further: str = ""

    @property
    def shown(self) -> str:
        return write_number(self.value)


def write_number(value: Any) -> str:
    """Return 12,345 or 1,234.5: decimals only where there are any."""
    if isinstance(value, Decimal):
        value = value.normalize() if value % 1 else int(value)
    return f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"


def arrange(listing: Listing, stat: Count, pairs: list[tuple[Any, Any]]) -> list[Group]:
    """Return ``pairs`` (value, measure) as groups."""
    measured = {value: measure or 0 for value, measure in pairs}
    nothing = measured.pop(None, None)
    field = find_path(listing.screens.model, stat.by)[-1]
    related = field.related_model
    if stat.period:
        groups = _periods(listing, stat, measured)
    elif isinstance(related, type) and is_tree(related):
        groups = _places(listing, stat, related, measured)
    elif isinstance(related, type):
        groups = _rows(listing, stat, related, measured)
    else:
        groups = _values(listing, stat, field, measured)
    # Nothing lies behind a zero, or another than what is asked for now.
    groups = [each if each.value else replace(each, url="", further="") for each in groups]
    return groups + ([Group(_("未填写"), nothing)] if nothing is not None else [])


def _filter(listing: Listing, name: str, *kinds: str) -> BoundFilter | None:
    return next((bound for bound in listing.filters if bound.name == name and bound.kind in kinds), None)


def _values(listing: Listing, stat: Count, field: Any, measured: dict[Any, Any]) -> list[Group]:
    """Choices in their declared order, those without rows included; other values by their size."""
    if isinstance(field, models.BooleanField):
        choices: dict[Any, Any] = {True: _("是"), False: _("否")}
    else:
        choices = dict(field.flatchoices)
    asked = _filter(listing, stat.by, "choice", "flag")
    others = sorted((value for value in measured if value not in choices), key=lambda value: (-measured[value], value))
    groups = []
    for value in [*(value for value in choices if value not in (None, "")), *others]:
        text = str(int(value)) if isinstance(value, bool) else str(value)
        url = url_with(listing, "list", {stat.by: text}) if asked and value in choices else ""
        groups.append(Group(str(choices.get(value, value)), measured.get(value, 0), url))
    return _shorten(groups)


def _rows(listing: Listing, stat: Count, related: Any, measured: dict[Any, Any]) -> list[Group]:
    """Rows of another model, the largest first."""
    rows = related._default_manager.in_bulk(list(measured))
    asked = _filter(listing, stat.by, "choice", "row")
    groups = []
    for key in sorted(measured, key=lambda key: (-measured[key], key)):
        row = rows.get(key)
        text = Chosen(listing.screens, asked.target, listing.actor).label(row) if asked and asked.kind == "row" else key
        url = url_with(listing, "list", {stat.by: str(text)}) if asked and row is not None else ""
        groups.append(Group(str(row) if row is not None else str(key), measured[key], url))
    return _shorten(groups)


def _shorten(groups: list[Group]) -> list[Group]:
    if len(groups) <= MOST_GROUPS:
        return groups
    rest = groups[MOST_GROUPS:]
    title = _("其余 %(count)d 项") % {"count": len(rest)}
    return [*groups[:MOST_GROUPS], Group(title, sum(group.value for group in rest))]


def _places(listing: Listing, stat: Count, related: Any, measured: dict[Any, Any]) -> list[Group]:
    """Regions or organisations added up to one level: below the one that is asked for, or below what all share."""
    paths = dict(related._default_manager.filter(pk__in=list(measured)).values_list("pk", "path"))
    asked = _filter(listing, stat.by, "chooser")
    top = _top(asked, list(paths.values()))
    sums: dict[str, Any] = defaultdict(int)
    for key, path in paths.items():
        # The place itself keeps what is registered right there.
        sums[".".join(path.split(".")[: len(top) + 1])] += measured[key]
    rows = {row.path: row for row in related._default_manager.filter(path__in=list(sums))}
    groups = []
    for path in sorted(sums):
        row = rows[path]
        is_top = path == ".".join(top)
        url = further = ""
        if asked and not is_top:
            text = {stat.by: Chosen(listing.screens, asked.target, listing.actor).label(row)}
            url = url_with(listing, "list", text)
            has_below = any(other != path and other.startswith(f"{path}.") for other in paths.values())
            further = url_with(listing, "statistics", text) if has_below else ""
        groups.append(Group(_("%(name)s本级") % {"name": row} if is_top else str(row), sums[path], url, further))
    return groups


def _top(asked: BoundFilter | None, paths: list[str]) -> list[str]:
    """The path above the groups."""
    if isinstance(asked, TreeFilter) and asked.is_active:
        path: str = asked.chosen.find(asked.value).path
        return path.split(".")
    split = [path.split(".") for path in paths]
    shared = []
    for steps in zip(*split, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    # One place alone is its own group.
    return shared[:-1] if split and all(len(steps) == len(shared) for steps in split) else shared


def _periods(listing: Listing, stat: Count, measured: dict[Any, Any]) -> list[Group]:
    """Months or years without a gap, in their order."""
    by_day = {(value.date() if isinstance(value, datetime) else value): measure for value, measure in measured.items()}
    if not by_day:
        return []
    asked = _filter(listing, stat.by, "dates")
    groups = []
    for first, last in _spans(sorted(by_day), is_month=stat.period == "month"):
        title = _("%(year)d年%(month)d月") if stat.period == "month" else _("%(year)d年")
        url = ""
        if asked:
            since, until = asked.params
            url = url_with(listing, "list", {since: _later(first, asked, 0), until: _earlier(last, asked, 1)})
        groups.append(Group(title % {"year": first.year, "month": first.month}, by_day.get(first, 0), url))
    return groups


def _later(day: date, asked: BoundFilter, which: int) -> str:
    """``day``, or the later one that the address asks for already: a number counts within what is asked."""
    given = next(iter(asked.given.get(asked.params[which], [])), "") if asked.is_active else ""
    return max(day.isoformat(), given) if given else day.isoformat()


def _earlier(day: date, asked: BoundFilter, which: int) -> str:
    given = next(iter(asked.given.get(asked.params[which], [])), "") if asked.is_active else ""
    return min(day.isoformat(), given) if given else day.isoformat()


def _spans(days: list[date], *, is_month: bool) -> list[tuple[date, date]]:
    """The first and last days of all periods from the first to the last of ``days``."""
    step = 1 if is_month else 12
    first, last = (day.year * 12 + day.month - 1 for day in (days[0], days[-1]))
    numbers = range(first, last + 1, step)
    if len(numbers) > MOST_PERIODS:
        numbers = [day.year * 12 + day.month - 1 for day in days]  # type: ignore[assignment]  # both are iterated only
    spans = []
    for number in numbers:
        begin, end = divmod(number, 12), divmod(number + step - 1, 12)
        spans.append((date(begin[0], begin[1] + 1, 1), date(end[0], end[1] + 1, monthrange(end[0], end[1] + 1)[1])))
    return spans
