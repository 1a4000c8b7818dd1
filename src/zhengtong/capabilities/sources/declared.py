"""Columns that a source's settings declare, where the source itself has no types: files and interfaces."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhengtong.capabilities.sources.domain import Column, ColumnKind
from zhengtong.capabilities.sources.failures import failure


def read_declared(given: Any, name: str) -> tuple[Column, ...]:
    """Return the columns of a list like ``[{"name": "code", "kind": "text", "is_key": true}]``.

    The kind is text unless it is given. Raises SourceError ``settings``.
    """
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        raise failure("settings", name=name, said="[]")
    columns = []
    for each in given:
        try:
            columns.append(_column(each))
        except (KeyError, TypeError, ValueError) as error:
            raise failure("settings", name=name, said=f"{each!r} ({error})") from None
    if len({column.name for column in columns}) != len(columns):
        raise failure("settings", name=name, said=", ".join(column.name for column in columns))
    return tuple(columns)


def _column(given: Mapping[str, Any]) -> Column:
    numbers: dict[str, Any] = {}
    for key in ("length", "precision", "scale"):
        if given.get(key) is not None:
            numbers[key] = int(given[key])
    called = str(given["name"]).strip()
    if not called:
        raise ValueError("name")
    return Column(
        called,
        ColumnKind(str(given.get("kind", "text"))),
        is_key=bool(given.get("is_key")),
        is_nullable=not given.get("is_key"),
        has_zone=bool(given.get("has_zone")),
        comment=str(given.get("comment", ""))[:200],
        **numbers,
    )


def text_columns(names: Iterable[str], native: str) -> tuple[Column, ...]:
    """Return columns of text: what a file holds before anybody has said what it means."""
    return tuple(Column(name, ColumnKind.TEXT, native=native) for name in names)
