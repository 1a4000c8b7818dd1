"""``case_list``: the workbench's and the watcher's lists of cases, over HTTP, of ten thousand cases and of a million.

Two databases, each with a server process of its own, asked for the same pages in turn by a clerk, who sees her county's
cases, and by the watcher of the whole city.
"""

from contextlib import ExitStack
from urllib.parse import urlencode

from benchmarks.case_list_rows import CASES, PEOPLE, SIZES, WATCHED
from benchmarks.figure import say
from benchmarks.list_growth import GrowthFigure, make_figure
from benchmarks.sites import Page, Site, serve

ROUNDS = 15
WHATS = ("first", "deep", "by state", "by organisation", "by number")
PAGES: list[Page] = [(person, what) for person in PEOPLE for what in WHATS]
# Of what is under way there is less where there are fewer cases; a page that shows less there isn't compared.
WATCHED_PAGES: list[Page] = [("supervisor", "watched"), ("supervisor", "watched, red")]


def address(site: Site, page: Page) -> str:
    """Return the address of a page."""
    person, what = page
    match what:
        case "watched":
            return WATCHED
        case "watched, red":
            return f"{WATCHED}?lamp=red"
    given: dict[str, object] = {
        "first": {},
        "deep": {"after": site.made["cursors"][person]},
        "by state": {"state": "archived"},
        "by organisation": {"organisation": site.made["organisation"]},
        "by number": {"q": site.made["beginning"]},
    }[what]
    return f"{CASES}?{urlencode(given)}" if given else CASES


def list_pages(small: Site, large: Site) -> list[Page]:
    """Return the pages that can be compared."""
    pages = list(PAGES)
    for page in WATCHED_PAGES:
        shown = [site.ask(page[0], address(site, page))[1].count(b"data-row") for site in (small, large)]
        if shown[0] == shown[1] and shown[0]:
            pages.append(page)
        else:
            taken = sorted(large.ask(page[0], address(large, page))[0] for _ in range(ROUNDS))
            say(f"  {' '.join(page)}: {shown[0]} and {shown[1]} rows, {taken[ROUNDS // 2]:.1f} ms of the larger one")
    return pages


def run() -> GrowthFigure:
    """Return the figure."""
    with ExitStack() as until_done:
        sites = [until_done.enter_context(serve("benchmarks.case_list_rows", "cases", rows)) for rows in SIZES]
        pages = list_pages(*sites)
        return make_figure("case_list", sites[0], sites[1], pages, address, ROUNDS)
