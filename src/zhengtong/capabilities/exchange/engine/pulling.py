"""Reading ahead in a thread of its own: the source sends the next chunk while this one is checked and written."""

from collections.abc import Callable, Generator, Iterable
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
# Chunks that may wait: more of them would only take memory.
_AHEAD = 1
# So often whoever waits for a chunk looks up.
LOOK_SECONDS = 1.0


def _as_it_comes(items: Iterable[T], stop: Event) -> Iterable[T]:
    return items


def pull_ahead(
    items: Iterable[T],
    *,
    through: Callable[[Iterable[T], Event], Iterable[T]] = _as_it_comes,
    idle: Callable[[], object] = lambda: None,
) -> Generator[T, None, None]:
    """Yield ``items``, taken in a thread; what they raise is raised here. The thread ends with the generator.

    ``through`` is what they go through in the thread; it is given an event that is set when nobody wants them any more.
    ``idle`` is called here, about every second, while the next one is waited for; what it raises ends the waiting.
    """
    waiting: Queue[tuple[str, Any]] = Queue(_AHEAD)
    stop = Event()

    def put(kind: str, thing: Any) -> bool:
        while not stop.is_set():
            try:
                waiting.put((kind, thing), timeout=0.1)
            except Full:
                continue
            return True
        return False

    def pull() -> None:
        try:
            for item in through(items, stop):
                if not put("item", item):
                    return
        except BaseException as error:  # whatever it is, it belongs to whoever waits
            put("error", error)
        else:
            put("end", None)

    thread = Thread(target=pull, name="pull-ahead", daemon=True)
    thread.start()
    try:
        while True:
            try:
                kind, thing = waiting.get(timeout=LOOK_SECONDS)
            except Empty:
                idle()
                continue
            if kind == "end":
                return
            if kind == "error":
                raise thing
            yield thing
    finally:
        stop.set()
        while thread.is_alive():
            try:
                waiting.get_nowait()
            except Empty:
                thread.join(timeout=0.05)
