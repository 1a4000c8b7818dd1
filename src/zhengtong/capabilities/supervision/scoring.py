"""Quarterly scores: what a formula gives for an office or a person, and how it is written with its numbers."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.cases.public import Task, TaskStatus
from zhengtong.capabilities.supervision.measures import Measure
from zhengtong.capabilities.supervision.models import Card, CardStatus, Grade, Level, ScoreFormula
from zhengtong.capabilities.supervision.sums import read_sums
from zhengtong.kernel.expressions import ExpressionError, parse
from zhengtong.kernel.modules import Text

NAMES: Final[Mapping[str, Text]] = {
    "cards.points": _("没有撤销的亮牌扣分合计"),
    "cards.red": _("红牌张数"),
    "cards.yellow": _("黄牌张数"),
    "cards.notice": _("提示张数"),
    "cases.decided": _("办结件数（人员按完成的环节任务计）"),
    "cases.on_time": _("承诺期限内办结件数"),
    "cases.late": _("超承诺期限办结件数"),
    "cases.on_time_rate": _("按期办结率，百分数；没有办结的是100"),
    "cases.received": _("收件数"),
    "cases.urged": _("被催办次数"),
    "cases.satisfaction": _("好差评平均分，满分5；没有评价的是5"),
}
Values = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Deduction:
    """Cards of one rule and worth: ``count`` of them at ``points`` each."""

    rule: str
    level: str
    points: Decimal
    count: int


@dataclass(slots=True)
class Scored:
    """A score and what it is made of; ``holder`` None: of the whole office."""

    organisation: int
    holder: int | None
    values: dict[str, dict[str, Any]]
    deductions: list[Deduction] = field(default_factory=list)
    value: Decimal = Decimal(0)
    grade: str = Grade.EXCELLENT


# Quarters


def quarter_of(day: date) -> date:
    """Return the first day of the quarter in which ``day`` lies."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_after(first: date) -> date:
    return quarter_of(first + timedelta(days=100))


def quarter_before(first: date) -> date:
    return quarter_of(first - timedelta(days=1))


def _bounds(first: date) -> tuple[datetime, datetime]:
    begin = timezone.make_aware(datetime.combine(first, time()))
    return begin, timezone.make_aware(datetime.combine(quarter_after(first), time()))


# Formulas


def get_formula(first: date) -> ScoreFormula | None:
    """Return the formula for the quarter that begins on ``first``."""
    return ScoreFormula.objects.filter(effective_from__lte=first).order_by("-effective_from", "-number").first()


def check_formula(text: str) -> None:
    """Raise ExpressionError for a formula that can't be read, asks for what isn't there, or gives no number."""
    expression = parse(text)
    unknown = sorted(expression.names - NAMES.keys())
    if unknown:
        from django.utils.translation import gettext

        raise ExpressionError(gettext("没有“%(name)s”这个名称，请从名称表里选。") % {"name": unknown[0]})
    for values in (_zero(), _values({}, Decimal(12), {"red": 2, "yellow": 3, "notice": 1})):
        Decimal(expression.evaluate(values))


def _zero() -> dict[str, dict[str, Any]]:
    return _values({}, Decimal(0), {})


def _values(happened: Mapping[str, int], points: Decimal, levels: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    on_time, late = happened.get(Measure.DECIDED_ON_TIME, 0), happened.get(Measure.DECIDED_LATE, 0)
    decided = on_time + late
    appraised = happened.get(Measure.APPRAISED, 0)
    rate = _tenth(Decimal(on_time * 100) / decided) if decided else Decimal(100)
    points_given = happened.get(Measure.APPRAISAL_POINTS, 0)
    return {
        "cards": {"points": points, **{str(level): levels.get(str(level), 0) for level in Level}},
        "cases": {
            "decided": decided,
            "on_time": on_time,
            "late": late,
            "on_time_rate": rate,
            "received": happened.get(Measure.RECEIVED, 0),
            "urged": happened.get(Measure.URGED, 0),
            "satisfaction": _tenth(Decimal(points_given) / appraised) if appraised else Decimal(5),
        },
    }


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def grade_of(value: Decimal, formula: ScoreFormula) -> str:
    for grade, least in (
        (Grade.EXCELLENT, formula.excellent),
        (Grade.GOOD, formula.good),
        (Grade.PASS, formula.passing),
    ):
        if value >= least:
            return grade
    return Grade.FAIL


def apply(scored: Scored, formula: ScoreFormula) -> Scored:
    """Give ``scored`` its value and grade. Raises ExpressionError."""
    scored.value = _tenth(Decimal(parse(formula.expression).evaluate(scored.values)))
    scored.grade = grade_of(scored.value, formula)
    return scored


# Scores


def score_quarter(organisations: Iterable[int], first: date, formula: ScoreFormula) -> list[Scored]:
    """Return the scores of the offices that did something in the quarter and of their people, offices first."""
    begin, end = _bounds(first)
    reach = frozenset(organisations)
    happened: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (organisation, _item, measure), amount in read_sums(
        reach, first, quarter_after(first) - timedelta(days=1)
    ).items():
        happened[organisation][measure] += amount
    offices: dict[int, list[Deduction]] = defaultdict(list)
    people: dict[tuple[int, int], list[Deduction]] = defaultdict(list)
    for organisation, holder, deduction in _read_deductions(reach, begin, end):
        _add(offices[organisation], deduction)
        if holder is not None:
            _add(people[organisation, holder], deduction)
    done = _read_done(reach, begin, end)
    found = [
        _scored(pk, None, happened[pk], offices[pk])
        for pk in sorted({*happened, *offices})
        if pk in offices or any(happened[pk].values())
    ]
    found += [
        _scored(organisation, holder, {Measure.DECIDED_ON_TIME: done.get((organisation, holder), 0)}, deductions)
        for (organisation, holder), deductions in sorted((people | {key: people.get(key, []) for key in done}).items())
    ]
    return [apply(each, formula) for each in found]


def _scored(
    organisation: int, holder: int | None, happened: Mapping[str, int], deductions: Sequence[Deduction]
) -> Scored:
    levels: dict[str, int] = defaultdict(int)
    for each in deductions:
        levels[each.level] += each.count
    points = sum((each.points * each.count for each in deductions), Decimal(0))
    return Scored(organisation, holder, _values(happened, points, levels), list(deductions))


def _read_deductions(reach: Iterable[int], begin: datetime, end: datetime) -> list[tuple[int, int | None, Deduction]]:
    rows = (
        Card.objects.filter(case__organisation_id__in=list(reach), at__gte=begin, at__lt=end, rule__isnull=False)
        .exclude(status=CardStatus.CANCELLED)
        .values("level", "points", "holder_id", name=F("rule__name"), organisation=F("case__organisation_id"))
        .annotate(count=Count("id"))
        .order_by("rule__name", "level")
    )
    return [
        (
            row["organisation"],
            row["holder_id"],
            Deduction(row["name"], row["level"], Decimal(row["points"]), row["count"]),
        )
        for row in rows
    ]


def _add(known: list[Deduction], more: Deduction) -> None:
    for each in known:
        if (each.rule, each.level, each.points) == (more.rule, more.level, more.points):
            each.count += more.count
            return
    known.append(Deduction(more.rule, more.level, more.points, more.count))


def _read_done(reach: Iterable[int], begin: datetime, end: datetime) -> dict[tuple[int, int], int]:
    rows = (
        Task.objects.filter(
            organisation_id__in=list(reach),
            status=TaskStatus.DONE,
            done_by__isnull=False,
            done_at__gte=begin,
            done_at__lt=end,
        )
        .values("organisation_id", "done_by_id")
        .annotate(count=Count("id"))
        .order_by()
    )
    return {(row["organisation_id"], row["done_by_id"]): row["count"] for row in rows}


# With its numbers

_SIGNS: Final = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷", ast.FloorDiv: "÷", ast.Mod: "%"}
_STRENGTH: Final = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.FloorDiv: 2, ast.Mod: 2}
_WORDS: Final = {"max": _("取大"), "min": _("取小"), "round": _("四舍五入"), "abs": _("绝对值"), "sum": _("合计")}


def show_formula(text: str, values: Values, deductions: Sequence[Deduction], value: Decimal) -> str:
    """Return the formula with its numbers: 取大(0, 100 − (2×3 + 1×1) × 100 ÷ 取大(250, 100)) = 97.2."""
    body = ast.parse(text.strip(), mode="eval").body
    return f"{_write(body, values, deductions, 0)} = {_plain(value)}"


def _write(node: ast.expr, values: Values, deductions: Sequence[Deduction], strength: int) -> str:
    if isinstance(node, ast.BinOp):
        own = _STRENGTH[type(node.op)]
        left = _write(node.left, values, deductions, own)
        right = _write(node.right, values, deductions, own + 1)
        said = f"{left} {_SIGNS[type(node.op)]} {right}"
        return f"({said})" if own < strength else said
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        name = f"{node.value.id}.{node.attr}"
        worth = [each for each in deductions if each.points]
        if name == "cards.points" and worth:
            said = " + ".join(f"{_plain(each.points)}×{each.count}" for each in worth)
            return f"({said})" if len(worth) > 1 else said
        return _plain(values.get(node.value.id, {}).get(node.attr))
    if isinstance(node, ast.Constant):
        return _plain(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        arguments = ", ".join(_write(each, values, deductions, 0) for each in node.args)
        return f"{_WORDS.get(node.func.id, node.func.id)}({arguments})"
    if isinstance(node, ast.IfExp):
        parts = [_write(each, values, deductions, 0) for each in (node.test, node.body, node.orelse)]
        return str(_("（{0} 时取 {1}，否则取 {2}）")).format(*parts)
    return ast.unparse(node)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "—" if value is None else str(value)
