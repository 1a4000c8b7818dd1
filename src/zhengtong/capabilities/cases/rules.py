"""The dated rules in force here, read from the database and kept in the process."""

import time
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from django.db.models import Count, Max

from zhengtong.capabilities.cases.domain import (
    ApproverRole,
    Exclusion,
    Limit,
    Remedy,
    Rulebook,
    Term,
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
    ):
        for rule in rules:
            values = {k: v for k, v in asdict(rule).items() if k not in _COMMON}
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


def _load() -> Rulebook:
    rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in RuleKind.values}
    for row in LegalRule.objects.all():
        rows[row.kind].append({name: getattr(row, name) for name in _COMMON} | row.values)
    known = {field.name for field in fields(Limit)}
    return Rulebook(
        limits=tuple(
            Limit(
                **{k: v for k, v in row.items() if k in known and k not in ("unit", "extension_approver")},
                unit=Unit(row["unit"]),
                extension_approver=ApproverRole(row["extension_approver"]),
            )
            for row in rows[RuleKind.LIMIT]
        ),
        exclusions=tuple(Exclusion(**row) for row in rows[RuleKind.EXCLUSION]),
        remedies=tuple(Remedy(**row) for row in rows[RuleKind.REMEDY]),
        terms=tuple(Term(**row) for row in rows[RuleKind.TERM]),
        warning_percent=rows[RuleKind.WARNING][-1]["percent"] if rows[RuleKind.WARNING] else 90,
    )


def get_rulebook() -> Rulebook:
    """Return the rules of this installation; whether they changed is asked at most once a second."""
    now = time.monotonic()
    if _cached and now - _cached[0][1] < CHECK_EVERY_SECONDS:
        return _cached[0][2]
    newest = LegalRule.objects.aggregate(n=Count("id"), last=Max("updated_at"))
    stamp = (newest["n"], newest["last"])
    rulebook = _cached[0][2] if _cached and _cached[0][0] == stamp else _load()
    _cached[:] = [(stamp, now, rulebook)]
    return rulebook
