"""A page asks the database as much for many rows as for few, and little."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from tests.conformance.rooms import Room, body_of, of_audience
from zhengtong.screens.declaration import Filter, Related

FEW, MANY = 2, 12


def watched(room: Room) -> Iterator[tuple[str, str]]:
    """Yield what is looked at as rows become many."""
    for verb in ("list", "export.csv", "export.xlsx", "statistics", "map"):
        if room.has(verb):
            yield verb, room.url(verb)
    if room.has("detail"):
        yield "detail", room.url("detail", room.row)
    if room.screens.api:
        yield "interface", room.api


def ceiling(room: Room, verb: str) -> int:
    """How many questions a page may ask: of who asks and what for, and a few for each of its parts."""
    screens = room.screens
    match verb:
        case "list" | "map":
            return 14
        case "detail":
            return 13 + 3 * sum(isinstance(panel, Related) for panel in screens.detail)
        case "statistics":
            return 10 + 2 * len(screens.stats)
        case "interface":
            # A filter by another row counts what there is to choose from.
            return 6 + sum(_is_relation(screens.model, declared) for declared in screens.filters)
    # Among them whether she has to prove herself anew before she takes something along.
    return 11


def _is_relation(model: type[Model], declared: Filter | str) -> bool:
    name = declared if isinstance(declared, str) else declared.field
    return "__" not in name and model._meta.get_field(name).is_relation


def count(room: Room) -> dict[str, int]:
    counted = {}
    for verb, address in watched(room):
        # What is asked once a process or once a second isn't counted.
        counted[verb] = min(_ask(room, address) for _ in range(3))
    return counted


def _ask(room: Room, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        body_of(room.holder.get(address))
    return len(asked)


@of_audience()
def test_many_rows_cost_no_more_questions_than_few(room: Room) -> None:
    room.make(FEW)
    few = count(room)
    for number in range(FEW + 1, MANY):
        room.make(number)
    many = count(room)
    assert many == few
    assert {verb: asked for verb, asked in many.items() if asked > ceiling(room, verb)} == {}
