"""Who gives what to whom: offices that give on the left, those that receive on the right, a line for each pair.

Drawn on the server: the picture is plain SVG that prints and needs no script; the table below has the same numbers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.catalogue.public import FIND
from zhengtong.capabilities.contracts.public import Contract, ContractState
from zhengtong.core.identity.public import Organisation
from zhengtong.screens.access import for_staff

# More lines than these aren't told apart by eye; the table has them all.
MOST_LINES: Final = 40
_WIDTH, _ROW, _LEFT, _RIGHT, _TOP = 960, 34, 300, 660, 24


@dataclass(frozen=True)
class Pair:
    """So many contracts by which one office gives another so many resources."""

    provider: str
    consumer: str
    contracts: int
    resources: int
    provider_id: int
    consumer_id: int


@dataclass(frozen=True)
class Node:
    name: str
    y: int
    count: int
    url: str


@dataclass(frozen=True)
class Curve:
    path: str
    width: float
    title: str


def list_pairs(organisation: int | None, resource: str) -> list[Pair]:
    """Return who gives to whom by contracts in force, most contracts first; of one office or one entry if asked."""
    found = Contract.objects.filter(state=ContractState.EFFECTIVE)
    if organisation is not None:
        found = found.filter(Q(provider=organisation) | Q(consumer=organisation))
    if resource:
        found = found.filter(resource__code=resource)
    rows = (
        found.order_by()
        .values("provider_id", "consumer_id", "provider__name", "consumer__name")
        .annotate(contracts=Count("pk"), resources=Count("resource", distinct=True))
        .order_by("-contracts", "provider__name", "consumer__name")
    )
    return [
        Pair(
            provider=row["provider__name"],
            consumer=row["consumer__name"],
            contracts=row["contracts"],
            resources=row["resources"],
            provider_id=row["provider_id"],
            consumer_id=row["consumer_id"],
        )
        for row in rows
    ]


def draw(pairs: Iterable[Pair]) -> dict[str, Any]:
    """Return the places of nodes and curves; {} for nothing to draw."""
    shown = list(pairs)[:MOST_LINES]
    if not shown:
        return {}
    given: Counter[tuple[int, str]] = Counter()
    taken: Counter[tuple[int, str]] = Counter()
    for pair in shown:
        given[pair.provider_id, pair.provider] += pair.contracts
        taken[pair.consumer_id, pair.consumer] += pair.contracts
    left, right = _stack(given), _stack(taken)
    most = max(pair.contracts for pair in shown)
    middle = (_LEFT + _RIGHT) // 2
    curves = []
    for pair in shown:
        start, end = left[pair.provider_id].y, right[pair.consumer_id].y
        curves.append(
            Curve(
                f"M{_LEFT + 8} {start}C{middle} {start} {middle} {end} {_RIGHT - 8} {end}",
                round(1 + 7 * pair.contracts / most, 1),
                _("%(provider)s向%(consumer)s提供%(n)s项资源")
                % {"provider": pair.provider, "consumer": pair.consumer, "n": pair.resources},
            )
        )
    rows = max(len(left), len(right))
    return {
        "left": list(left.values()),
        "right": list(right.values()),
        "curves": curves,
        "width": _WIDTH,
        "height": rows * _ROW + _TOP,
        "left_x": _LEFT,
        "right_x": _RIGHT,
        "left_text": _LEFT - 12,
        "right_text": _RIGHT + 12,
    }


def _stack(counted: Counter[tuple[int, str]]) -> dict[int, Node]:
    return {
        key: Node(name if len(name) <= 18 else f"{name[:17]}…", _TOP + at * _ROW, count, f"?organisation={key}")
        for at, ((key, name), count) in enumerate(counted.most_common())
    }


@require_safe
@for_staff(FIND)
def show_flows(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("organisation", "")
    organisation = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    resource = request.GET.get("resource", "").replace("\x00", "").strip()[:40]
    pairs = list_pairs(organisation, resource)
    offices = Contract.objects.filter(state=ContractState.EFFECTIVE).order_by()
    ids = {*offices.values_list("provider_id", flat=True), *offices.values_list("consumer_id", flat=True)}
    named = Organisation.objects.filter(pk__in=ids).order_by("name")
    columns = [
        ("provider", _("提供单位"), "main"),
        ("consumer", _("使用单位"), ""),
        ("resources", _("资源（项）"), "number"),
        ("contracts", _("合约（份）"), "number"),
    ]
    rows = [
        {"cells": {name: getattr(pair, name) for name in ("provider", "consumer", "resources", "contracts")}}
        for pair in pairs
    ]
    context = {
        "drawing": draw(pairs),
        "columns": columns,
        "rows": rows,
        "is_cut": len(pairs) > MOST_LINES,
        "most": MOST_LINES,
        "offices": [("", _("全部单位")), *((str(pk), name) for pk, name in named.values_list("pk", "name"))],
        "chosen": asked if organisation is not None else "",
        "resource": resource,
        "is_narrowed": organisation is not None or bool(resource),
    }
    return render(request, "catalogue_desk/flows.html", context)
