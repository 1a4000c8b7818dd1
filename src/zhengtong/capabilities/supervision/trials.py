"""The test bench: a draft on past cases. What it hits is listed with what made it true; no card comes of it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from zhengtong.capabilities.cases.public import Case, Unacceptable, beginning_of
from zhengtong.capabilities.supervision.facts import ACTS
from zhengtong.capabilities.supervision.histories import read_histories
from zhengtong.capabilities.supervision.judging import Findings, judge
from zhengtong.capabilities.supervision.models import SupervisionRule, Trial
from zhengtong.capabilities.supervision.reading import Condition, Rule, read_condition
from zhengtong.core.audit.public import record
from zhengtong.kernel.expressions import ExpressionError
from zhengtong.kernel.jobs import enqueue
from zhengtong.kernel.policy import Actor, require
from zhengtong.kernel.steps import step

COMPILE: Final = "supervision.compile_rule"
WATCH: Final = "supervision.watch"
RECENT: Final = 200
PAGE: Final = 1000
MOST_EXAMPLES: Final = 100
LARGEST: Final = 1_000_000


@dataclass(slots=True)
class Tried:
    """What a condition gave on some cases; ``stumbles`` are numbers of cases with the reason."""

    cases: int = 0
    hits: list[dict[str, Any]] = field(default_factory=list)
    stumbles: list[tuple[str, str]] = field(default_factory=list)


def _as_rule(condition: Condition) -> Rule:
    from decimal import Decimal

    return Rule(0, 0, "notice", Decimal(0), date.min, date.max, condition)


def _try(condition: Condition, ids: list[int]) -> tuple[Tried, Findings]:
    histories = read_histories(ids, condition.parts)
    findings = judge(histories, [_as_rule(condition)])
    numbers = {history.pk: history.number or "" for history in histories}
    names = {history.pk: history.item_name for history in histories}
    tried = Tried(len(histories))
    seen: set[int] = set()
    for hit in findings.hits:
        values = {**hit.values}
        if "event.act" in values:
            values["event.act"] = str(ACTS.get(values["event.act"], values["event.act"]))
        act = str(ACTS.get(hit.event.act, hit.event.act))
        tried.hits.append(
            {
                "number": numbers[hit.case],
                "item": names[hit.case],
                "act": act,
                "at": hit.event.at.isoformat(),
                "values": values,
            }
        )
    for _version, case, said in findings.stumbles:
        if case not in seen:
            seen.add(case)
            tried.stumbles.append((numbers[case], said))
    return tried, findings


def try_on_recent(condition: Condition, *, actor: Actor) -> Tried:
    """Try a condition on the newest cases within ``actor``'s reach, at once."""
    reach = list(actor.reach(WATCH))
    ids = Case.objects.filter(organisation_id__in=reach, number__isnull=False).order_by("-id")
    return _try(condition, list(ids.values_list("pk", flat=True)[:RECENT]))[0]


@step()
def begin_trial(*, actor: Actor, expression: str, first: date, last: date, sample: int, code: str = "") -> Trial:
    """Try a draft on up to ``sample`` of the cases filed in a time, in a job; its page shows how far it is.

    Raises Denied and Unacceptable.
    """
    require(actor, COMPILE)
    try:
        read_condition(expression)
    except ExpressionError as error:
        raise Unacceptable(_("条件读不懂：%(why)s"), "expression", why=str(error)) from None
    if last < first:
        raise Unacceptable(_("结束日期早于开始日期。"), "last")
    if not 1 <= sample <= LARGEST:
        raise Unacceptable(_("抽取件数应在 1 至 %(most)d 之间。"), "sample", most=LARGEST)
    trial = Trial.objects.create(
        rule=SupervisionRule.objects.filter(code=code).first() if code else None,
        expression=expression.strip(),
        first_day=first,
        last_day=last,
        sample=sample,
        organisations=sorted(actor.reach(WATCH)),
        asked_by_id=actor.held_appointment,
    )
    record(actor, "supervision.try_rule", trial, after={"expression": trial.expression, "sample": sample})
    from zhengtong.capabilities.supervision.tasks import try_rule

    enqueue(try_rule, trial=trial.pk)
    return trial


def run_trial(pk: int) -> None:
    """Run what is left of a trial, a page of cases a transaction: killed, it goes on after the last page."""
    trial = Trial.objects.filter(pk=pk, finished_at=None).first()
    if trial is None:
        return
    condition = read_condition(trial.expression)
    cases = Case.objects.filter(
        organisation_id__in=trial.organisations,
        number__isnull=False,
        submitted_at__gte=beginning_of(trial.first_day),
        submitted_at__lt=beginning_of(trial.last_day + timedelta(days=1)),
    )
    if trial.total is None:
        trial.total = min(cases[: trial.sample].count(), trial.sample)
        trial.save(update_fields=["total"])
    while trial.done < trial.total:
        page = min(PAGE, trial.total - trial.done)
        ids = list(cases.filter(pk__gt=trial.after).order_by("pk").values_list("pk", flat=True)[:page])
        if not ids:
            break
        tried, findings = _try(condition, ids)
        trial.done, trial.after = trial.done + len(ids), ids[-1]
        trial.hits += len(findings.hits)
        trial.failures += len(findings.stumbles)
        trial.examples = [*trial.examples, *tried.hits][:MOST_EXAMPLES]
        trial.stumbles = [*trial.stumbles, *tried.stumbles][:MOST_EXAMPLES]
        trial.save(update_fields=["done", "after", "hits", "failures", "examples", "stumbles"])
    trial.finished_at = timezone.now()
    trial.save(update_fields=["finished_at"])


def get_trial(actor: Actor, pk: int) -> Trial | None:
    """Return a trial of one's own, or of anybody whose reach ``actor`` has too."""
    trial = Trial.objects.select_related("rule", "asked_by__staff").filter(pk=pk).first()
    if trial is None:
        return None
    is_own = trial.asked_by_id == actor.appointment
    return trial if is_own or actor.reach(WATCH).issuperset(trial.organisations) else None


def list_trials(actor: Actor) -> QuerySet[Trial]:
    return Trial.objects.filter(asked_by_id=actor.appointment).select_related("rule")[:10]
