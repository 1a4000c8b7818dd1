"""Reading ahead in a thread of its own: the source sends the next chunk while this one is checked and written."""

from collections.abc import Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
# Chunks that may wait: more of them would only take memory.
_AHEAD = 1


def pull_ahead(items: Iterable[T]) -> Iterator[T]:
    """Yield ``items``, taken in a thread; what they raise is raised here. The thread ends with the generator."""
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
            for item in items:
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
            kind, thing = waiting.get()
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
