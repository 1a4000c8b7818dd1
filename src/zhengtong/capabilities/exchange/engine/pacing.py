"""How fast a run may read and write at this moment: no link is used faster than it is registered to bear."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event


@dataclass(slots=True)
class Pace:
    """``read`` and ``write`` are bytes a second, None as fast as it goes. ``pause`` waits so many seconds, or until
    the event is set."""

    read: float | None = None
    write: float | None = None
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[Event, float], object] = Event.wait

    def look(self) -> None:
        """Find out anew; called about every second and for each chunk, by the thread that carries the run."""
