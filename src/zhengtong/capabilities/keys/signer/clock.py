"""A clock that never goes back: what has expired stays expired when somebody sets the machine's clock."""

import threading
import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970, at least those kept from before, and going on by the monotonic clock."""

    def __init__(
        self,
        kept: float,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady, self._lock = wall, steady, threading.Lock()
        self._base, self._since = max(kept, wall()), steady()

    def now(self) -> float:
        with self._lock:
            steady, wall = self._steady(), self._wall()
            moment = self._base + (steady - self._since)
            if wall > moment:
                self._base, self._since, moment = wall, steady, wall
            return moment

    def behind(self) -> float:
        """Return by how many seconds the machine's clock lags behind what was already seen."""
        return max(0.0, self.now() - self._wall())
