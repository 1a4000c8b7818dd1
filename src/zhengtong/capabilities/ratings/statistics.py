"""How an office was rated in a time, and what became of the bad ratings."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from zhengtong.capabilities.cases.public import Appraisal, Case
from zhengtong.capabilities.letters.public import SATISFIED_FROM
from zhengtong.capabilities.ratings.permissions import VIEW
from zhengtong.kernel.policy import Actor, visible


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """``rated`` and ``points`` leave out what was found to be a mistake or malice (``dropped``)."""

    title: str
    rated: int
    points: int
    satisfied: int
    bad: int
    dropped: int
    contacted_in_time: int
    handled: int
    handled_in_time: int
    content_again: int

    @property
    def average(self) -> float | None:
        return round(self.points / self.rated, 2) if self.rated else None

    @property
    def satisfaction(self) -> float | None:
        return round(self.satisfied * 100 / self.rated, 1) if self.rated else None

    @property
    def handled_rate(self) -> float | None:
        """差评整改率: how many of the bad ratings were followed up to the end."""
        return round(self.handled * 100 / self.bad, 1) if self.bad else None


_COUNTED = ~Q(follow_up__is_adopted=False) | Q(follow_up=None)
_BAD = Q(score__lt=SATISFIED_FROM) & _COUNTED
_CLOSED = Q(follow_up__closed_at__isnull=False)
BY = {"organisation": "case__organisation__name", "item": "case__item_name"}


def list_ratings(actor: Actor) -> QuerySet[Appraisal]:
    """Return the ratings of the cases of the offices in which ``actor`` may look at ratings."""
    cases = visible(actor, VIEW, Case.objects.all())
    return Appraisal.objects.filter(case__in=cases)


def list_rating_figures(ratings: QuerySet[Appraisal], since: date, until: date, by: str) -> list[RatingFigures]:
    """Return the figures of ``ratings`` given from ``since`` to ``until`` (included), most ratings first."""
    title = BY[by]
    first, end = _midnight(since), _midnight(until + timedelta(days=1))
    rows = (
        ratings.filter(given_at__gte=first, given_at__lt=end)
        .order_by()
        .values(title)
        .annotate(
            rated=Count("id", filter=_COUNTED),
            points=Sum("score", filter=_COUNTED, default=0),
            satisfied=Count("id", filter=Q(score__gte=SATISFIED_FROM)),
            bad=Count("id", filter=_BAD),
            dropped=Count("id", filter=Q(follow_up__is_adopted=False)),
            contacted_in_time=Count("id", filter=_BAD & Q(follow_up__contacted_at__lte=F("follow_up__contact_due_at"))),
            handled=Count("id", filter=_BAD & _CLOSED),
            handled_in_time=Count("id", filter=_BAD & _CLOSED & Q(follow_up__rectified_at__lte=F("follow_up__due_at"))),
            content_again=Count("id", filter=_BAD & Q(follow_up__is_satisfied=True)),
        )
        .order_by("-rated", F(title))
    )
    return [_read(dict(row), title) for row in rows]


def _read(row: dict[str, Any], title: str) -> RatingFigures:
    return RatingFigures(title=str(row.pop(title)), **row)


def add_up_ratings(figures: Iterable[RatingFigures], title: str) -> RatingFigures:
    """Return the sum of some figures."""
    found = list(figures)
    names = [field.name for field in fields(RatingFigures) if field.name != "title"]
    return RatingFigures(title, *(sum(getattr(each, name) for each in found) for name in names))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
