"""Addresses that somebody typed, cut off or made up are answered, in words where they make no sense."""

from collections.abc import Iterator

from tests.conformance.rooms import Room, of_audience

QUERIES = (
    "sort=nothing",
    "sort=-pk",
    "after=%00",
    "after=" + "A" * 3000,
    "columns=password",
    "columns=,,,",
    "q=" + "井" * 2000,
    "q=%25_%5C",
    "nothing=1",
    "view=999999999",
    "view=x",
)
VALUES = ("%00", "999999999999999999999", "'; --", "2026-02-30", "中" * 300)


def queries(room: Room) -> Iterator[str]:
    yield from QUERIES
    names = [each if isinstance(each, str) else each.field for each in room.screens.filters]
    # One bad value for every filter at once: a filter that breaks does so among others, too.
    for value in VALUES:
        for suffix in ("", "_from", "_until"):
            yield "&".join(f"{name}{suffix}={value}" for name in names)


@of_audience()
def test_odd_addresses_are_answered(room: Room) -> None:
    answered = {query: room.holder.get(f"{room.url()}?{query}").status_code for query in queries(room)}
    assert {query: status for query, status in answered.items() if status not in {200, 400}} == {}


@of_audience()
def test_odd_addresses_of_the_other_pages_are_answered(room: Room) -> None:
    for verb in ("map", "statistics", "export.csv", "columns"):
        if room.has(verb):
            for query in ("sort=nothing", "nothing=1", "after=%00", f"{VALUES[2]}=1", "columns=password"):
                answer = room.holder.get(f"{room.url(verb)}?{query}")
                assert answer.status_code in {200, 400}, (verb, query)


@of_audience()
def test_odd_questions_to_the_interface_are_refused(room: Room) -> None:
    if room.screens.api:
        for query in ("limit=0", "limit=9999", "limit=x", "sort=nothing", "nothing=1", "after=%00"):
            assert room.holder.get(f"{room.api}?{query}").status_code in {400, 422}, query
