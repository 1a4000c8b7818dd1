"""``list_growth``: the same page of a declared list, over HTTP, where there are ten thousand rows and where a million.

Two databases, each with a server process of its own; an office's, a county's and a city's registrar ask both for the
same page in turn. Each of them sees as many rows on it in either, so that only the number of rows behind it differs:
the few enterprises with the rare status, and those with the rare beginning of a name, are the office's.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from urllib.parse import urlencode

from benchmarks.figure import Figure
from benchmarks.list_growth_rows import BEGINNINGS, SIZES, STATUSES
from benchmarks.sites import Page, Site, ask_in_turn, compare_sites, serve

ROUNDS = 15
LIST = "/desk/registers/enterprises/"
WHATS = ("first", "deep", "by name, deep", "few by status", "many by status", "few by name", "many by name")
PAGES = [(person, what) for person in ("office", "county", "city") for what in WHATS]


@dataclass(frozen=True)
class GrowthFigure(Figure):
    """``value`` and ``reference_value`` are the medians of all requests; ``worst`` names the page that grows most."""

    worst: str
    worst_ratio: float
    worst_p50: float


def make_figure(
    name: str, small: Site, large: Site, pages: list[Page], address: Callable[[Site, Page], str], rounds: int
) -> GrowthFigure:
    """Ask both sites for all pages and return what came of it."""
    sizes = (small.rows, large.rows)
    taken = ask_in_turn(small, large, pages, address, rounds)
    ratios, beside, value = compare_sites(taken, sizes)
    worst = min(ratios, key=lambda page: ratios[page])
    return GrowthFigure(
        name=name,
        value=round(value, 1),
        unit=f"ms p50 at {sizes[1]:,} rows",
        reference=f"the same pages at {sizes[0]:,} rows",
        reference_value=round(beside, 1),
        ratio=round(beside / value, 3),
        rounds=rounds,
        peak_rss_mb=getrusage(RUSAGE_CHILDREN).ru_maxrss // 1024,
        worst=" ".join(worst),
        worst_ratio=round(ratios[worst], 3),
        worst_p50=round(max(median(of_large) for _, of_large in taken.values()), 1),
    )


def _address(site: Site, page: Page) -> str:
    person, what = page
    cursors = site.made["cursors"][person]
    given = {
        "first": {},
        "deep": {"after": cursors["-id"]},
        "by name, deep": {"sort": "name", "after": cursors["name"]},
        "few by status": {"status": STATUSES["few"]},
        "many by status": {"status": STATUSES["many"]},
        "few by name": {"q": BEGINNINGS["few"]},
        "many by name": {"q": BEGINNINGS["many"]},
    }[what]
    return f"{LIST}?{urlencode(given)}" if given else LIST


def run() -> GrowthFigure:
    """Return the figure."""
    with ExitStack() as until_done:
        sites = [until_done.enter_context(serve("benchmarks.list_growth_rows", "", rows)) for rows in SIZES]
        return make_figure("list_growth", sites[0], sites[1], PAGES, _address, ROUNDS)
