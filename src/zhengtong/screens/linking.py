"""Between the ways to look at the same rows (list, map, statistics): what the address asks is kept on the way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zhengtong.screens import presenting
from zhengtong.screens.listing import Listing
from zhengtong.screens.routing import url_of

# What says how a list is shown, not which rows: another way to look has no use for it.
_OF_LISTS = ("after", "before", "view", "columns", "sort")
# As many filters stand in sight; the others are unfolded.
_FIRST_FILTERS = 4


def url_with(listing: Listing, verb: str, asked: Mapping[str, str] | None = None) -> str:
    """Return the address of ``verb`` for the rows of ``listing``; ``asked`` replaces what the address asks."""
    query = listing.query.copy()
    for name in _OF_LISTS:
        query.pop(name, None)
    for name, value in (asked or {}).items():
        query[name] = value
    text = query.urlencode()
    return url_of(listing.screens, verb) + (f"?{text}" if text else "")


def describe_filters(listing: Listing, verb: str) -> dict[str, Any]:
    """Return what the tabs and the filters above ``verb`` read; they lead to ``verb`` again, not to the list."""
    here = url_of(listing.screens, verb)
    conditions = presenting.list_conditions(listing)
    tabs = presenting.views_of(listing.screens, here)
    verbs = {url_of(listing.screens, each): each for each in ("list", "map", "statistics") if _has(listing, each)}
    return {
        "tabs_of_model": [(title, url_with(listing, verbs[url]), is_here) for title, url, is_here in tabs],
        "list_url": here,
        "rows_url": url_with(listing, "list"),
        "conditions": [each if each.without.startswith("?") else replace(each, without=here) for each in conditions],
        "more_open": any(bound.is_active for bound in listing.filters[_FIRST_FILTERS:]),
        "search_label": presenting.search_label(listing.screens),
        "further": (),
    }


def _has(listing: Listing, verb: str) -> bool:
    return bool(presenting.url_or_none(listing.screens, verb))
