"""Answering from a table of a source: one query, its rows some ten thousand at most, page by page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from zhengtong.capabilities.interfaces.domain import MOST_ROWS, ROWS_A_CALL, Problem
from zhengtong.capabilities.interfaces.gateway.shaping import Row, Shape
from zhengtong.capabilities.interfaces.models import Service
from zhengtong.capabilities.sources.public import (
    Condition,
    Connection,
    Reading,
    SourceError,
    open_source,
)
from zhengtong.core.crypto.public import EncryptedTextField, Unreadable

_SEALED: Final = EncryptedTextField()


@dataclass(frozen=True, slots=True)
class Query:
    """What a caller asks: ``after`` is the key of the last row of the page before."""

    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]
    limit: int
    after: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class PageOfRows:
    rows: list[Row]
    held: int
    next: str


def read_query(shape: Shape, asked: Any) -> Query:
    """Read the body of a call. Raises Problem."""
    if not isinstance(asked, dict) or asked.keys() - {"columns", "where", "limit", "cursor"}:
        raise Problem("body-form", "columns, where, limit, cursor")
    columns, where = asked.get("columns", []), asked.get("where", [])
    if not isinstance(columns, list) or not all(isinstance(each, str) for each in columns):
        raise Problem("body-form", "columns")
    if not isinstance(where, list) or len(where) > 20:
        raise Problem("body-form", "where")
    most = shape.content.rows_a_call or ROWS_A_CALL
    limit = asked.get("limit", most)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Problem("body-form", "limit")
    return Query(shape.choose(columns), shape.translate(where), min(limit, most), _read_cursor(shape, asked))


def _read_cursor(shape: Shape, asked: dict[str, Any]) -> tuple[Any, ...] | None:
    text = asked.get("cursor", "")
    if not text:
        return None
    try:
        key = json.loads(_open_cursor(str(text)))
    except (ValueError, TypeError, RecursionError, Unreadable):
        raise Problem("body-form", "cursor") from None
    if not isinstance(key, list) or len(key) != len(shape.content.key) or not all(isinstance(v, str) for v in key):
        raise Problem("body-form", "cursor")
    return tuple(key)


def answer_from_table(service: Service, shape: Shape, query: Query) -> PageOfRows:
    """Return a page, in the order of the contract's key. Raises Problem, also when the query meets too many rows."""
    content = shape.content
    conditions = (*content.conditions, *query.conditions)
    reading = Reading(service.place, shape.sources, conditions, chunk_rows=MOST_ROWS + 1)
    try:
        # Opened for each call: what a source gives is one state of it, and a kept connection would give an old one.
        with open_source(service.source) as connection:
            batch = _read_all(connection, reading)
    except SourceError as error:
        if error.is_passing:
            raise Problem("provider-down", error.message) from error
        raise Problem("provider-answer", error.message) from error
    if batch is None:
        return PageOfRows([], 0, "")
    return _cut(shape, batch, query)


def _read_all(connection: Connection, reading: Reading) -> pa.RecordBatch | None:
    batches: list[pa.RecordBatch] = []
    rows = 0
    for batch in connection.read(reading):
        batches.append(batch)
        rows += batch.num_rows
        if rows > MOST_ROWS:
            raise Problem("too-many-rows", f"> {MOST_ROWS}")
    if not rows:
        return None
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]


def _cut(shape: Shape, batch: pa.RecordBatch, query: Query) -> PageOfRows:
    """Order by the key and take what is behind the cursor. Keys are compared as text by code point: any order that
    stays the same will do, and the source's own may depend on its language.
    """
    names = [shape.fields[name].source for name in shape.content.key]
    keys = _keys_of(batch, names) if names else [()] * batch.num_rows
    order: Sequence[int] = sorted(range(batch.num_rows), key=keys.__getitem__) if names else range(batch.num_rows)
    if query.after is not None:
        order = [at for at in order if keys[at] > query.after]
    page = list(order[: query.limit])
    has_more = len(order) > query.limit
    if has_more and not names:
        raise Problem("too-many-rows", f"> {query.limit}")
    if not page:
        return PageOfRows([], 0, "")
    shaped = shape.shape_batch(batch.take(pa.array(page)), wanted=query.columns)
    cursor = _seal_cursor(json.dumps(list(keys[page[-1]]), ensure_ascii=False)) if has_more else ""
    return PageOfRows(shaped.rows, shaped.held, cursor)


def _keys_of(batch: pa.RecordBatch, names: Sequence[str]) -> list[tuple[str, ...]]:
    columns = [[("" if value is None else str(value)) for value in batch.column(name).to_pylist()] for name in names]
    return list(zip(*columns, strict=True))


def _seal_cursor(text: str) -> str:
    # The key may be one that the contract covers: what the caller carries back to us she can't read.
    return base64.urlsafe_b64encode(_SEALED.get_prep_value(text)).decode()


def _open_cursor(text: str) -> str:
    return _SEALED.from_db_value(base64.urlsafe_b64decode(text.encode()), None, None) or ""
