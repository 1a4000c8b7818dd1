"""What a search page is asked, and what it shows of the answer: one reading for staff and for the public."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from zhengtong.capabilities.catalogue.public import (
    CAP,
    FACETS,
    Offer,
    OpenType,
    Results,
    ShareType,
    UpdateCycle,
    Value,
    Wanted,
)

TITLES = {
    "classification": _("分类"),
    "provider": _("提供单位"),
    "share": _("共享类型"),
    "open": _("开放属性"),
    "cycle": _("更新周期"),
    "format": _("资源格式"),
}
_CHOICES = {"share": ShareType.values, "open": OpenType.values, "cycle": UpdateCycle.values}
SHARE_TONES = {ShareType.UNCONDITIONAL: "success", ShareType.CONDITIONAL: "info", ShareType.WITHHELD: "neutral"}


def read_wanted(query: QueryDict) -> Wanted:
    """Return what the address asks for; what can't be read is left out."""
    provider = query.get("provider", "")
    chosen = {name: query.get(name, "") for name in _CHOICES}
    return Wanted(
        words=query.get("q", "").replace("\x00", "").strip()[:200],
        provider=int(provider) if provider.isascii() and provider.isdigit() and len(provider) < 10 else None,
        classification=query.get("classification", "").replace("\x00", "")[:20],
        format=query.get("format", "").replace("\x00", "")[:60],
        after=query.get("after", "")[:60],
        **{name: value if value in _CHOICES[name] else "" for name, value in chosen.items()},
    )


def write_query(wanted: Wanted, **changes: Any) -> str:
    """Return the address's query for ``wanted`` with some facets changed, from its first page."""
    said = {"q": wanted.words, **{name: getattr(wanted, name) or "" for name in TITLES}, **changes}
    kept = {name: value for name, value in said.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"


@dataclass(frozen=True)
class Line:
    """A value of a facet with the address that chooses it, or takes the choice back."""

    title: str
    count: int
    url: str
    is_chosen: bool
    is_open_ended: bool


def list_facets(wanted: Wanted, results: Results) -> Iterator[tuple[Any, list[Line]]]:
    """Yield the facets that have something to choose between."""
    for name in TITLES:
        values = results.facets.get(name, [])
        chosen = str(getattr(wanted, name) or "")
        # The one node at the top leads to those below it; of another facet one value is no choice.
        if len(values) > 1 or chosen or (values and name == "classification"):
            yield TITLES[name], [_line(wanted, name, value, results) for value in values]


def _line(wanted: Wanted, name: str, value: Value, results: Results) -> Line:
    target = "" if value.is_chosen and value.value == str(getattr(wanted, name) or "") else value.value
    url = write_query(wanted, **{name: target})
    return Line(str(value.title), value.count, url, value.is_chosen, results.is_capped and value.count > 0)


def list_chosen(wanted: Wanted, results: Results) -> list[tuple[Any, str, str]]:
    """Return what the search is narrowed by, each with the address without it."""
    found = []
    for name, title in TITLES.items():
        value = str(getattr(wanted, name) or "")
        if value:
            known = next((each.title for each in results.facets.get(name, []) if each.value == value), value)
            found.append((title, str(known), write_query(wanted, **{name: ""})))
    return found


def describe(wanted: Wanted, results: Results, offers: Mapping[int, Offer] | None = None) -> dict[str, Any]:
    """Return what the template of a page of results shows; ``offers`` by the entries' ids, for staff."""
    offered = offers or {}
    query = write_query(wanted)
    return {
        "wanted": wanted,
        "results": results,
        "cap": CAP,
        "rows": [(row, SHARE_TONES[row.share_type], offered.get(row.resource_id)) for row in results.rows],
        "facets": list(list_facets(wanted, results)),
        "chosen": list_chosen(wanted, results),
        "kept": [(name, getattr(wanted, name)) for name in FACETS if getattr(wanted, name)],
        "query": query if query != "?" else "",
        "first": write_query(wanted) if wanted.after else "",
        "more": f"{query}{'&' if query != '?' else ''}after={results.after}" if results.after else "",
    }
