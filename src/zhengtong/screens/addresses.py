"""Addresses of the rows of a list: their view is looked up once for all of them."""

from collections.abc import Callable
from urllib.parse import quote

from django.urls import reverse

# Where the row's own part comes to stand; no address has this word.
_PLACE = "-row-"
# What Django leaves as it is in the path of an address (RFC 3986).
_SAFE = "!$&'()*+,;=/~:@"


def addresses_of(view: str) -> Callable[[object], str]:
    """Return what writes the address of ``view`` for its one argument, a text. Raises NoReverseMatch."""
    before, _place, after = reverse(view, args=[_PLACE]).partition(_PLACE)
    return lambda row: f"{before}{quote(str(row), safe=_SAFE)}{after}"
