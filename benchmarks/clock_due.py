"""``clock_due``: finding and claiming a batch of due clocks among a million, as the worker does every minute."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.db import connection, transaction

from benchmarks.city import get_city, make_template
from benchmarks.figure import Figure, compare, say
from benchmarks.replay import capture, open_bare
from zhengtong.capabilities.cases.models import Case, Clock
from zhengtong.capabilities.cases.services.clocks import BATCH, claim_due
from zhengtong.kernel.jobs import once

CASES = 334_000  # each with three clocks: the finished one of acceptance, the two open ones of the decision
DUE = 50_000  # as after a night without a worker
# Long ago, so that nothing that other benchmarks leave behind is due.
NOW = datetime(2020, 1, 15, 4, tzinfo=UTC)

_CLOCKS = """
INSERT INTO cases_clock (case_id, purpose, basis, rule, article, unit, budget, extension, started_at, finished_at,
    is_paused, level, due_at, next_alert_at, is_provisional, calendar_version)
SELECT c.id, kind.purpose, kind.basis, 'food.decision', '', 'working_days', 20, 0, c.received_at,
    CASE WHEN kind.purpose = 'completeness' THEN c.received_at END, false, 'green', c.alert_at, alert.at, false, 1
FROM (
    SELECT id, received_at, received_at + interval '20 days' AS alert_at FROM cases_case WHERE number LIKE 'M-%%'
) c
CROSS JOIN (
    VALUES ('completeness', 'statutory'), ('decision', 'statutory'), ('decision', 'promised')
) kind(purpose, basis)
CROSS JOIN LATERAL (
    SELECT CASE WHEN kind.purpose = 'decision' THEN %s + random() * interval '60 days' + interval '1 second' END AS at
) alert
"""
_MAKE_DUE = """
UPDATE cases_clock SET next_alert_at = %s - random() * interval '1 day'
WHERE id IN (SELECT id FROM cases_clock WHERE next_alert_at > %s AND next_alert_at < %s + interval '1000 days'
    ORDER BY random() LIMIT %s)
"""
_MOVE_ON = "UPDATE cases_clock SET next_alert_at = next_alert_at + interval '30 days' WHERE id = ANY(%s)"


def make_clocks() -> None:
    """Fill the table once; make enough of it due each time."""
    with once(f"benchmarks.clocks:{CASES}") as is_first:
        if is_first:
            say("making a million clocks …")
            began = perf_counter()
            _copy_cases(make_template(get_city(), "只要电子证"))
            with connection.cursor() as cursor:
                cursor.execute(_CLOCKS, [NOW])
            say(f"  {perf_counter() - began:.0f} s")
    due = Clock.objects.filter(finished_at=None, next_alert_at__lte=NOW).count()
    with connection.cursor() as cursor:
        if due < DUE // 2:
            cursor.execute(_MAKE_DUE, [NOW, NOW, NOW, DUE - due])
            cursor.execute("VACUUM ANALYZE cases_clock")
    say(f"  {Clock.objects.count():,} clocks")


def _copy_cases(template: Case) -> None:
    changed = {
        "public_id": "gen_random_uuid()",
        "number": "'M-' || n",
        "state": "'accepted'",
        "form": "''::bytea",  # nobody reads them
        "received_at": "%(now)s - interval '20 days'",
        "accepted_at": "%(now)s - interval '20 days'",
        "account_id": "NULL",
        "legal_entity_id": "NULL",
    }
    columns = [field.column or "" for field in Case._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, f"c.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_case ({', '.join(columns)}) "
            f"SELECT {values} FROM cases_case c, generate_series(1, %(count)s) n WHERE c.id = %(template)s",
            {"now": NOW, "count": CASES, "template": template.pk},
        )


def run() -> Figure:
    """Return the figure: milliseconds a batch. Claimed clocks move on between rounds, so none is claimed twice."""
    make_clocks()
    bare = open_bare()
    with transaction.atomic(), capture() as said:
        claim_due(NOW)
    (statement,) = said

    def through_django() -> float:
        with transaction.atomic():
            began = perf_counter()
            clocks = claim_due(NOW)
            milliseconds = (perf_counter() - began) * 1000
            with connection.cursor() as cursor:
                cursor.execute(_MOVE_ON, [[clock.pk for clock in clocks]])
        return _checked(len(clocks), milliseconds)

    def by_psycopg() -> float:
        began = perf_counter()
        rows: list[tuple[Any, ...]] = bare.execute(statement.sql, statement.parameters).fetchall()
        milliseconds = (perf_counter() - began) * 1000
        bare.execute(_MOVE_ON, [[row[0] for row in rows]])
        bare.commit()
        return _checked(len(rows), milliseconds)

    try:
        return compare(
            "clock_due",
            through_django,
            by_psycopg,
            unit=f"ms per {BATCH}",
            described="the same statement by psycopg, rows fetched",
            lower_is_better=True,
            rounds=9,
        )
    finally:
        bare.close()


def _checked(claimed: int, milliseconds: float) -> float:
    if claimed != BATCH:
        raise RuntimeError(f"{claimed} clocks claimed instead of {BATCH}")
    return milliseconds
