"""Statistics from a declaration: how many rows, or what sum, by choice, place, month or year.

The rows are the list's own (:class:`~zhengtong.screens.listing.Listing`), and each number leads to the list of exactly
the rows that it counts. Up to ``LIVE_ROWS`` rows are counted when the page is asked for; more are counted once in
``KEPT_SECONDS``, and the page says when.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import TruncMonth, TruncYear
from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.screens.columns import find_path
from zhengtong.screens.declaration import Count, Sum
from zhengtong.screens.listing import Listing
from zhengtong.screens.statistics_groups import Group, arrange, write_number

LIVE_ROWS = 100_000
KEPT_SECONDS = 600
MONTH, YEAR = "month", "year"
Pairs = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Tally:
    """One statistic: its groups in their order, their total, and when it was counted."""

    number: int
    stat: Count
    title: str
    heading: str
    groups: list[Group]
    counted_at: datetime

    @property
    def is_sum(self) -> bool:
        return isinstance(self.stat, Sum)

    @property
    def unit(self) -> str:
        return str(self.stat.unit) if isinstance(self.stat, Sum) else ""

    @property
    def total(self) -> Decimal | int:
        total: Decimal | int = sum((group.value for group in self.groups), start=0)
        return total

    @property
    def shown_total(self) -> str:
        return write_number(self.total)

    @property
    def key(self) -> str:
        return str(self.number)

    @property
    def has_shares(self) -> bool:
        """Whether shares of the whole mean something: of counts over kinds and places, not over time."""
        return not self.is_sum and not self.stat.period and self.total > 0

    def share(self, group: Group) -> str:
        return f"{group.value / self.total:.1%}"

    @property
    def rows(self) -> list[tuple[Group, str]]:
        return [(group, self.share(group) if self.has_shares else "") for group in self.groups]


def take(listing: Listing) -> list[Tally]:
    """Return every declared statistic that the actor may see, over the rows of ``listing``."""
    found = listing.matching
    is_live = found.order_by()[: LIVE_ROWS + 1].count() <= LIVE_ROWS
    tallies = []
    for number, stat in enumerate(listing.screens.stats):
        if listing.may_ask(stat.by) and (not isinstance(stat, Sum) or listing.may_ask(stat.of)):
            pairs, counted_at = _grouped(found, stat, is_live=is_live)
            heading = str(find_path(listing.screens.model, stat.by)[0].verbose_name)
            groups = arrange(listing, stat, pairs)
            tallies.append(Tally(number, stat, str(stat.title) or _title(stat, heading), heading, groups, counted_at))
    return tallies


def group(found: QuerySet[Any], stat: Count) -> Pairs:
    """Return pairs of a value of ``stat.by`` (a month's or year's first day) and the count or sum, in no order."""
    by: Any = models.F(stat.by)
    if stat.period:
        field = find_path(found.model, stat.by)[-1]
        by = {MONTH: TruncMonth, YEAR: TruncYear}[stat.period](stat.by, output_field=field.__class__())
    measure = models.Sum(stat.of) if isinstance(stat, Sum) else models.Count("*")
    return list(found.order_by().values(grouped_by=by).annotate(measure=measure).values_list("grouped_by", "measure"))


def _title(stat: Count, heading: str) -> str:
    words = {MONTH: _("按月：%(what)s"), YEAR: _("按年：%(what)s")}.get(stat.period, _("按%(what)s"))
    return words % {"what": heading}


def _grouped(found: QuerySet[Any], stat: Count, *, is_live: bool) -> tuple[Pairs, datetime]:
    if is_live:
        return group(found, stat), timezone.now()
    try:
        key = _key(found, stat)
    except EmptyResultSet:
        return [], timezone.now()
    kept = cache.get(key)
    if kept is None:
        kept = group(found, stat), timezone.now()
        cache.set(key, kept, KEPT_SECONDS)
    pairs, counted_at = kept
    return pairs, counted_at


def _key(found: QuerySet[Any], stat: Count) -> str:
    """The statement tells rows and scope apart: two people share a count only when they may see the same rows."""
    parts: Iterable[Any] = (*found.order_by().values("pk").query.sql_with_params(), stat.by, stat.period)
    parts = (*parts, stat.of if isinstance(stat, Sum) else "")
    return f"statistics:{hashlib.sha256(repr(parts).encode()).hexdigest()}"
