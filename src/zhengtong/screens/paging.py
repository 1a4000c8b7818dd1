"""Keyset pages: the next page begins after the last row, so a list of a million is as fast as one of ten."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.http import QueryDict

M = TypeVar("M", bound=Model)
SIZE = 50
CAP = 1000
# Longer than any cursor that we write: what someone typed isn't taken apart.
LONGEST_CURSOR = 300


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page; ``previous`` and ``next`` are cursors, "" at the ends. ``total`` stops at the cap."""

    rows: list[M]
    previous: str
    next: str
    total: int
    capped: bool


def count_capped(found: QuerySet[Any], cap: int = CAP) -> tuple[int, bool]:
    """Count at most ``cap`` rows; the second value says that there are more ("1000+")."""
    counted = found.order_by()[: cap + 1].count()
    return min(counted, cap), counted > cap


def paginate(found: QuerySet[M], query: QueryDict, *, order: tuple[str, ...], size: int = SIZE) -> Page[M]:
    """Return the page of ``found`` that ``?after=`` or ``?before=`` names, the first one when neither can be read.

    ``order`` names columns as ``order_by`` does, the last one unique; ascending ones may be null (nulls last).
    """
    after, before = _read(query.get("after", ""), order), _read(query.get("before", ""), order)
    total, capped = count_capped(found)
    is_back = bool(before) and not after
    try:
        rows = list(_slice(found, order, after or before, is_back)[: size + 1])
    except (ValidationError, ValueError, TypeError, DataError):  # a cursor that someone typed
        after, is_back = None, False
        rows = list(found.order_by(*order)[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size]
    if is_back:
        rows.reverse()
    return Page(
        rows=rows,
        previous=_write(rows[0], order) if rows and (has_more if is_back else bool(after)) else "",
        next=_write(rows[-1], order) if rows and (has_more or is_back) else "",
        total=total,
        capped=capped,
    )


def _slice(found: QuerySet[M], order: tuple[str, ...], cursor: list[Any] | None, is_back: bool) -> QuerySet[M]:
    ordering = tuple(_turned(column) for column in order) if is_back else order
    if cursor is not None:
        _check(found, order, cursor)
        found = found.filter(_beyond(ordering, cursor))
    return found.order_by(*ordering)


def _check(found: QuerySet[M], order: tuple[str, ...], cursor: list[Any]) -> None:
    """Raise ValueError when a value can't be one of its column: moments are moments, ids are ids."""
    for column, value in zip(order, cursor, strict=True):
        is_moment = isinstance(found.model._meta.get_field(column.removeprefix("-")), DateTimeField)
        if value is not None and isinstance(value, datetime) is not is_moment:
            raise ValueError(f"{value!r} is no {column}")


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(ordering: tuple[str, ...], cursor: list[Any]) -> Q:
    """Rows after ``cursor``: greater in the first column, or equal there and greater in the next, and so on."""
    beyond, equal = Q(pk__in=[]), Q()
    for column, value in zip(ordering, cursor, strict=True):
        name, is_down = column.removeprefix("-"), column.startswith("-")
        if value is None:
            further = Q(**{f"{name}__isnull": False}) if is_down else Q(pk__in=[])
            same = Q(**{f"{name}__isnull": True})
        else:
            further = Q(**{f"{name}__{'lt' if is_down else 'gt'}": value})
            same = Q(**{name: value})
            if not is_down:
                further |= Q(**{f"{name}__isnull": True})
        beyond |= equal & further
        equal &= same
    return beyond


def _write(row: Model, order: tuple[str, ...]) -> str:
    values = [getattr(row, column.removeprefix("-")) for column in order]
    shown = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(shown).encode()).decode().rstrip("=")


def _read(text: str, order: tuple[str, ...]) -> list[Any] | None:
    if len(text) > LONGEST_CURSOR:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if text else None
        if not isinstance(values, list) or len(values) != len(order):
            return None
        return [_value(value) for value in values]
    except (ValueError, TypeError, KeyError, binascii.Error):
        return None


def _value(written: Any) -> Any:
    if isinstance(written, dict):
        moment = datetime.fromisoformat(written["at"])
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return moment
    if written is not None and not isinstance(written, str | int):
        raise ValueError("not a cursor")
    return written
