"""更正: a card that is cancelled after its quarter was announced no longer counts in the scores that it was part of."""

from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from zhengtong.capabilities.supervision.models import Card, Score, ScoreCorrection
from zhengtong.capabilities.supervision.scoring import Deduction, Scored, apply, quarter_of
from zhengtong.core.audit.public import record
from zhengtong.kernel.policy import SYSTEM


def correct_scores(card: Card) -> None:
    """Take the cancelled ``card`` out of the announced scores of its office and its holder; each once."""
    first = quarter_of(timezone.localdate(card.at))
    concerned = Q(holder=None) | Q(holder_id=card.holder_id) if card.holder_id else Q(holder=None)
    scores = (
        Score.objects.select_for_update(of=("self",))
        .filter(
            concerned,
            quarter__first_day=first,
            quarter__last_card__gte=card.pk,
            organisation_id=card.case.organisation_id,
        )
        .select_related("quarter__formula")
        .order_by("id")
    )
    for score in scores:
        _correct(score, card)


def _correct(score: Score, card: Card) -> None:
    if card.rule is None or ScoreCorrection.objects.filter(score=score, card=card).exists():
        return
    kept, found = [], False
    for each in score.deductions:
        is_same = (each["rule"], each["level"], Decimal(each["points"])) == (card.rule.name, card.level, card.points)
        if is_same and not found:
            found = True
            if each["count"] > 1:
                kept.append({**each, "count": each["count"] - 1})
        else:
            kept.append(each)
    if not found:  # the rule has another name by now, or its office moved
        return
    before = score.value
    score.deductions = kept
    cards = dict(score.values["cards"])
    cards["points"] = str(Decimal(cards["points"]) - card.points)
    cards[card.level] = cards[card.level] - 1
    score.values = {**score.values, "cards": cards}
    deductions = [Deduction(each["rule"], each["level"], Decimal(each["points"]), each["count"]) for each in kept]
    scored = apply(Scored(score.organisation_id, score.holder_id, score.values, deductions), score.quarter.formula)
    score.value, score.grade = scored.value, scored.grade
    score.save(update_fields=["deductions", "values", "value", "grade"])
    ScoreCorrection.objects.create(score=score, card=card, before=before, after=score.value)
    record(
        SYSTEM,
        "supervision.correct_score",
        score.quarter,
        before={"value": str(before)},
        after={"value": str(score.value), "card": card.pk, "organisation": score.organisation_id},
    )
