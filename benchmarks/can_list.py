"""``can_list``: a page of fifty, of a million rows, of those that a person may see; anywhere in the list."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection, models

from benchmarks.figure import Figure, compare, say
from benchmarks.replay import open_bare
from benchmarks.tree import ORGANISATIONS, PERMISSION, SCHEMA, Person, use_tree
from zhengtong.core.identity.public import Protected
from zhengtong.kernel.modules import Module, registry
from zhengtong.kernel.policy import visible
from zhengtong.kernel.reach import page_of

ROWS, PAGE, PAGES = 1_000_000, 50, 120
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_FILL = f"""
CREATE TABLE {SCHEMA}.bench_record (
    id bigint PRIMARY KEY, organisation_id bigint NOT NULL, registered_at timestamptz NOT NULL, title varchar(120)
);
INSERT INTO {SCHEMA}.bench_record
SELECT n, 1 + floor(random() * {ORGANISATIONS})::bigint, '2020-01-01Z'::timestamptz + n * interval '3 minutes',
    '第' || n || '号' FROM generate_series(1, {ROWS}) n;
CREATE INDEX ON {SCHEMA}.bench_record (registered_at DESC, id DESC);
CREATE INDEX ON {SCHEMA}.bench_record (organisation_id, registered_at DESC, id DESC);
"""
_COLUMNS = "id, organisation_id, registered_at, title"
_ONE = f"""SELECT {_COLUMNS} FROM bench_record WHERE organisation_id = %s AND registered_at < %s
ORDER BY registered_at DESC, id DESC LIMIT {PAGE}"""
# Its rows lie evenly in the order here, so that walking it is the best plan; nobody could know that of a real table.
_SOME = f"""SELECT {_COLUMNS} FROM bench_record
WHERE CASE WHEN organisation_id = ANY(%s::bigint[]) THEN TRUE END AND registered_at < %s
ORDER BY registered_at DESC, id DESC LIMIT {PAGE}"""
_ALL = f"""SELECT {_COLUMNS} FROM bench_record WHERE registered_at < %s
ORDER BY registered_at DESC, id DESC LIMIT {PAGE}"""


class Record(models.Model):
    """A table as a module has it: an organisation, a moment, and an index over both."""

    organisation_id = models.BigIntegerField()
    registered_at = models.DateTimeField()
    title = models.CharField(max_length=120)

    class Meta:
        app_label = "identity"
        managed = False
        db_table = "bench_record"
        indexes = (
            models.Index(fields=["-registered_at", "-id"], name="bench_record_by_moment"),
            models.Index(fields=["organisation_id", "-registered_at", "-id"], name="bench_record_by_organisation"),
        )

    def __str__(self) -> str:
        return self.title


def fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.bench_record"])
        if cursor.fetchone()[0] is None:
            say("making a million rows …")
            cursor.execute(_FILL)
        cursor.execute(f"VACUUM ANALYZE {SCHEMA}.bench_record")


def _p95(ask: Callable[[datetime], int], seed: int) -> float:
    """Return the 95th percentile of pages that begin anywhere."""
    rng, taken = Random(seed), []
    for _number in range(PAGES):
        moment = BEGIN + timedelta(minutes=3 * rng.uniform(0.4, 1) * ROWS)
        began = perf_counter()
        count = ask(moment)
        taken.append((perf_counter() - began) * 1000)
        assert count == PAGE
    return sorted(taken)[int(PAGES * 0.95)]


def measure(person: Person, bare: Any) -> Figure:
    """Return the figure of one user: her page by the policy, and the best statement that one would write for it."""
    actor = person.act()
    reach = sorted(actor.reach(PERMISSION))
    rows = Record._default_manager.order_by("-registered_at", "-id")
    say(f"  {person.name}: {len(reach):,} organisations")

    def through_policy(moment: datetime) -> int:
        return len(page_of(visible(actor, PERMISSION, rows.filter(registered_at__lt=moment)), PAGE))

    def by_psycopg(moment: datetime) -> int:
        if len(reach) == 1:
            found = bare.execute(_ONE, [reach[0], moment])
        elif len(reach) < ORGANISATIONS:
            found = bare.execute(_SOME, [reach, moment])
        else:
            found = bare.execute(_ALL, [moment])
        return len(found.fetchall())

    return compare(
        f"can_list_{person.name}",
        lambda: _p95(through_policy, 1),
        lambda: _p95(by_psycopg, 1),
        unit="ms p95",
        described="the best statement for the same page by psycopg, rows fetched",
        lower_is_better=True,
        rounds=5,
    )


def run() -> list[Figure]:
    """Return the figures of an office's, a county's and a city's user."""
    registry.register(Module("benchmark", "benchmark", (Protected(Record, organisation="organisation_id"),)))
    bare = open_bare()
    bare.autocommit = True
    try:
        people = use_tree(bare)
        fill()
        return [measure(person, bare) for person in people]
    finally:
        bare.close()
