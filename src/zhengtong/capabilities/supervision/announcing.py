"""A quarter's scores are announced: from then on they are frozen, and only a cancelled card corrects them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Unacceptable
from zhengtong.capabilities.supervision.models import Card, QuarterScores, Score, ScoreFormula
from zhengtong.capabilities.supervision.scoring import (
    Deduction,
    check_formula,
    get_formula,
    quarter_after,
    quarter_of,
    score_quarter,
)
from zhengtong.core.audit.public import record
from zhengtong.kernel.expressions import ExpressionError
from zhengtong.kernel.policy import Actor, Denied, require
from zhengtong.kernel.steps import step

SCORE: Final = "supervision.announce_scores"
WATCH: Final = "supervision.watch"


@step()
def announce_quarter(*, actor: Actor, first: date, is_public: bool) -> QuarterScores:
    """Announce the scores of a quarter that has ended, of all organisations that ``actor`` watches; once.

    Raises Denied and Unacceptable.
    """
    require(actor, SCORE)
    if actor.organisation is None:
        raise Denied(SCORE)
    first = quarter_of(first)
    if quarter_after(first) > timezone.localdate():
        raise Unacceptable(_("这个季度还没有结束，分数会变；季度结束以后再公布。"))
    formula = get_formula(first)
    if formula is None:
        raise Unacceptable(_("没有适用于这个季度的评分公式，请先发布公式。"))
    try:
        with transaction.atomic():
            quarter = QuarterScores.objects.create(
                issuer_id=actor.organisation,
                first_day=first,
                formula=formula,
                is_public=is_public,
                last_card=Card.objects.aggregate(last=Max("id"))["last"] or 0,
                announced_at=timezone.now(),
                announced_by_id=actor.held_appointment,
            )
    except IntegrityError:
        raise Unacceptable(_("这个季度的考评已经公布过。"), "first") from None
    try:
        scores = score_quarter(actor.reach(WATCH), first, formula)
    except ExpressionError as error:
        raise Unacceptable(_("公式算不出来：%(why)s"), why=str(error)) from None
    Score.objects.bulk_create(
        Score(
            quarter=quarter,
            organisation_id=each.organisation,
            holder_id=each.holder,
            values=_as_json(each.values),
            deductions=[_write_deduction(deduction) for deduction in each.deductions],
            announced=each.value,
            value=each.value,
            grade=each.grade,
        )
        for each in scores
    )
    record(
        actor,
        "supervision.announce_scores",
        quarter,
        after={"quarter": first.isoformat(), "formula": formula.number, "scores": len(scores), "is_public": is_public},
    )
    return quarter


def _as_json(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        section: {name: str(value) if isinstance(value, Decimal) else value for name, value in known.items()}
        for section, known in values.items()
    }


def _write_deduction(each: Deduction) -> dict[str, Any]:
    return {"rule": each.rule, "level": each.level, "points": str(each.points), "count": each.count}


@step()
def publish_formula(
    *,
    actor: Actor,
    based_on: int,
    expression: str,
    excellent: Decimal,
    good: Decimal,
    passing: Decimal,
    effective_from: date,
    reason: str,
) -> ScoreFormula:
    """Publish the next formula, for quarters that begin on ``effective_from`` or later; announced ones keep theirs.

    Raises Denied and Unacceptable.
    """
    require(actor, SCORE)
    try:
        check_formula(expression)
    except (ExpressionError, ArithmeticError, TypeError, ValueError) as error:
        raise Unacceptable(_("公式不能用：%(why)s"), "expression", why=str(error)) from None
    if not excellent > good > passing > 0:
        raise Unacceptable(_("优秀、良好、合格的分数线应当依次降低，并且大于零。"), "excellent")
    newest = ScoreFormula.objects.select_for_update().order_by("-number").first()
    if (newest.number if newest else 0) != based_on:
        raise Unacceptable(_("公式刚刚发布了新的版本，请打开最新版本再修改。"), "expression")
    if QuarterScores.objects.filter(first_day__gte=effective_from).exists():
        raise Unacceptable(_("生效日期之后的季度已经公布，请从以后的季度起适用。"), "effective_from")
    formula = ScoreFormula.objects.create(
        number=based_on + 1,
        expression=expression.strip(),
        excellent=excellent,
        good=good,
        passing=passing,
        effective_from=effective_from,
        reason=reason.strip()[:300],
        published_by_id=actor.held_appointment,
    )
    record(actor, "supervision.publish_formula", formula, after={"number": formula.number, "text": formula.expression})
    return formula


def list_quarters(actor: Actor) -> QuerySet[QuarterScores]:
    """Return the announcements whose issuer ``actor`` works in or watches, the newest first."""
    reach = {*actor.reach(WATCH), *([actor.organisation] if actor.organisation else [])}
    return QuarterScores.objects.filter(issuer_id__in=reach).select_related("issuer", "formula").order_by("-first_day")


def find_announced(actor: Actor, first: date) -> QuarterScores | None:
    """Return the announcement of a quarter that ``actor``'s organisation made, or one above it that reached it."""
    made = QuarterScores.objects.filter(first_day=first).select_related("issuer", "formula", "announced_by__staff")
    own = made.filter(issuer_id=actor.organisation).first()
    return own or made.filter(scores__organisation_id__in=list(actor.reach(WATCH))).distinct().first()


def list_public_quarters() -> QuerySet[QuarterScores]:
    return QuarterScores.objects.filter(is_public=True).select_related("issuer", "formula").order_by("-first_day")


def list_scores(quarter: QuarterScores) -> QuerySet[Score]:
    """Return the scores of an announcement, offices first, each with its corrections."""
    return (
        quarter.scores.select_related("organisation__region", "holder__staff", "holder__post")
        .prefetch_related("corrections__card__rule", "corrections__card__case")
        .order_by("holder_id", "-value", "id")
    )


def read_deductions(score: Score) -> list[Deduction]:
    return [Deduction(each["rule"], each["level"], Decimal(each["points"]), each["count"]) for each in score.deductions]
