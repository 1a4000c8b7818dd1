"""``case_list_16``: sixteen people who read lists of a million cases one after another, without a pause between pages.

They and the server share the machine's cores. Beside them stands one person who reads the same pages alone: that much
work, sixteen times, shared by all cores without any loss, is the reference.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles
from threading import Barrier
from time import monotonic

from benchmarks.case_list import PAGES, WATCHED_PAGES, address
from benchmarks.case_list_rows import SIZES
from benchmarks.figure import Figure, say
from benchmarks.sites import Page, Site, serve

USERS = 16
SECONDS = 20.0
ROUNDS = 3


@dataclass(frozen=True)
class LoadFigure(Figure):
    """``value`` is the median of all requests; ``p95`` is in milliseconds too."""

    p95: float
    requests_per_second: float
    users: int


def _read(site: Site, number: int, together: Barrier) -> list[float]:
    """Read pages, each user beginning with another one, until the time is over; return the milliseconds."""
    own = Site(site.rows, site.port, site.made)
    pages: list[Page] = [*PAGES, *WATCHED_PAGES]
    pages = [*islice(pages, number % len(pages), None), *islice(pages, number % len(pages))]
    own.ask(pages[0][0], address(own, pages[0]), keeps=True)
    together.wait()
    taken = []
    until = monotonic() + SECONDS
    while monotonic() < until:
        for page in pages:
            taken.append(own.ask(page[0], address(own, page), keeps=True)[0])
    own.line.close()
    return taken


def _load(site: Site, users: int) -> tuple[list[float], float]:
    """Return the milliseconds of all requests, and how many there were in a second."""
    together = Barrier(users)
    began = monotonic()
    with ThreadPoolExecutor(users) as pool:
        taken = list(pool.map(lambda number: _read(site, number, together), range(users)))
    return [each for one in taken for each in one], sum(map(len, taken)) / (monotonic() - began)


def run() -> LoadFigure:
    """Return the figure."""
    cores = os.cpu_count() or 1
    alone: list[float] = []
    together: list[float] = []
    rates: list[float] = []
    with serve("benchmarks.case_list_rows", "cases", SIZES[1], workers=cores) as site:
        for number in range(ROUNDS):
            one, one_rate = _load(site, 1)
            all_, rate = _load(site, USERS)
            alone, together, rates = alone + one, together + all_, [*rates, rate]
            say(
                f"  {number + 1}/{ROUNDS}: {USERS} users {median(all_):.0f} ms, {rate:.0f}/s; "
                f"one {median(one):.1f} ms, {one_rate:.0f}/s"
            )
    value, beside = median(together), median(alone) * USERS / cores
    return LoadFigure(
        name="case_list_16",
        value=round(value, 1),
        unit=f"ms p50 of {USERS} users at {SIZES[1]:,} cases",
        reference=f"one user's p50 × {USERS} / {cores} cores",
        reference_value=round(beside, 1),
        ratio=round(beside / value, 3),
        rounds=ROUNDS,
        peak_rss_mb=getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024,
        p95=round(quantiles(together, n=20)[-1], 1),
        requests_per_second=round(median(rates), 1),
        users=USERS,
    )
