"""Keyset pages: the next page begins after the last row, so a list of a million is as fast as one of ten.

So is what is said of their number: it is counted up to a cap, and only where PostgreSQL expects that to be cheap.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import DataError, connections
from django.db.models import DateField, DateTimeField, DecimalField, Field, Model, Q, QuerySet
from django.http import QueryDict

from zhengtong.kernel.reach import page_of

M = TypeVar("M", bound=Model)
SIZE = 50
CAP = 1000
# What counting may cost, in PostgreSQL's units; a thousand rows, each on another page of the table, cost half of it.
MOST_COST = 10_000
# Longer than any cursor that we write: what someone typed isn't taken apart.
LONGEST_CURSOR = 600
# A cursor's values as JSON: what isn't a text, a whole number or a flag says its kind.
_KINDS: tuple[tuple[str, type, Any], ...] = (
    ("at", datetime, datetime.fromisoformat),
    ("on", date, date.fromisoformat),
    ("of", Decimal, Decimal),
)


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page; ``previous`` and ``next`` are cursors, "" at the ends.

    ``total`` stops at the cap, and with the rows of this page where counting would take long; ``capped``: there are
    more.
    """

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

    ``order`` names columns as ``order_by`` does, the last one unique; others may be null, as PostgreSQL orders them:
    last upwards, first downwards. An index over the first column (better: it and the unique one) carries every page.
    """
    after, before = _read(query.get("after", ""), order), _read(query.get("before", ""), order)
    is_back = bool(before) and not after
    try:
        rows = _slice(found, order, after or before, is_back, size + 1)
    except (ValidationError, ValueError, TypeError, DataError):  # a cursor that someone typed
        after, is_back = None, False
        rows = page_of(found.order_by(*order), size + 1)
    has_more = len(rows) > size
    rows = rows[:size]
    if is_back:
        rows.reverse()
    is_whole = not (after or is_back or has_more)
    counted = None if is_whole else _count_if_cheap(found, is_asked=not rows)
    total, capped = counted or (len(rows), not is_whole)
    return Page(
        rows=rows,
        previous=write_cursor(rows[0], order) if rows and (has_more if is_back else bool(after)) else "",
        next=write_cursor(rows[-1], order) if rows and (has_more or is_back) else "",
        total=total,
        capped=capped,
    )


def _count_if_cheap(found: QuerySet[Any], *, is_asked: bool) -> tuple[int, bool] | None:
    """Return what :func:`count_capped` does, None where PostgreSQL expects that counting to the cap reads much: few
    hits are dear where none is indexed. What ``is_asked`` is counted at any cost.

    A queryset that counts in a way of its own has seen to that.
    """
    if is_asked or type(found).count is not QuerySet.count:
        return count_capped(found)
    try:
        # Both statements are of one text: writing it is dearer than either.
        sql, params = found.order_by().values("pk")[: CAP + 1].query.sql_with_params()
    except EmptyResultSet:
        return 0, False
    with connections[found.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
        if (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Total Cost"] > MOST_COST:
            return None
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS counted", params)
        (n,) = cursor.fetchone()
    return min(n, CAP), n > CAP


def _slice(found: QuerySet[M], order: tuple[str, ...], cursor: list[Any] | None, is_back: bool, n: int) -> list[M]:
    ordering = tuple(_turned(column) for column in order) if is_back else order
    if cursor is None:
        return page_of(found.order_by(*ordering), n)
    _check(found, order, cursor)
    rows: list[M] = []
    for stretch in _stretches(found.model, ordering, cursor):
        rows += page_of(found.filter(stretch).order_by(*ordering), n - len(rows))
        if len(rows) == n:
            break
    return rows


def _field(model: type[Model], column: str) -> "Field[Any, Any]":
    """Return the field of a column or of a path over foreign keys. Raises FieldDoesNotExist."""
    *steps, name = column.removeprefix("-").split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a path leads over foreign keys
    options = model._meta
    field = options.pk if name == "pk" else options.get_field(name)
    assert isinstance(field, Field)
    return field


def _check(found: QuerySet[M], order: tuple[str, ...], cursor: list[Any]) -> None:
    """Raise ValueError when a value can't be one of its column: moments are moments, ids are ids."""
    for column, value in zip(order, cursor, strict=True):
        match _field(found.model, column):
            case DateTimeField():
                kind: type | tuple[type, ...] = datetime
            case DateField():
                kind = date
            case DecimalField():
                kind = Decimal
            case _:
                kind = (str, int)
        if value is not None and not isinstance(value, kind):
            raise ValueError(f"{value!r} is no {column}")


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _stretches(model: type[Model], ordering: tuple[str, ...], cursor: list[Any]) -> list[Q]:
    """The rows after ``cursor`` in one or two stretches: those with a first column, and those without.

    Apart, each begins somewhere in the index; together they would be read from its beginning.
    """
    first, value = ordering[0], cursor[0]
    name, is_down = first.removeprefix("-"), first.startswith("-")
    if value is None:
        rest = Q(**{f"{name}__isnull": True}) & _beyond(ordering[1:], cursor[1:])
        return [rest, Q(**{f"{name}__isnull": False})] if is_down else [rest]
    # The bound of the first column says nothing new, but an index can begin at it.
    rest = Q(**{f"{name}__{'lte' if is_down else 'gte'}": value}) & _beyond(ordering, cursor, apart=name)
    is_nullable = _field(model, first).null
    return [rest, Q(**{f"{name}__isnull": True})] if is_nullable and not is_down else [rest]


def _beyond(ordering: tuple[str, ...], cursor: list[Any], *, apart: str = "") -> Q:
    """Rows after ``cursor``: greater in the first column, or equal there and greater in the next, and so on.

    Those without a value in the column ``apart`` are another stretch's.
    """
    beyond, equal = Q(pk__in=[]), Q()
    for column, value in zip(ordering, cursor, strict=True):
        name, is_down = column.removeprefix("-"), column.startswith("-")
        if value is None:
            further = Q(**{f"{name}__isnull": False}) if is_down else Q(pk__in=[])
            same = Q(**{f"{name}__isnull": True})
        else:
            further = Q(**{f"{name}__{'lt' if is_down else 'gt'}": value})
            same = Q(**{name: value})
            if name != apart and not is_down:
                further |= Q(**{f"{name}__isnull": True})
        beyond |= equal & further
        equal &= same
    return beyond


def _get(row: Model, column: str) -> Any:
    return reduce(getattr, column.removeprefix("-").split("__"), row)


def write_cursor(row: Model, order: tuple[str, ...]) -> str:
    """Return what ``?after=`` says to begin after ``row``, and ``?before=`` to end there."""
    shown = [_written(_get(row, column)) for column in order]
    return base64.urlsafe_b64encode(json.dumps(shown).encode()).decode().rstrip("=")


def _written(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    kind = next((name for name, each, _read in _KINDS if isinstance(value, each)), "")
    return {kind: value.isoformat() if isinstance(value, date) else str(value)} if kind else str(value)


def _read(text: str, order: tuple[str, ...]) -> list[Any] | None:
    if len(text) > LONGEST_CURSOR:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) if text else None
        if not isinstance(values, list) or len(values) != len(order):
            return None
        return [_value(value) for value in values]
    except (ValueError, TypeError, KeyError, InvalidOperation, binascii.Error):
        return None


def _value(written: Any) -> Any:
    if isinstance(written, dict):
        ((kind, text),) = written.items()
        value = {name: read for name, _type, read in _KINDS}[kind](text)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError("an amount is finite")
        return value
    if written is not None and not isinstance(written, str | int):
        raise ValueError("not a cursor")
    return written
