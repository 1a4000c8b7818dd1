"""Keyset paging: a page begins after a row, so the thousandth page costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
PAGE_SIZE = 20


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page. ``previous`` and ``next`` are cursors, empty at the ends."""

    rows: list[M]
    previous: str
    next: str


def paginate(rows: QuerySet[M], request: HttpRequest, moment: str, size: int = PAGE_SIZE) -> Page[M]:
    """Return the page of ``rows``, newest first by the field ``moment`` and then by id, that the request asks for.

    A cursor that can't be read is the first page.
    """
    newest_first = rows.order_by(f"-{moment}", "-id")
    if (edge := _read(request.GET.get("after", ""))) is not None:
        found = list(newest_first.filter(_beyond(moment, edge, "lt"))[: size + 1])
        page, has_more = found[:size], len(found) > size
        return Page(page, _cursor(page, moment, 0), _cursor(page, moment, -1) if has_more else "")
    if (edge := _read(request.GET.get("before", ""))) is not None:
        found = list(rows.order_by(moment, "id").filter(_beyond(moment, edge, "gt"))[: size + 1])
        page, has_more = found[:size][::-1], len(found) > size
        return Page(page, _cursor(page, moment, 0) if has_more else "", _cursor(page, moment, -1))
    found = list(newest_first[: size + 1])
    return Page(found[:size], "", _cursor(found[:size], moment, -1) if len(found) > size else "")


def _beyond(moment: str, edge: tuple[datetime, int], side: str) -> Q:
    at, pk = edge
    return Q(**{f"{moment}__{side}": at}) | Q(**{moment: at, f"id__{side}": pk})


def _cursor(page: Sequence[Any], moment: str, place: int) -> str:
    if not page:
        return ""
    text = json.dumps([attrgetter(moment.replace("__", "."))(page[place]).isoformat(), page[place].pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int] | None:
    if not cursor or len(cursor) > 120:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(pk, int) or not 0 < pk < 1 << 63:
            return None
    except (ValueError, TypeError, binascii.Error):
        return None
    return moment, pk
