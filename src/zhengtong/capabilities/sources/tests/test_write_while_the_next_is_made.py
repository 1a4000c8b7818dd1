"""One thread writes what the other makes: all of it in order, and whatever goes wrong on either side is told once."""

from collections.abc import Iterator
from threading import active_count

import pytest

from zhengtong.capabilities.sources.drivers.feeding import feed


class Wrong(Exception):
    """What goes wrong on one side of the two."""


@pytest.fixture(autouse=True)
def _every_thread_ends() -> Iterator[None]:
    before = active_count()
    yield
    assert active_count() == before


def test_everything_arrives_in_order() -> None:
    taken: list[int] = []
    feed(taken.extend, iter(range(100)))
    assert taken == list(range(100))


def test_what_the_writer_raises_is_raised_and_nothing_more_is_made() -> None:
    made: list[int] = []

    def make() -> Iterator[int]:
        for each in range(1000):
            made.append(each)
            yield each

    def write(items: Iterator[int]) -> None:
        next(items)
        raise Wrong

    with pytest.raises(Wrong):
        feed(write, make())
    assert len(made) < 1000


def test_a_writer_that_fails_before_it_takes_anything_is_heard() -> None:
    def write(_items: Iterator[int]) -> None:
        raise Wrong

    with pytest.raises(Wrong):
        feed(write, iter(range(1000)))


def test_what_the_maker_raises_ends_the_writing_and_is_raised() -> None:
    taken: list[int] = []
    is_finished = False

    def make() -> Iterator[int]:
        yield 1
        raise Wrong

    def write(items: Iterator[int]) -> None:
        nonlocal is_finished
        taken.extend(items)
        is_finished = True

    with pytest.raises(Wrong):
        feed(write, make())
    assert not is_finished  # it must not take what came so far for the whole


def test_nothing_at_all_is_written_as_nothing() -> None:
    taken: list[int] = []
    feed(taken.extend, iter(()))
    assert taken == []
