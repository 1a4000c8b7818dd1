"""Rows that a clerk adds, moves and takes out before she saves: each keeps what was typed, in the page's order."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from zhengtong.capabilities.cases.public import ItemDraft
from zhengtong.desks.items.forms import PartForm

MOST_ROWS = 200
_TOKEN = re.compile(r"^[a-z0-9]{1,8}$")


@dataclass
class EditedRow:
    """``token`` tells it from the others on the page; ``was`` is its place in the saved text, None of a new one."""

    token: str
    was: int | None
    form: PartForm
    condition: str = ""

    @property
    def number(self) -> int:
        return (self.was or 0) + 1


def begin_rows(kind: type[PartForm], draft: ItemDraft, saved: Iterable[Mapping[str, Any]]) -> list[EditedRow]:
    """Return the rows as they are saved."""
    return [
        EditedRow(str(place), place, kind(draft=draft, initial=dict(row), prefix=f"r{place}"))
        for place, row in enumerate(saved)
    ]


def read_rows(
    kind: type[PartForm], draft: ItemDraft, posted: QueryDict, saved: list[dict[str, Any]]
) -> list[EditedRow]:
    """Return the rows of a page in its order, bound to what was typed."""
    rows = []
    for token in list(dict.fromkeys(posted.getlist("row")))[:MOST_ROWS]:
        if not _TOKEN.match(token):
            continue
        typed = posted.get(f"r{token}-was", "")
        was = int(typed) if typed.isdecimal() and len(typed) < 5 and int(typed) < len(saved) else None
        initial = saved[was] if was is not None else {}
        rows.append(EditedRow(token, was, kind(posted, draft=draft, initial=initial, prefix=f"r{token}")))
    return rows


def rearrange(
    rows: list[EditedRow], act: str, kind: type[PartForm], draft: ItemDraft, given: Mapping[str, Any] | None = None
) -> list[EditedRow]:
    """Return the rows after ``up-<token>``, ``down-<token>``, ``remove-<token>`` or ``add``; nothing is saved yet."""
    verb, _, token = act.partition("-")
    place = next((number for number, row in enumerate(rows) if row.token == token), -1)
    if verb == "add" and len(rows) < MOST_ROWS:
        number = 0
        while any(row.token == f"n{number}" for row in rows):
            number += 1
        return [
            *rows,
            EditedRow(f"n{number}", None, kind(draft=draft, initial=dict(given or {}), prefix=f"rn{number}")),
        ]
    if place < 0:
        return rows
    if verb == "remove":
        return rows[:place] + rows[place + 1 :]
    other = place - 1 if verb == "up" else place + 1
    if verb in ("up", "down") and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows
