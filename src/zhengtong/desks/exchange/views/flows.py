"""The map of flows: who gave how much to whom, as bands between two columns of names, and the same as a table."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhengtong.capabilities.exchange import public as exchange
from zhengtong.capabilities.exchange.public import VIEW, Flow
from zhengtong.screens.access import actor_of, for_staff
from zhengtong.screens.formats import cn_size

DAYS = (1, 7, 30)
# The drawing's own units.
WIDTH, GAP, NODE, LEFT, RIGHT = 900, 14, 12, 250, 650
LEAST, MOST = 3.0, 340.0
# So much of the picture for each flow at most: a single one is a band, no wall.
MOST_EACH = 72.0
# More names than this aren't told apart; the table has them all.
MOST_NAMES = 14


@dataclass
class Side:
    """One organisation in the drawing: its bar, and how much of that is taken by bands drawn so far."""

    name: str
    y: float
    height: float
    used: float = 0.0

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2 + 5, 1)

    @property
    def top(self) -> float:
        return round(self.y, 1)

    @property
    def tall(self) -> float:
        return round(self.height, 1)


def draw(flows: list[Flow]) -> dict[str, Any]:
    """Return bars and bands; a band's width is its share of the bytes, never thinner than can be seen."""
    given, taken = exchange.list_sides(flows)
    shown = {pk for pk, _name, _size in given[:MOST_NAMES]}, {pk for pk, _name, _size in taken[:MOST_NAMES]}
    drawn = [flow for flow in flows if flow.provider_id in shown[0] and flow.consumer_id in shown[1]]
    total = sum(flow.size for flow in drawn) or 1
    room = min(MOST, MOST_EACH * len(drawn))
    thick = {(flow.provider_id, flow.consumer_id): max(LEAST, room * flow.size / total) for flow in drawn}
    left = _stack([(pk, name) for pk, name, _size in given], dict.fromkeys(shown[0], 0.0), thick, 0)
    right = _stack([(pk, name) for pk, name, _size in taken], dict.fromkeys(shown[1], 0.0), thick, 1)
    bands = []
    for flow in drawn:
        begin, end = left[flow.provider_id], right[flow.consumer_id]
        width = thick[flow.provider_id, flow.consumer_id]
        y1, y2 = begin.y + begin.used + width / 2, end.y + end.used + width / 2
        begin.used += width
        end.used += width
        x1, x2 = LEFT + NODE, RIGHT
        middle = (x1 + x2) / 2
        bands.append(
            {
                "path": f"M{x1} {y1:.1f}C{middle:.0f} {y1:.1f} {middle:.0f} {y2:.1f} {x2} {y2:.1f}",
                "width": f"{width:.1f}",
                "said": f"{flow.provider} → {flow.consumer}：{cn_size(flow.size)}",
                "is_failing": flow.failed > 0,
            }
        )
    bottom = max([side.y + side.height for side in [*left.values(), *right.values()]], default=0)
    return {
        "left": list(left.values()),
        "right": list(right.values()),
        "bands": bands,
        "height": round(bottom + GAP),
        "width": WIDTH,
    }


def _stack(
    names: list[tuple[int, str]], heights: dict[int, float], thick: dict[tuple[int, int], float], end: int
) -> dict[int, Side]:
    for ends, width in thick.items():
        heights[ends[end]] += width
    sides: dict[int, Side] = {}
    y = float(GAP)
    for pk, name in names:
        if heights.get(pk):
            sides[pk] = Side(name if len(name) <= 14 else f"{name[:13]}…", y, heights[pk])
            y += max(heights[pk], 20) + GAP
    return sides


@require_safe
@for_staff(VIEW)
def show(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(each) for each in DAYS} else 7
    flows = exchange.list_flows(actor_of(request), days)
    columns = [
        ("provider", _("提供单位"), "main"),
        ("consumer", _("使用单位")),
        ("contracts", _("合约"), "number"),
        ("runs", _("任务"), "number"),
        ("failed", _("失败"), "number"),
        ("rows", _("行数"), "number"),
        ("size", _("数据量"), "number"),
    ]
    rows = [
        {
            "label": flow.provider,
            "cells": {
                "provider": flow.provider,
                "consumer": flow.consumer,
                "contracts": flow.contracts,
                "runs": flow.runs,
                "failed": flow.failed or "",
                "rows": f"{flow.rows:,}",
                "size": cn_size(flow.size),
            },
        }
        for flow in flows
    ]
    context = {
        "days": days,
        "tabs": [(_("近 %(n)s 天") % {"n": each}, f"?days={each}", each == days, "") for each in DAYS],
        "columns": columns,
        "rows": rows,
        "drawing": draw(flows) if flows else None,
    }
    return render(request, "exchange_desk/flows.html", context)
