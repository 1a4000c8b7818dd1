"""Databases of different sizes, each kept from run to run and served by a process of its own, that pages are asked of.

A module makes the rows: ``python -m <module> <rows>`` in the environment of its database; it prints as JSON what is
needed to ask, a session's key of each person (``cookies``) among it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.db import connection

from benchmarks.figure import say

WARM_UP = 3
Page = tuple[str, str]  # of whom, and what


@dataclass
class Site:
    """A database with as many rows, and the process that serves it."""

    rows: int
    port: int
    made: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.line = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, person: str, address: str, *, keeps: bool = False) -> tuple[float, bytes]:
        """Return the milliseconds that a page took, and the page; ``keeps`` the connection for the next one."""
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.made['cookies'][person]}"}
        began = perf_counter()
        self.line.request("GET", address, headers=cookie)
        response = self.line.getresponse()
        body = response.read()
        taken = (perf_counter() - began) * 1000
        if not keeps:
            self.line.close()  # the server would, after a while
        if response.status != 200:
            raise RuntimeError(f"{response.status} for {address}")
        return taken, body


def _environ(name: str, workers: int) -> dict[str, str]:
    """The environment of a process that works on the database ``name``."""
    url = urlparse(settings.ENVIRONMENT.database_url or "postgresql:///zhengtong")
    address = url._replace(path=f"/{name}").geturl()
    return {**os.environ, "DATABASE_URL": address, "WEB_CONCURRENCY": str(workers)}


def _make(module: str, name: str, rows: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    command = [sys.executable, "-m", module, str(rows)]
    made = subprocess.run(command, env=_environ(name, 1), stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(made.stdout)
    return found


@contextmanager
def serve(module: str, kind: str, rows: int, *, workers: int = 1) -> Iterator[Site]:
    """Serve the database of ``kind`` with ``rows`` rows while the block runs; ``module`` makes it at the first run."""
    name = "_".join(filter(None, (connection.settings_dict["NAME"], kind, str(rows))))
    made = _make(module, name, rows)
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("zhengtong")), "serve", "--port", str(port)]
    environ = _environ(name, workers)
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    site = Site(rows, port, made)
    try:
        _wait(site.line, process)
        yield site
    finally:
        site.line.close()
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


Taken = dict[Page, tuple[list[float], list[float]]]


def ask_in_turn(
    small: Site, large: Site, pages: Sequence[Page], address: Callable[[Site, Page], str], rounds: int
) -> Taken:
    """Return what each page took of either site, in turns that begin with the one and the other.

    Raises RuntimeError for a page that shows more rows of one site than of the other: it wouldn't be the same page.
    """
    for page in pages:
        shown = [
            [site.ask(page[0], address(site, page))[1].count(b"data-row") for _ in range(WARM_UP)][-1]
            for site in (small, large)
        ]
        if shown[0] != shown[1] or not shown[0]:
            raise RuntimeError(f"{' '.join(page)}: {shown[0]} and {shown[1]} rows aren't the same page")
    taken: Taken = {page: ([], []) for page in pages}
    for number in range(rounds):
        for page, (of_small, of_large) in taken.items():
            sides = [(small, of_small), (large, of_large)]
            for site, kept in sides if number % 2 == 0 else reversed(sides):
                kept.append(site.ask(page[0], address(site, page))[0])
    return taken


def compare_sites(taken: Taken, sizes: tuple[int, int]) -> tuple[dict[Page, float], float, float]:
    """Return each page's ratio of its medians, told as they come, and the medians of all of either site."""
    ratios: dict[Page, float] = {}
    for page, (of_small, of_large) in taken.items():
        beside, value = median(of_small), median(of_large)
        ratios[page] = beside / value
        say(f"  {' '.join(page):28} {value:6.1f} ms at {sizes[1]:,}, {beside:6.1f} at {sizes[0]:,}: {ratios[page]:.2f}")
    of_all = [median([each for sides in taken.values() for each in sides[number]]) for number in (0, 1)]
    return ratios, of_all[0], of_all[1]
