"""``list_growth``: the same page of a declared list, over HTTP, where there are ten thousand rows and where a million.

Two databases, each with a server process of its own; an office's, a county's and a city's registrar ask both for the
same page in turn. Each of them sees as many rows on it in either, so that only the number of rows behind it differs:
the few enterprises with the rare status, and those with the rare beginning of a name, are the office's.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from socket import create_server
from statistics import median
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode, urlparse

from django.conf import settings
from django.db import connection

from benchmarks.figure import Figure, say
from benchmarks.list_growth_rows import BEGINNINGS, SIZES, STATUSES

ROUNDS = 15
WARM_UP = 3
LIST = "/desk/registers/enterprises/"
Address = tuple[str, str]  # of whom, and what


@dataclass(frozen=True)
class GrowthFigure(Figure):
    """``value`` and ``reference_value`` are the medians of all requests; ``worst`` names the page that grows most."""

    worst: str
    worst_ratio: float
    worst_p50: float


@dataclass
class Site:
    """A database with as many rows, and the process that serves it."""

    rows: int
    port: int
    cookies: Mapping[str, str]
    cursors: Mapping[str, Mapping[str, str]]
    line: HTTPConnection

    def address(self, page: Address) -> str:
        person, what = page
        given = {
            "first": {},
            "deep": {"after": self.cursors[person]["-id"]},
            "by name, deep": {"sort": "name", "after": self.cursors[person]["name"]},
            "few by status": {"status": STATUSES["few"]},
            "many by status": {"status": STATUSES["many"]},
            "few by name": {"q": BEGINNINGS["few"]},
            "many by name": {"q": BEGINNINGS["many"]},
        }[what]
        return f"{LIST}?{urlencode(given)}" if given else LIST

    def ask(self, page: Address) -> tuple[float, int]:
        """Return the milliseconds that a page took, and how many rows it shows."""
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.cookies[page[0]]}"}
        began = perf_counter()
        self.line.request("GET", self.address(page), headers=cookie)
        response = self.line.getresponse()
        body = response.read()
        taken = (perf_counter() - began) * 1000
        self.line.close()  # the server would, after a while
        if response.status != 200:
            raise RuntimeError(f"{response.status} for {self.address(page)}")
        return taken, body.count(b"data-row")


WHATS = ("first", "deep", "by name, deep", "few by status", "many by status", "few by name", "many by name")
PAGES = [(person, what) for person in ("office", "county", "city") for what in WHATS]


def _environ(rows: int) -> dict[str, str]:
    """The environment of a process that works on the database with ``rows`` rows."""
    url = urlparse(settings.ENVIRONMENT.database_url or "postgresql:///zhengtong")
    return {**os.environ, "DATABASE_URL": url._replace(path=f"/{_name(rows)}").geturl(), "WEB_CONCURRENCY": "1"}


def _name(rows: int) -> str:
    return f"{connection.settings_dict['NAME']}_{rows}"


def _make(rows: int) -> dict[str, Mapping[str, str]]:
    """Make the database where there is none; return a session's key of each person, and her cursors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_name(rows)])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(_name(rows))}")
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.list_growth_rows", str(rows)],
        env=_environ(rows),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Mapping[str, str]] = json.loads(made.stdout)
    return found


@contextmanager
def _serve(rows: int) -> Iterator[Site]:
    made = _make(rows)
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("zhengtong")), "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=_environ(rows), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        _wait(line, process)
        yield Site(rows, port, made["cookies"], made["cursors"], line)  # type: ignore[arg-type]  # as the JSON has them
    finally:
        line.close()
        process.terminate()
        process.wait(30)


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


def _measure(small: Site, large: Site) -> dict[Address, tuple[list[float], list[float]]]:
    """Return what each page took of either site, in turns that begin with the one and the other."""
    for page in PAGES:
        shown = [[site.ask(page)[1] for _ in range(WARM_UP)][-1] for site in (small, large)]
        if shown[0] != shown[1] or not shown[0]:
            raise RuntimeError(f"{' '.join(page)}: {shown[0]} and {shown[1]} rows aren't the same page")
    taken: dict[Address, tuple[list[float], list[float]]] = {page: ([], []) for page in PAGES}
    for number in range(ROUNDS):
        for page, (of_small, of_large) in taken.items():
            sides = [(small, of_small), (large, of_large)]
            for site, kept in sides if number % 2 == 0 else reversed(sides):
                kept.append(site.ask(page)[0])
    return taken


def run() -> GrowthFigure:
    """Return the figure."""
    with ExitStack() as until_done:
        small, large = (until_done.enter_context(_serve(rows)) for rows in SIZES)
        taken = _measure(small, large)
    ratios: dict[Address, float] = {}
    for page, (of_small, of_large) in taken.items():
        beside, value = median(of_small), median(of_large)
        ratios[page] = beside / value
        say(f"  {' '.join(page):24} {value:6.1f} ms at {SIZES[1]:,}, {beside:6.1f} at {SIZES[0]:,}: {ratios[page]:.2f}")
    worst = min(ratios, key=lambda page: ratios[page])
    value = median([each for _, of_large in taken.values() for each in of_large])
    beside = median([each for of_small, _ in taken.values() for each in of_small])
    return GrowthFigure(
        name="list_growth",
        value=round(value, 1),
        unit=f"ms p50 at {SIZES[1]:,} rows",
        reference=f"the same pages at {SIZES[0]:,} rows",
        reference_value=round(beside, 1),
        ratio=round(beside / value, 3),
        rounds=ROUNDS,
        peak_rss_mb=getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024,
        worst=" ".join(worst),
        worst_ratio=round(ratios[worst], 3),
        worst_p50=round(max(median(of_large) for _, of_large in taken.values()), 1),
    )
