"""How letters went, by office and by category: counted over the letters that came in a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from zhengtong.capabilities.letters.domain import SATISFIED_FROM
from zhengtong.capabilities.letters.models import COUNTING, Letter


@dataclass(frozen=True, slots=True)
class LetterFigures:
    """``asked`` writers said whether they are content, by rating or when called; ``satisfied`` of them are."""

    title: str
    received: int
    answered: int
    in_time: int
    overdue: int
    reopened: int
    asked: int
    satisfied: int

    @property
    def in_time_rate(self) -> float | None:
        return round(self.in_time * 100 / self.answered, 1) if self.answered else None

    @property
    def satisfaction(self) -> float | None:
        return round(self.satisfied * 100 / self.asked, 1) if self.asked else None


_SAID = Q(score__isnull=False) | Q(is_satisfied__isnull=False)
# A rating of her own counts before what she said on the phone.
_CONTENT = Q(score__gte=SATISFIED_FROM) | Q(score__isnull=True, is_satisfied=True)


def list_figures(letters: QuerySet[Letter], since: date, until: date, by: str) -> list[LetterFigures]:
    """Return the figures of ``letters`` received from ``since`` to ``until`` (included) by ``organisation``,
    ``category`` or ``kind``, most letters first."""
    title = {"organisation": "organisation__name", "category": "category__name", "kind": "kind"}[by]
    first, end = _midnight(since), _midnight(until + timedelta(days=1))
    rows = (
        letters.filter(received_at__gte=first, received_at__lt=end)
        .order_by()
        .values(title)
        .annotate(
            received=Count("id"),
            answered=Count("id", filter=Q(answered_at__isnull=False)),
            in_time=Count("id", filter=Q(answered_at__isnull=False, is_late=False)),
            overdue=Count("id", filter=COUNTING & Q(due_at__lte=timezone.now())),
            reopened=Count("id", filter=Q(is_reopened=True)),
            asked=Count("id", filter=_SAID),
            satisfied=Count("id", filter=_CONTENT),
        )
        .order_by("-received", F(title))
    )
    return [LetterFigures(title=str(row.pop(title)), **row) for row in rows]


def add_up(figures: Iterable[LetterFigures], title: str) -> LetterFigures:
    """Return the sum of some figures."""
    found = list(figures)
    names = ("received", "answered", "in_time", "overdue", "reopened", "asked", "satisfied")
    return LetterFigures(title, *(sum(getattr(each, name) for each in found) for name in names))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
