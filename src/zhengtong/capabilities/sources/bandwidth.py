"""A limit on how fast a link is used: batches are let through no faster than so many bytes a second.

A token bucket: what isn't used for a moment may be used later, for two seconds' worth at most, so that a batch which
is larger than a second's share goes through and is paid for by a longer pause.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

BURST_SECONDS = 2.0


@dataclass
class Bucket:
    """Bytes that may go now. Several links to one source may share a bucket within a process."""

    bytes_a_second: float
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.bytes_a_second * BURST_SECONDS, self.clock()

    def take(self, size: int) -> float:
        """Take ``size`` bytes and return the seconds to wait before they may go."""
        now = self.clock()
        gained = (now - self._at) * self.bytes_a_second
        self._tokens = min(self._tokens + gained, self.bytes_a_second * BURST_SECONDS) - size
        self._at = now
        return max(0.0, -self._tokens / self.bytes_a_second)


def limit_batches(
    batches: Iterable[pa.RecordBatch],
    bytes_a_second: float | Callable[[], float | None] | None,
    *,
    wait: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[pa.RecordBatch]:
    """Yield ``batches`` at no more than ``bytes_a_second``; without a limit as they come.

    A limit that may change underway is given as what says it anew for each batch. ``wait`` is called with seconds;
    whoever must be able to stop in the middle gives one that can be woken.
    """
    bucket: Bucket | None = None
    for batch in batches:
        rate = bytes_a_second() if callable(bytes_a_second) else bytes_a_second
        if not rate:
            bucket = None
        else:
            bucket = bucket or Bucket(rate, clock)
            bucket.bytes_a_second = rate
            if pause := bucket.take(batch.nbytes):
                wait(pause)
        yield batch
