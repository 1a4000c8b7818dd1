"""A link is used no faster than it is registered to bear; meanwhile the run is seen, heard and held."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from threading import Event, Thread
from threading import enumerate as list_threads
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection

from zhengtong.capabilities.contracts.public import Contract, ContractContent, compile_masks
from zhengtong.capabilities.exchange.engine.feeds import TableFeed
from zhengtong.capabilities.exchange.engine.pacing import Pace
from zhengtong.capabilities.exchange.engine.path import Path
from zhengtong.capabilities.exchange.engine.pulling import pull_ahead
from zhengtong.capabilities.exchange.models import Run, RunState, Stage
from zhengtong.capabilities.exchange.services import leases
from zhengtong.capabilities.exchange.services.pacing import LinkPace
from zhengtong.capabilities.exchange.services.running import start_run
from zhengtong.capabilities.exchange.tests.conftest import Exchange
from zhengtong.capabilities.exchange.tests.samples import make_contract, make_run, make_source
from zhengtong.capabilities.sources.public import SourceError, open_source, open_target
from zhengtong.core.identity.public import Organisation
from zhengtong.kernel.policy import SYSTEM

RATE = 10_000


class Clock:
    """Time that only passes where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def read(self) -> float:
        return self.now

    def pause(self, stop: Event, seconds: float) -> None:
        self.now += seconds


class Watch:
    """A book that keeps how far it was when."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.looks = clock, list[tuple[Stage, float]]()

    def advance(self, stage: Stage, tally: Any) -> None:
        self.looks.append((stage, self.clock.now))

    def hold(self, held: Any, normalised: Any) -> None:
        raise AssertionError(held)

    def seal(self, sealed: Any) -> None:
        return

    def recheck(self) -> None:
        return


def carry(
    contract: Contract, clock: Clock, *, beside: Callable[[], None] = lambda: None, **limits: float
) -> tuple[Watch, list[pa.RecordBatch]]:
    """Carry a window at a pace, and return what was written down and the batches that the source gave.

    ``beside`` is called whenever the source gives one.
    """
    content, watch = ContractContent.from_json(contract.content), Watch(clock)
    assert contract.target is not None
    given: list[pa.RecordBatch] = []

    class Seen(TableFeed):
        def batches(self) -> Iterator[pa.RecordBatch]:
            for batch in super().batches():
                given.append(batch)
                beside()
                yield batch

    with open_source(contract.source) as connection, open_target(contract.target) as target:
        feed = Seen(connection, content, {"window": "w"}, chunk_rows=100)
        pace = Pace(clock=clock.read, pause=clock.pause, **limits)
        Path(content, "w", feed, target, watch, compile_masks(content), pace=pace).carry()
    return watch, given


@pytest.mark.parametrize("side", ["read", "write"])
def test_no_more_goes_over_a_link_than_it_is_registered_to_bear(exchange: Exchange, side: str) -> None:
    exchange.give(1, 1000)
    clock = Clock()
    limit: dict[str, Any] = {side: RATE}
    watch, given = carry(exchange.agree(), clock, **limit)
    assert exchange.count_different() == 0
    # The last batch is paid for as well: two seconds' worth goes at once, the rest in its time.
    paid = sum(batch.nbytes for batch in given) / RATE - 2
    assert paid > 5
    if side == "read":
        assert clock.now == pytest.approx(paid)
    else:
        assert clock.now > paid / 2
        # Nobody waits longer than a second without hearing what is wished.
        moments = [at for _stage, at in watch.looks]
        assert max(later - at for at, later in pairwise(moments)) <= 1


def test_a_link_without_a_limit_waits_for_nothing(exchange: Exchange) -> None:
    exchange.give(1, 1000)
    clock = Clock()
    carry(exchange.agree(), clock)
    assert clock.now == 0


def test_whoever_waits_for_a_slow_source_hears_what_is_wished() -> None:
    ended = Event()

    class Cancelled(Exception):
        """What somebody wished for."""

    def stand_still(items: Iterable[int], stop: Event) -> Iterator[int]:
        stop.wait()
        ended.set()
        yield from items

    def hear() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(pull_ahead(iter([1]), through=stand_still, idle=hear))
    assert ended.wait(5)


def test_when_the_target_fails_in_mid_batch_nobody_goes_on_reading_the_source(exchange: Exchange) -> None:
    exchange.give(1, 3000)
    is_cut = False

    def cut() -> None:
        """End the target's connection once it has begun to take what is staged."""
        nonlocal is_cut
        is_cut = is_cut or bool(
            exchange.ask(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'COPY %%FROM STDIN%%' AND pid <> pg_backend_pid()"
            )
        )

    with pytest.raises(SourceError) as raised:
        carry(exchange.agree(), Clock(), beside=cut)
    assert is_cut
    # Though whoever handles the error still has every frame of it.
    assert raised.value.is_passing
    assert [each.name for each in list_threads() if each.name == "pull-ahead"] == []


@contextmanager
def watched(run: Run, seen: list[Run]) -> Iterator[None]:
    """Cancel the run as soon as it has read something and its lease was renewed twice."""
    over = Event()

    def watch() -> None:
        leased = set()
        while not over.wait(0.05):
            found = Run.objects.get(pk=run.pk)
            leased.add(found.lease_until)
            if found.state == RunState.RUNNING and found.rows_read >= 100 and len(leased - {None}) > 2:
                seen.append(found)
                Run.objects.filter(pk=run.pk, state=RunState.RUNNING).update(wish="cancel")
                break
        connection.close()

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


@pytest.mark.parametrize("side", ["giver", "taker"])
def test_a_run_over_a_slow_link_is_seen_held_and_cancelled(
    exchange: Exchange, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.give(1, 3000)
    source = getattr(exchange, side)
    source.bytes_a_second = RATE
    source.save()
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=3))
    run = start_run(actor=SYSTEM, contract=exchange.agree(), trigger="hand")
    seen: list[Run] = []
    with watched(run, seen):
        run = exchange.again(run)
    assert (run.state, run.code) == (RunState.CANCELLED, "cancelled"), run.message
    assert 0 < seen[0].rows_read < 3000
    assert seen[0].rows_expected == 3000
    assert exchange.ask("SELECT count(*) FROM taker.people") == 0


@pytest.mark.django_db
def test_runs_of_one_link_share_what_it_bears(offices: tuple[Organisation, Organisation]) -> None:
    source = make_source(offices[0], bytes_a_second=8000)
    first, second = (
        make_run(make_contract(*offices, source=source), state=RunState.RUNNING, stage=Stage.STAGE) for _n in range(2)
    )
    pace = LinkPace(first)
    assert (pace.read, pace.write) == (4000, None)
    Run.objects.filter(pk=second.pk).update(stage=Stage.MERGE)
    pace.look()
    assert pace.read == 8000
    source.bytes_a_second = None
    source.save()
    pace.look()
    assert pace.read is None
