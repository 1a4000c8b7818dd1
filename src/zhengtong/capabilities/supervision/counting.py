"""Folding what the triggers noted into tallies, and counting everything again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from zhengtong.capabilities.cases.public import Case
from zhengtong.capabilities.supervision.measures import Measure
from zhengtong.kernel.jobs import once
from zhengtong.kernel.models import Effect

BATCH = 20_000
# The mark that all has been counted once, so that from then on the triggers suffice.
COUNTED = "supervision:counted"
KEPT_HOURS_OF_DAYS = 8
# By the hour the wall shows what came in and what was decided.
HOURLY = (Measure.RECEIVED, Measure.GRANTED, Measure.REFUSED)
# Any number that no other advisory lock of the platform uses; two folding at once would wait for each other anyway.
_FOLD_LOCK = 0x737570

_FOLD = """
WITH taken AS (
    DELETE FROM supervision_delta WHERE id IN (SELECT id FROM supervision_delta ORDER BY id LIMIT %(limit)s)
    RETURNING day, hour, organisation_id, item_id, measure, amount
), days AS (
    INSERT INTO supervision_tally AS t (day, measure, organisation_id, item_id, amount)
    SELECT day, measure, organisation_id, item_id, sum(amount) FROM taken WHERE day IS NOT NULL GROUP BY 1, 2, 3, 4
    ON CONFLICT (day, measure, organisation_id, item_id) DO UPDATE SET amount = t.amount + excluded.amount
), hours AS (
    INSERT INTO supervision_hourtally AS t (day, hour, measure, organisation_id, item_id, amount)
    SELECT day, hour, measure, organisation_id, item_id, sum(amount) FROM taken
    WHERE day IS NOT NULL AND measure = ANY(%(hourly)s) GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, hour, measure, organisation_id, item_id) DO UPDATE SET amount = t.amount + excluded.amount
), standing AS (
    INSERT INTO supervision_standing AS t (organisation_id, item_id, measure, amount)
    SELECT organisation_id, item_id, measure, sum(amount) FROM taken WHERE day IS NULL GROUP BY 1, 2, 3
    ON CONFLICT (organisation_id, item_id, measure) DO UPDATE SET amount = t.amount + excluded.amount
)
SELECT count(*) FROM taken
"""
_FORGET_HOURS = "DELETE FROM supervision_hourtally WHERE day < (now() AT TIME ZONE 'Asia/Shanghai')::date - %s"

# A clock that was loaded with its lamp lit has no card: it was warned after nine tenths of its time, as nearly as rows
# say, and late when it was due.
_MISSING_CARDS = """
INSERT INTO supervision_card (case_id, clock_id, level, due_at, at, rule_id, version_id, points)
SELECT k.case_id, k.id, lamp.level, k.due_at, lamp.at, r.id, v.id, coalesce(v.points, 0)
FROM cases_clock k CROSS JOIN LATERAL (
    VALUES ('yellow', k.started_at + 0.9 * (k.due_at - k.started_at)), ('red', k.due_at)
) AS lamp(level, at)
LEFT JOIN supervision_supervisionrule r ON r.lamp = lamp.level
LEFT JOIN supervision_ruleversion v ON v.rule_id = r.id AND v.number = (
    SELECT max(number) FROM supervision_ruleversion WHERE rule_id = r.id AND effective_from <= lamp.at::date)
WHERE (k.basis = 'promised' OR k.purpose IN ('completeness', 'delivery'))
    AND (k.level = lamp.level OR k.level = 'red') AND k.level <> 'green'
    AND NOT EXISTS (SELECT FROM supervision_card c WHERE c.clock_id = k.id AND c.event_id IS NULL)
    AND r.is_enabled IS DISTINCT FROM false
ORDER BY lamp.at
ON CONFLICT DO NOTHING
"""
# Each is read by one scan and counted by several of the statements that follow.
_COUNTED = """
CREATE TEMPORARY TABLE supervision_counted AS
SELECT (h.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
    extract(hour FROM h.at AT TIME ZONE 'Asia/Shanghai')::smallint AS hour, h.measure, c.organisation_id,
    c.item_version_id, sum(h.amount) AS amount
FROM supervision_happening h JOIN cases_case c ON c.id = h.case_id
GROUP BY 1, 2, 3, 4, 5
"""
_SPANS = """
CREATE TEMPORARY TABLE supervision_spans AS
SELECT s.case_id, s.clock_id, (s.at AT TIME ZONE 'Asia/Shanghai')::date AS day, s.first, s.last, s.region
FROM supervision_span s
"""
_RECOUNT = (
    "DELETE FROM supervision_delta",
    "DELETE FROM supervision_tally",
    "DELETE FROM supervision_hourtally",
    "DELETE FROM supervision_standing",
    _COUNTED,
    """
    INSERT INTO supervision_tally (day, measure, organisation_id, item_id, amount)
    SELECT n.day, n.measure, n.organisation_id, v.item_id, sum(n.amount)
    FROM supervision_counted n JOIN cases_itemversion v ON v.id = n.item_version_id
    GROUP BY 1, 2, 3, 4
    """,
    """
    INSERT INTO supervision_hourtally (day, hour, measure, organisation_id, item_id, amount)
    SELECT n.day, n.hour, n.measure, n.organisation_id, v.item_id, sum(n.amount)
    FROM supervision_counted n JOIN cases_itemversion v ON v.id = n.item_version_id
    WHERE n.measure = ANY(%(hourly)s) AND n.day >= (now() AT TIME ZONE 'Asia/Shanghai')::date - %(days)s
    GROUP BY 1, 2, 3, 4, 5
    """,
    _SPANS,
    "ANALYZE supervision_spans",
    # Many cases have the same first and last day: each pair is counted through the calendar once.
    """
    INSERT INTO supervision_tally (day, measure, organisation_id, item_id, amount)
    WITH taken AS MATERIALIZED (
        SELECT first, last, region, greatest(supervision_working_days(first, last, region), 0) AS days
        FROM (SELECT DISTINCT first, last, region FROM supervision_spans) pairs
    ),
    stood AS MATERIALIZED (
        SELECT clock_id, sum(days) AS days FROM supervision_pause
        WHERE clock_id IN (SELECT clock_id FROM supervision_spans) GROUP BY clock_id
    )
    SELECT s.day, 'working_days', c.organisation_id, v.item_id, sum(t.days - coalesce(p.days, 0))
    FROM supervision_spans s JOIN taken t ON (t.first, t.last, t.region) = (s.first, s.last, s.region)
    JOIN cases_case c ON c.id = s.case_id JOIN cases_itemversion v ON v.id = c.item_version_id
    LEFT JOIN stood p ON p.clock_id = s.clock_id
    GROUP BY 1, 3, 4
    """,
    """
    INSERT INTO supervision_standing (organisation_id, item_id, measure, amount)
    SELECT c.organisation_id, v.item_id, n.measure, count(*)
    FROM supervision_now n JOIN cases_case c ON c.id = n.case_id JOIN cases_itemversion v ON v.id = c.item_version_id
    GROUP BY 1, 2, 3
    """,
    "DROP TABLE supervision_counted, supervision_spans",
)


@transaction.atomic
def fold_deltas(limit: int = BATCH) -> int:
    """Add a batch of deltas to the tallies and delete them, both or neither; return how many there were.

    One folds at a time: whoever comes meanwhile finds nothing to do, and gets 0.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, {"limit": limit, "hourly": [str(each) for each in HOURLY]})
        folded: int = cursor.fetchone()[0]
        if folded:
            cursor.execute(_FORGET_HOURS, [KEPT_HOURS_OF_DAYS])
        return folded


@transaction.atomic
def rebuild_tallies() -> None:
    """Count everything again from cases, clocks, events, cards, urgings and appraisals.

    For after a bulk load and after a calendar was imported. Whoever acts meanwhile waits, so that each act is counted
    by exactly one: by this, or by its own trigger.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FOLD_LOCK])
        cursor.execute("LOCK TABLE supervision_delta IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL jit = off")
        # Every table is read whole; the planner takes the views' joins for small and would go row by row.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL zhengtong.untallied = 'on'")
        cursor.execute(_MISSING_CARDS)
        for statement in _RECOUNT:
            cursor.execute(statement, {"hourly": [str(each) for each in HOURLY], "days": KEPT_HOURS_OF_DAYS})
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
        cursor.execute("SET LOCAL zhengtong.untallied = 'off'")
    Effect.objects.get_or_create(key=COUNTED, defaults={"happened_at": timezone.now()})


def count_once() -> None:
    """Count what was there before the triggers were: the first time that a worker runs after they came."""
    if not Effect.objects.filter(key=COUNTED).exists():
        with once(COUNTED) as is_first:
            if is_first and Case.objects.exists():
                rebuild_tallies()


@contextmanager
def untallied() -> Iterator[None]:
    """Within a transaction, load rows of cases without counting each; :func:`rebuild_tallies` has to follow."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL zhengtong.untallied = 'on'")
        yield
        cursor.execute("SET LOCAL zhengtong.untallied = 'off'")
