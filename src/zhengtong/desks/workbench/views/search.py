"""One search over everything that this person may see, on a page and, while she types, under the box in the head."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhengtong.core.search.public import Found, KindTotal, SearchAudience, search, suggest
from zhengtong.kernel.policy import Actor, ActorKind, Denied
from zhengtong.screens.access import actor_of

LONGEST = 200
# As many as fit under the box on a small screen.
OFFERED = 8


def _searcher(request: HttpRequest) -> Actor:
    """Return the member of staff who searches. What she may find is the index's question. Raises Denied."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.STAFF:
        raise Denied("workbench.search")
    return actor


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[: LONGEST + 1]


@never_cache
@require_safe
def show_results(request: HttpRequest) -> HttpResponse:
    """The hits, the best first, with a tab for each kind that has any."""
    actor, typed = _searcher(request), _typed(request)
    kind, after = request.GET.get("kind", "")[:60], request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 5 else 0
    found = search(actor, typed, audience=SearchAudience.STAFF, kinds=[kind] if kind else None, after=start)
    context: dict[str, Any] = {
        "typed": typed[:LONGEST],
        "found": found,
        "tabs": list(_tabs(found, typed, kind)),
        "next_url": _url(typed, kind, found.after) if found.after else "",
        "first_url": _url(typed, kind) if start else "",
        "is_capped": any(total.is_capped for total in found.totals),
    }
    return render(request, "workbench/search.html", context)


def _tabs(found: Found, typed: str, kind: str) -> Iterator[tuple[str, str, bool, str]]:
    total = sum(each.count for each in found.totals)
    is_capped = any(each.is_capped for each in found.totals)
    yield _("全部"), _url(typed, ""), not kind, f"{total}+" if is_capped else str(total)
    for each in found.totals:
        yield str(each.title), _url(typed, each.kind), each.kind == kind, _count(each)


def _count(total: KindTotal) -> str:
    return f"{total.count}+" if total.is_capped else str(total.count)


def _url(typed: str, kind: str, after: int = 0) -> str:
    given = {"q": typed, "kind": kind, "after": after or ""}
    return f"{reverse('workbench:search')}?{urlencode({name: value for name, value in given.items() if value})}"


@never_cache
@require_safe
def show_offers(request: HttpRequest) -> HttpResponse:
    """What the box in the head offers while one types: numbers and names that begin so."""
    actor, typed = _searcher(request), _typed(request)
    hits = suggest(actor, typed, audience=SearchAudience.STAFF, limit=OFFERED) if typed else []
    context = {"typed": typed[:LONGEST], "hits": [hit for hit in hits if hit.url], "all_url": _url(typed, "")}
    return render(request, "workbench/search_offers.html", context)
