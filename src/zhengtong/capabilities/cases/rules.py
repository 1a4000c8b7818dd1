"""The dated rules in force here, read from the database and kept in the process."""

import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from zhengtong.capabilities.cases.domain import (
    ApproverRole,
    Exclusion,
    Limit,
    Remedy,
    Rulebook,
    Term,
    Threshold,
    Unit,
)
from zhengtong.capabilities.cases.models import LegalRule, RuleKind

CHECK_EVERY_SECONDS = 1.0
_COMMON = ("code", "title", "law", "article", "effective_from", "effective_to", "note", "is_unverified")
_cached: list[tuple[tuple[Any, ...], float, Rulebook]] = []


def to_rows(rulebook: Rulebook) -> Iterator[LegalRule]:
    """Yield the rows that hold ``rulebook``."""
    for kind, rules in (
        (RuleKind.LIMIT, rulebook.limits),
        (RuleKind.EXCLUSION, rulebook.exclusions),
        (RuleKind.REMEDY, rulebook.remedies),
        (RuleKind.TERM, rulebook.terms),
        (RuleKind.THRESHOLD, rulebook.thresholds),
    ):
        for rule in rules:
            values = {k: _plain(v) for k, v in asdict(rule).items() if k not in _COMMON}
            yield LegalRule(kind=kind, values=values, **{name: getattr(rule, name) for name in _COMMON})
    yield LegalRule(
        kind=RuleKind.WARNING,
        code="warning",
        title="预警比例",
        law="行政审批电子监察规则",
        article="",
        effective_from=date(2000, 1, 1),
        values={"percent": rulebook.warning_percent},
    )


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON holds it: an amount as the text of its digits, so that none is lost."""
    return str(value) if isinstance(value, Decimal) else value


def read_rule(row: LegalRule) -> Limit | Exclusion | Remedy | Term | Threshold | int:
    """Return what a row means, for a warning its percent. Raises TypeError or ValueError when it can't be."""
    given: dict[str, Any] = {name: getattr(row, name) for name in _COMMON} | row.values
    match RuleKind(row.kind):
        case RuleKind.LIMIT:
            known = {field.name: given[field.name] for field in fields(Limit) if field.name in given}
            return Limit(
                **known | {"unit": Unit(given["unit"]), "extension_approver": ApproverRole(given["extension_approver"])}
            )
        case RuleKind.EXCLUSION:
            return Exclusion(**given)
        case RuleKind.REMEDY:
            return Remedy(**given)
        case RuleKind.TERM:
            return Term(**given)
        case RuleKind.THRESHOLD:
            return Threshold(**given | {"amount": Decimal(given["amount"])})
    percent = int(given["percent"])
    if not 1 <= percent <= 100:
        raise ValueError(f"a warning at {percent} % can't be")
    return percent


def _load(today: date) -> Rulebook:
    rules: dict[str, list[Any]] = {kind: [] for kind in RuleKind.values}
    for row in LegalRule.objects.order_by("effective_from"):
        if row.kind != RuleKind.WARNING or row.effective_from <= today:
            rules[row.kind].append(read_rule(row))
    return Rulebook(
        limits=tuple(rules[RuleKind.LIMIT]),
        exclusions=tuple(rules[RuleKind.EXCLUSION]),
        remedies=tuple(rules[RuleKind.REMEDY]),
        terms=tuple(rules[RuleKind.TERM]),
        thresholds=tuple(rules[RuleKind.THRESHOLD]),
        warning_percent=rules[RuleKind.WARNING][-1] if rules[RuleKind.WARNING] else 90,
    )


def get_rulebook() -> Rulebook:
    """Return the rules of this installation; whether they changed is asked at most once a second."""
    now = time.monotonic()
    if _cached and now - _cached[0][1] < CHECK_EVERY_SECONDS:
        return _cached[0][2]
    newest = LegalRule.objects.aggregate(n=Count("id"), last=Max("updated_at"))
    today = timezone.localdate()
    stamp = (newest["n"], newest["last"], today)
    rulebook = _cached[0][2] if _cached and _cached[0][0] == stamp else _load(today)
    _cached[:] = [(stamp, now, rulebook)]
    return rulebook
