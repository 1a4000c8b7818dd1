"""A link's limit holds over any stretch of time, whatever sizes the batches have."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from zhengtong.capabilities.sources.bandwidth import BURST_SECONDS, limit_batches


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


def of(size: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([b"x" * size])], names=["a"])


@given(
    sizes=st.lists(st.integers(1, 200_000), max_size=40),
    rate=st.integers(1024, 1_000_000),
    work=st.floats(0, 0.5),
)
def test_no_more_bytes_go_than_the_limit_allows(sizes: list[int], rate: int, work: float) -> None:
    clock, sent = Clock(), 0
    for batch in limit_batches((of(size) for size in sizes), rate, wait=clock.wait, clock=lambda: clock.now):
        sent += batch.nbytes
        assert sent <= rate * (clock.now + BURST_SECONDS) * (1 + 1e-9) + 1
        clock.now += work


def test_the_limit_is_used_to_its_full() -> None:
    clock = Clock()
    sent = sum(
        b.nbytes for b in limit_batches([of(100_000)] * 100, 1_000_000, wait=clock.wait, clock=lambda: clock.now)
    )
    assert sent / (clock.now + BURST_SECONDS) > 990_000


def test_without_a_limit_nothing_waits() -> None:
    batches = [of(10), of(20)]
    assert list(limit_batches(batches, None, wait=lambda _seconds: None)) == batches


def test_a_limit_that_is_changed_underway_holds_from_the_next_batch_on() -> None:
    clock, rates = Clock(), iter([None, 1_000_000, 1_000_000, 10_000, None])
    times = []
    for _batch in limit_batches([of(100_000)] * 5, lambda: next(rates), wait=clock.wait, clock=lambda: clock.now):
        times.append(clock.now)
    assert times[:3] == [0, 0, 0]
    assert times[3] > 5
    assert times[4] == times[3]
