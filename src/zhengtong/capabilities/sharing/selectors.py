"""Reading months: targets in force, the ranking of departments, one department's year."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from zhengtong.capabilities.sharing.counting import month_before
from zhengtong.capabilities.sharing.domain import Counts, Measure, Target, add_up, is_met, read_measure, score
from zhengtong.capabilities.sharing.models import MeasureWords, MonthFigure, SharingTarget
from zhengtong.core.identity.public import Organisation


def list_targets(day: date) -> list[Target]:
    """Return the targets in force on ``day``, in the order of the measures."""
    held = SharingTarget.objects.filter(effective_from__lte=day).filter(Q(effective_to=None) | Q(effective_to__gte=day))
    newest = {row.measure: row for row in held.order_by("effective_from")}
    return [
        Target(measure, newest[measure.value].percent, newest[measure.value].weight)
        for measure in Measure
        if measure.value in newest
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """One measure of one department: its value in percent, None with nothing to measure, and whether it is enough."""

    measure: Measure
    value: Decimal | None
    percent: Decimal
    is_met: bool | None

    @property
    def title(self) -> str:
        return str(MeasureWords(self.measure.value).label)

    @property
    def shown(self) -> str:
        return "—" if self.value is None else f"{self.value}%"

    @property
    def number(self) -> str:
        return "—" if self.value is None else str(self.value)

    @property
    def unit(self) -> str:
        return "" if self.value is None else "%"

    @property
    def tone(self) -> str:
        return {None: "neutral", True: "success", False: "danger"}[self.is_met]


@dataclass(frozen=True, slots=True)
class Line:
    """A department in the ranking of a month. ``rank`` is None for who has nothing to be measured by."""

    organisation: Organisation
    counts: Counts
    reached: tuple[Reached, ...]
    score: Decimal | None
    before: Decimal | None
    rank: int | None = None

    @property
    def change(self) -> str:
        if self.score is None or self.before is None:
            return "—"
        difference = self.score - self.before
        return f"+{difference}" if difference > 0 else str(difference)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of all departments: the ranking, best first, and the whole."""

    month: date
    lines: tuple[Line, ...]
    total: Counts
    reached: tuple[Reached, ...]
    is_frozen: bool
    counted_at: object


def _reach(targets: list[Target], counts: Counts) -> tuple[Reached, ...]:
    return tuple(
        Reached(each.measure, read_measure(each.measure, counts), each.percent, is_met(each, counts))
        for each in targets
    )


def read_month(month: date, organisations: frozenset[int] | None = None) -> Month:
    """Return a month, ranked; of ``organisations`` only when they are given. Equal scores have equal ranks."""
    targets = list_targets(month)
    figures = MonthFigure.objects.select_related("organisation")
    now, before = figures.filter(month=month), figures.filter(month=month_before(month))
    if organisations is not None:
        now, before = now.filter(organisation_id__in=organisations), before.filter(organisation_id__in=organisations)
    rows = list(now)
    earlier = {row.organisation_id: score(targets, row.read) for row in before}
    lines = [
        Line(
            row.organisation,
            row.read,
            _reach(targets, row.read),
            score(targets, row.read),
            earlier.get(row.organisation_id),
        )
        for row in rows
    ]
    lines.sort(key=lambda line: (line.score is None, -(line.score or 0), line.organisation.pk))
    total = add_up(line.counts for line in lines)
    return Month(
        month,
        tuple(_ranked(lines)),
        total,
        _reach(targets, total),
        bool(rows) and all(row.is_frozen for row in rows),
        max((row.counted_at for row in rows), default=None),
    )


def _ranked(lines: list[Line]) -> list[Line]:
    ranked: list[Line] = []
    for place, line in enumerate(lines, start=1):
        same = ranked[-1].rank if ranked and ranked[-1].score == line.score else place
        rank = None if line.score is None else same
        ranked.append(Line(line.organisation, line.counts, line.reached, line.score, line.before, rank))
    return ranked


def list_months(count: int = 12) -> list[date]:
    """Return the months that were counted, the newest first."""
    return list(MonthFigure.objects.order_by("-month").values_list("month", flat=True).distinct()[:count])


def read_year(organisation_id: int | None, months: int = 12) -> list[tuple[date, Counts]]:
    """Return the last months of a department, or of all together, the oldest first."""
    shown = list_months(months)
    rows = MonthFigure.objects.filter(month__in=shown)
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    counts: dict[date, Counts] = {}
    for row in rows:
        counts[row.month] = counts.get(row.month, Counts()) + row.read
    return sorted(counts.items())
