"""The items on the compile page: each keeps what was typed, in the page's order, whether it is right or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from zhengtong.capabilities.catalogue.public import MOST_FIELDS, FieldText
from zhengtong.desks.catalogue.forms import ItemForm, show_item

_TOKEN = re.compile(r"^[a-z0-9]{1,8}$")


@dataclass
class EditedRow:
    """``token`` tells it from the others on the page; ``was`` is the saved item, None of a new one."""

    token: str
    place: int | None
    was: FieldText | None
    form: ItemForm


def begin_rows(saved: Sequence[FieldText]) -> list[EditedRow]:
    return [
        EditedRow(str(place), place, each, ItemForm(initial=show_item(each), prefix=f"r{place}"))
        for place, each in enumerate(saved)
    ]


def read_rows(posted: QueryDict, saved: Sequence[FieldText]) -> list[EditedRow]:
    """Return the rows of a page in its order, bound to what was typed."""
    rows = []
    for token in list(dict.fromkeys(posted.getlist("row")))[: MOST_FIELDS + 1]:
        if not _TOKEN.match(token):
            continue
        typed = posted.get(f"r{token}-was", "")
        place = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else -1
        was = saved[place] if 0 <= place < len(saved) else None
        rows.append(EditedRow(token, place if was else None, was, ItemForm(posted, prefix=f"r{token}")))
    return rows


def rearrange(rows: list[EditedRow], act: str) -> list[EditedRow]:
    """Return the rows after ``up-<token>``, ``down-<token>``, ``remove-<token>`` or ``add``; nothing is saved yet."""
    verb, _, token = act.partition("-")
    if verb == "add":
        if len(rows) >= MOST_FIELDS:
            return rows
        taken = {row.token for row in rows}
        number = next(number for number in range(len(rows) + 1) if f"n{number}" not in taken)
        return [*rows, EditedRow(f"n{number}", None, None, ItemForm(prefix=f"rn{number}"))]
    place = next((number for number, row in enumerate(rows) if row.token == token), -1)
    if place < 0:
        return rows
    if verb == "remove":
        return rows[:place] + rows[place + 1 :]
    other = place - 1 if verb == "up" else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    return rows
