"""``wall``: all figures of the wall over HTTP where there are a million cases, as the city's supervisor's page asks.

The database is made at the first run and kept, with a server process of its own. Beside it psycopg alone sums the same
tallies, in the statements that the page says.
"""

import json
import os
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from socket import create_server
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any
from urllib.parse import urlparse

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.figure import Figure, say
from benchmarks.wall_rows import CASES

ROUNDS = 40
WARM_UP = 5
PAGE = "/desk/supervision/wall/figures/"
_BOTH = "SELECT {keys}, amount FROM {table} WHERE {days} AND organisation_id = ANY(%(watched)s::bigint[])"


def _environ() -> dict[str, str]:
    url = urlparse(settings.ENVIRONMENT.database_url or "postgresql:///zhengtong")
    return {**os.environ, "DATABASE_URL": url._replace(path=f"/{_name()}").geturl(), "WEB_CONCURRENCY": "1"}


def _name() -> str:
    return f"{connection.settings_dict['NAME']}_wall"


def _make() -> dict[str, Any]:
    """Make the database where there is none; return a session's key and the organisations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_name()])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(_name())}")
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.wall_rows"], env=_environ(), stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(made.stdout)
    return found


def _wait(line: HTTPConnection, process: "subprocess.Popen[bytes]") -> None:
    until = monotonic() + 60
    while True:
        try:
            line.request("GET", "/healthz")
            line.getresponse().read()
            line.close()
            return
        except OSError:
            line.close()
            if process.poll() is not None or monotonic() > until:
                raise
            sleep(0.2)


def _ask(line: HTTPConnection, cookie: str) -> float:
    began = perf_counter()
    line.request("GET", PAGE, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    response = line.getresponse()
    body = response.read().decode()
    taken = (perf_counter() - began) * 1000
    line.close()
    if response.status != 200 or body.count("<section") != 9:
        raise RuntimeError(f"{response.status}: this isn't the wall")
    return taken


def _sums(bare: "psycopg.Connection[Any]", watched: list[int]) -> float:
    """Return the milliseconds that the sums of standing, day, month and hours take by themselves."""
    today = timezone.localdate()
    places = ("organisation_id, item_id, measure", "day, measure", "hour, measure")
    wanted = (
        ("supervision_standing", places[0], "day IS NULL"),
        ("supervision_tally", places[0], "day = %(today)s"),
        ("supervision_tally", places[1], "day BETWEEN %(month)s AND %(today)s"),
        ("supervision_hourtally", places[2], "day = %(today)s"),
    )
    given = {"watched": watched, "today": today, "month": today.replace(day=1)}
    began = perf_counter()
    for table, keys, days in wanted:
        folded = "TRUE" if days == "day IS NULL" else days
        statement = (
            f"SELECT {keys}, sum(amount) FROM ({_BOTH.format(keys=keys, table=table, days=folded)} UNION ALL "
            f"{_BOTH.format(keys=keys, table='supervision_delta', days=days)}) counted GROUP BY {keys}"
        )
        bare.execute(statement, given).fetchall()
    return (perf_counter() - began) * 1000


def run() -> Figure:
    """Return the figure."""
    made = _make()
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("zhengtong")), "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=_environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    known = connection.settings_dict
    bare = psycopg.connect(
        dbname=_name(),
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        host=known["HOST"] or None,
        port=known["PORT"] or None,
        autocommit=True,
        cursor_factory=psycopg.ClientCursor,  # an array that is written out is looked up, a parameter is searched
    )
    taken: list[float] = []
    beside: list[float] = []
    try:
        _wait(line, process)
        for number in range(WARM_UP + ROUNDS):
            of_page, of_sums = _ask(line, made["cookie"]), _sums(bare, made["watched"])
            if number >= WARM_UP:
                taken.append(of_page)
                beside.append(of_sums)
    finally:
        bare.close()
        line.close()
        process.terminate()
        process.wait(30)
    value, reference = median(taken), median(beside)
    say(f"  wall: {value:.1f} ms, slowest of {ROUNDS} {max(taken):.1f}; sums alone {reference:.1f}")
    return Figure(
        name="wall",
        value=round(value, 1),
        unit=f"ms p50 at {CASES:,} cases",
        reference="psycopg alone, summing the same tallies",
        reference_value=round(reference, 1),
        ratio=round(reference / value, 3),
        rounds=ROUNDS,
        peak_rss_mb=getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024,
    )
