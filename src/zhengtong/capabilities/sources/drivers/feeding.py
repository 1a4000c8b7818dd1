"""Writing in a thread of its own: the target takes one chunk while whoever calls prepares the next."""

from collections.abc import Callable, Iterable, Iterator
from queue import Full, Queue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
# Chunks that may wait: more of them would only take memory.
_AHEAD = 1
_LOOK_SECONDS = 0.1


class _Withdrawn(Exception):
    """There won't be a next one."""


def feed(consume: Callable[[Iterator[T]], object], items: Iterable[T]) -> None:
    """Call ``consume`` in a thread with ``items``, which are made here; return when it has, or raise what it raised.

    What the making raises ends the taking and is raised here: ``consume`` sees an exception in the place of the next
    item, and what it makes of that is of no interest.
    """
    waiting: Queue[tuple[str, Any]] = Queue(_AHEAD)
    raised: list[BaseException] = []

    def take() -> Iterator[T]:
        while True:
            kind, item = waiting.get()
            if kind == "end":
                return
            if kind == "withdrawn":
                raise _Withdrawn
            yield item

    def run() -> None:
        try:
            consume(take())
        except BaseException as error:  # whatever it is, it belongs to whoever waits
            raised.append(error)

    thread = Thread(target=run, name="feed", daemon=True)

    def put(kind: str, item: Any = None) -> bool:
        """Return whether the thread still wants it."""
        while thread.is_alive():
            try:
                waiting.put((kind, item), timeout=_LOOK_SECONDS)
            except Full:
                continue
            return True
        return False

    thread.start()
    try:
        for item in items:
            if not put("item", item):
                break
        put("end")
    except BaseException:
        put("withdrawn")
        thread.join()
        raise
    thread.join()
    if raised:
        raise raised[0]
