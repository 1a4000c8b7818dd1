"""A quarter's scores for the screen, the spreadsheet and the paper: the formula is written with its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhengtong.capabilities.supervision.public import (
    Grade,
    Level,
    QuarterScores,
    Scored,
    ScoreFormula,
    find_announced,
    get_formula,
    list_scores,
    read_deductions,
    score_quarter,
    show_formula,
)
from zhengtong.core.identity.public import Appointment, Organisation
from zhengtong.core.papers.public import Paper, PaperKind, issue_paper
from zhengtong.kernel.policy import Actor
from zhengtong.kernel.steps import step
from zhengtong.screens.formats import cn_date
from zhengtong.screens.sheets.workbook_stream import GENERAL, TEXT, Head, stream_workbook, text_cell

WATCH: Final = "supervision.watch"
SCORES_PAPER: Final = PaperKind(
    code="supervision.quarter_scores",
    title=gettext_lazy("电子监察季度考评通报"),
    template=Path(__file__).parent / "papers" / "quarter_scores.typ",
    sample={
        "period": "2026年第四季度",
        "scope": "望江区人民政府",
        "formula": "100 - points",
        "bounds": ["90", "80", "60"],
        "offices": [["望江区市场监督管理局", "97", "优秀", "100 - 3"], ["望江区城市管理局", "82", "良好", "100 - 18"]],
        "corrections": [],
    },
    must_show=(("period", gettext_lazy("考评期")), ("offices", gettext_lazy("各机关的得分"))),
)
GRADE_TONES: Final = {
    Grade.EXCELLENT: "success",
    Grade.GOOD: "info",
    Grade.PASS: "warning",
    Grade.FAIL: "danger",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One office or person: the score, its grade, the formula with its numbers, corrections."""

    organisation: int
    holder: int | None
    name: str
    value: Decimal
    grade: str
    shown: str
    deductions: list[tuple[str, str, str, int]]
    announced: Decimal | None = None
    corrections: list[str] = field(default_factory=list)

    @property
    def grade_name(self) -> str:
        return str(Grade(self.grade).label)

    @property
    def tone(self) -> str:
        return GRADE_TONES[Grade(self.grade)]


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter within one reach: announced, or as it stands now."""

    first: date
    formula: ScoreFormula | None
    announced: QuarterScores | None
    offices: list[Line]
    people: list[Line]

    @property
    def period(self) -> str:
        return period_of(self.first)


def period_of(first: date) -> str:
    return _("%(year)d年第%(n)d季度") % {"year": first.year, "n": (first.month + 2) // 3}


def read_quarter(actor: Actor, first: date) -> Quarter:
    """Return what was announced of the quarter, or what the formula gives now. Raises ExpressionError."""
    reach = actor.reach(WATCH)
    quarter = find_announced(actor, first)
    if quarter is not None:
        return announced_quarter(quarter, reach)
    formula = get_formula(first)
    scored = score_quarter(reach, first, formula) if formula else []
    names = _names(scored)
    lines = [_line(each, formula, names) for each in scored] if formula else []
    return _quarter(first, formula, None, sorted(lines, key=lambda line: (-line.value, line.name)))


def announced_quarter(quarter: QuarterScores, reach: frozenset[int] | None = None) -> Quarter:
    """Return an announcement as it stands after its corrections, within ``reach`` where one is given."""
    lines = []
    for score in list_scores(quarter):
        if reach is not None and score.organisation_id not in reach:
            continue
        deductions = read_deductions(score)
        lines.append(
            Line(
                score.organisation_id,
                score.holder_id,
                f"{score.holder.staff.name}（{score.holder.post.title}）" if score.holder else score.organisation.name,
                score.value,
                score.grade,
                show_formula(quarter.formula.expression, score.values, deductions, score.value),
                [(each.rule, str(Level(each.level).label), _plain(each.points), each.count) for each in deductions],
                score.announced,
                [
                    _("%(day)s 撤销%(number)s的“%(rule)s”，%(before)s改为%(after)s")
                    % {
                        "day": cn_date(each.at),
                        "number": each.card.case.number,
                        "rule": each.card.rule.name if each.card.rule else "",
                        "before": _plain(each.before),
                        "after": _plain(each.after),
                    }
                    for each in score.corrections.all()
                ],
            )
        )
    return _quarter(quarter.first_day, quarter.formula, quarter, lines)


def _quarter(first: date, formula: ScoreFormula | None, announced: QuarterScores | None, lines: list[Line]) -> Quarter:
    offices = [line for line in lines if line.holder is None]
    return Quarter(first, formula, announced, offices, [line for line in lines if line.holder is not None])


def _names(scored: list[Scored]) -> dict[tuple[int, int | None], str]:
    organs = Organisation.objects.in_bulk({each.organisation for each in scored})
    people = Appointment.objects.select_related("staff", "post").in_bulk(
        {each.holder for each in scored if each.holder is not None}
    )
    return {
        (each.organisation, each.holder): organs[each.organisation].name
        if each.holder is None
        else f"{people[each.holder].staff.name}（{people[each.holder].post.title}）"
        for each in scored
    }


def _line(each: Scored, formula: ScoreFormula, names: dict[tuple[int, int | None], str]) -> Line:
    return Line(
        each.organisation,
        each.holder,
        names[each.organisation, each.holder],
        each.value,
        each.grade,
        show_formula(formula.expression, each.values, each.deductions, each.value),
        [(one.rule, str(Level(one.level).label), _plain(one.points), one.count) for one in each.deductions],
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def write_workbook(quarter: Quarter) -> Iterator[bytes]:
    """Yield the scores as xlsx: offices, people, deductions."""
    heads = [_("名称"), _("得分"), _("等次"), _("怎样得出"), pgettext("score", "更正")]
    sheets = []
    for title, lines in ((_("机关"), quarter.offices), (_("人员"), quarter.people)):
        rows = [[line.name, line.value, line.grade_name, line.shown, "；".join(line.corrections)] for line in lines]
        sheets.append((title, Head(heads, [TEXT, GENERAL, TEXT, TEXT, TEXT]), _rows(rows)))
    taken = [
        [line.name, rule, level, Decimal(points), count]
        for line in (*quarter.offices, *quarter.people)
        for rule, level, points, count in line.deductions
    ]
    columns = [_("名称"), _("规则"), _("亮牌"), _("每张扣分"), _("张数")]
    sheets.append((_("扣分明细"), Head(columns, [TEXT, TEXT, TEXT, GENERAL, GENERAL]), _rows(taken)))
    return stream_workbook(sheets)


def _rows(rows: list[list[Any]]) -> list[tuple[int, bytes]]:
    written = [f"<row>{''.join(map(_cell, row))}</row>" for row in rows]
    return [(len(written), "".join(written).encode())] if written else []


def _cell(value: object) -> str:
    return f"<c><v>{value}</v></c>" if isinstance(value, int | Decimal) else text_cell(str(value))


@step()
def issue_scores(*, actor: Actor, announced: QuarterScores) -> Paper:
    """Issue the announcement as a paper; once for each state of its corrections."""
    issuer = Organisation.objects.select_for_update().get(pk=announced.issuer_id)
    with translation.override("zh-hans"):
        quarter = announced_quarter(announced)
        corrections = sum(len(line.corrections) for line in (*quarter.offices, *quarter.people))
        number = f"{issuer.short_name}监评〔{quarter.first.year}〕{(quarter.first.month + 2) // 3}号"
        number += f"（更正{corrections}）" if corrections else ""
        known = Paper.objects.filter(kind=SCORES_PAPER.code, issuer=issuer, number=number).first()
        if known is not None:
            return known
        return issue_paper(
            actor=actor,
            kind=SCORES_PAPER.code,
            title="",
            number=number,
            issuer=issuer,
            content={
                "period": quarter.period,
                "scope": issuer.name,
                "formula": announced.formula.expression,
                "bounds": [_plain(getattr(announced.formula, name)) for name in ("excellent", "good", "passing")],
                "offices": [[line.name, _plain(line.value), line.grade_name, line.shown] for line in quarter.offices],
                "corrections": [words for line in quarter.offices for words in line.corrections],
            },
            public_facts=[("考评期", quarter.period), ("考评机关数", str(len(quarter.offices)))],
        )
