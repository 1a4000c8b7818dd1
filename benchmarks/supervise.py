"""``supervise`` and ``supervise_all``: a new event judged, and all of a million cases judged anew by every rule.

The database is that of a loaded city, or the wall's, made at the first run and kept. Beside it psycopg alone reads the
same rows and judges nothing.
"""

import json
import os
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter

from django.db import connection, transaction

from benchmarks.figure import Figure, say
from benchmarks.wall import _environ, _make

ROUNDS = 60
WARM_UP = 10


def run() -> list[Figure]:
    """Return both figures; the work is done in a process on the large database."""
    environ = _environ()
    if "SUPERVISE_DATABASE" in os.environ:
        environ["DATABASE_URL"] = os.environ["SUPERVISE_DATABASE"]
    else:
        _make()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.supervise"], env=environ, stdout=subprocess.PIPE, check=True
    )
    found = json.loads(done.stdout)
    rss = getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024
    return [
        Figure(
            name="supervise",
            value=found["one"],
            unit="ms p50 for a new event, judged and its card opened",
            reference="psycopg alone, reading the same rows of the case",
            reference_value=found["one_read"],
            ratio=round(found["one_read"] / found["one"], 3),
            rounds=ROUNDS,
            peak_rss_mb=rss,
        ),
        Figure(
            name="supervise_all",
            value=found["all"],
            unit=f"s for {found['cases']:,} cases and {found['judged']:,} events",
            reference="one psycopg reading all events in order, judging nothing",
            reference_value=found["all_read"],
            ratio=round(found["all_read"] / found["all"], 3),
            rounds=1,
            peak_rss_mb=rss,
        ),
    ]


def _judge_one() -> tuple[float, float]:
    """Return the milliseconds of judging one new event and of reading its case's rows, the medians of both."""
    from zhengtong.capabilities.supervision.histories import _EVENTS
    from zhengtong.capabilities.supervision.judging import judge_pending
    from zhengtong.capabilities.supervision.models import Pending

    while judge_pending():
        continue
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, id, act FROM cases_caseevent WHERE act IN ('decide_grant', 'decide_refuse', 'recommend', "
            "'request_materials') ORDER BY id DESC LIMIT %s",
            [ROUNDS + WARM_UP],
        )
        events = cursor.fetchall()
    taken: list[float] = []
    read: list[float] = []
    for case, event, act in events:
        Pending.objects.create(case_id=case, event_id=event, act=act)
        began = perf_counter()
        if judge_pending() != 1:
            raise RuntimeError("the event wasn't judged")
        taken.append((perf_counter() - began) * 1000)
        began = perf_counter()
        with connection.cursor() as cursor:
            for _part in range(6):
                cursor.execute(_EVENTS.format(within="= %s"), [case])
                cursor.fetchall()
        read.append((perf_counter() - began) * 1000)
    return median(taken[WARM_UP:]), median(read[WARM_UP:])


def _judge_all() -> dict[str, float]:
    from zhengtong.capabilities.cases.models import Case
    from zhengtong.capabilities.supervision.evaluating import begin_evaluation, run_evaluation
    from zhengtong.capabilities.supervision.models import Card, Evaluation

    Evaluation.objects.all().delete()
    began = perf_counter()
    found = run_evaluation(begin_evaluation())
    taken = perf_counter() - began
    began = perf_counter()
    with transaction.atomic(), connection.connection.cursor("events") as cursor:  # a server-side one
        cursor.itersize = 20_000
        cursor.execute("SELECT case_id, id, at, act, to_state FROM cases_caseevent ORDER BY id")
        for _event in cursor:
            continue
    read = perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM supervision_card WHERE rule_id IS NOT NULL "
            "GROUP BY case_id, rule_id, clock_id HAVING count(*) > 1) twice"
        )
        if cursor.fetchone()[0]:
            raise RuntimeError("a card was given twice")
    say(f"  supervise_all: {taken:.1f} s, {found['carded']} cards new, {Card.objects.count()} in all")
    return {"all": round(taken, 1), "all_read": round(read, 1), "cases": Case.objects.count(), **found}


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed")
    one, read = _judge_one()
    say(f"  supervise: {one:.2f} ms, reading alone {read:.2f}")
    found = _judge_all()
    print(json.dumps({"one": round(one, 2), "one_read": round(read, 2), **found}))


if __name__ == "__main__":
    main()
